import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { dataRecordDigest, parseSignedDataRecord } from "../../backend/domain/anchors/dataRecord.ts";
import { parseSignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { DomainError } from "../../backend/domain/errors.ts";
import { writeDurably } from "../../backend/embedded/durableFile.ts";
import { type DataRecordSubmission, dataRecordJson } from "../cli/actions/signDataRecord.ts";
import { type Submission, type SubmittedRecord, submissionJson } from "../cli/actions/signEvent.ts";
import type { Session } from "../cli/session.ts";

/** Seconds that a signed event must still be valid for to be sent again. */
const LEAST_VALID = 600;

/**
 * What was signed, on disk before it is sent. After an interruption the same is sent again, which the operator answers
 * with the same receipt; an event signed anew would be another one in conflict with the first.
 */
export type StepJournal<Signed> = {
  /** Null where nothing was signed yet, or nothing that is still worth sending. */
  readonly read: (separator: Uint8Array, now: number) => Promise<Signed | null>;
  readonly write: (signed: Signed) => Promise<void>;
  readonly forget: () => Promise<void>;
};

export const eventJournal = (file: string): StepJournal<Submission> =>
  journal(file, submissionJson, (json, separator, now) => {
    const event = parseSignedCustodyEvent(json.event);
    if (event.deadline < now + LEAST_VALID) return null;
    return { digest: hashEvent(separator, event).digest, event, records: json.records as readonly SubmittedRecord[] };
  });

export const dataRecordJournal = (file: string): StepJournal<DataRecordSubmission> =>
  journal(file, dataRecordJson, (json, separator) => {
    const dataRecord = parseSignedDataRecord(json.dataRecord);
    const { record, disclosures } = json as unknown as SubmittedRecord;
    return { digest: dataRecordDigest(separator, dataRecord), dataRecord, record, disclosures };
  });

/** The file is 0600: it holds the disclosures of everything that the records withhold. */
function journal<Signed>(
  file: string,
  format: (signed: Signed) => object,
  parse: (json: Readonly<Record<string, unknown>>, separator: Uint8Array, now: number) => Signed | null,
): StepJournal<Signed> {
  return {
    read: async (separator, now) => {
      const text = await readFile(file, "utf8").catch((error) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      return text === null ? null : parse(JSON.parse(text), separator, now);
    },
    write: async (signed) => {
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, JSON.stringify(format(signed)), 0o600);
    },
    forget: async () => await rm(file, { force: true }),
  };
}

/**
 * Carries out what was signed before an interruption, or else signs and carries that out. What the operator refuses
 * meanwhile is signed anew; an operator that does not answer may have taken it.
 */
export async function carryOutOnce<Signed>(
  session: Pick<Session, "separator" | "now">,
  journal: StepJournal<Signed>,
  sign: () => Promise<Signed>,
  carryOut: (signed: Signed) => Promise<void>,
): Promise<void> {
  const earlier = await journal.read(session.separator, session.now());
  if (earlier !== null) {
    try {
      return await carryOut(earlier);
    } catch (error) {
      if (!(error instanceof DomainError) || typeof error.details.status !== "number") throw error;
      await journal.forget();
    }
  }
  const signed = await sign();
  await journal.write(signed);
  await carryOut(signed);
}
