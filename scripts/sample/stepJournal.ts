import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { parseSignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { writeDurably } from "../../backend/embedded/durableFile.ts";
import { type Submission, type SubmittedRecord, submissionJson } from "../cli/actions/signEvent.ts";

/** Seconds that a signed event must still be valid for to be sent again. */
const LEAST_VALID = 600;

/**
 * A signed event on disk before it is sent. After an interruption the same event is sent again, which the operator
 * answers with the same receipt; signed anew it would be another event in conflict with the first.
 */
export type StepJournal = {
  readonly read: (separator: Uint8Array, now: number) => Promise<Submission | null>;
  readonly write: (submission: Submission) => Promise<void>;
  readonly forget: () => Promise<void>;
};

/** The file is 0600: it holds the disclosures of everything that the records withhold. */
export function stepJournal(file: string): StepJournal {
  return {
    read: async (separator, now) => {
      const text = await readFile(file, "utf8").catch((error) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      if (text === null) return null;
      const { event: json, records } = JSON.parse(text) as { event: unknown; records: readonly SubmittedRecord[] };
      const event = parseSignedCustodyEvent(json);
      if (event.deadline < now + LEAST_VALID) return null;
      return { digest: hashEvent(separator, event).digest, event, records };
    },
    write: async (submission) => {
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, JSON.stringify(submissionJson(submission)), 0o600);
    },
    forget: async () => await rm(file, { force: true }),
  };
}
