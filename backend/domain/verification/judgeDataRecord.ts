import type { DataRecord } from "../anchors/dataRecord.ts";
import { MAX_CLOCK_AHEAD } from "../custody/rules.ts";
import { DomainError } from "../errors.ts";
import type { ParticipantChange } from "../participants/history.ts";
import { canonicalBytes } from "../records/canonicalJson.ts";
import { parseRecord } from "../records/parseRecord.ts";
import { recordHash } from "../records/recordHash.ts";
import type { RecoverSigner } from "../signatures.ts";
import type { Address, JsonObject, UnixTime } from "../types.ts";
import type { ReplayedDataRecord } from "./replay.ts";

/** Why an anchored data record is not what it says. Any publisher can anchor any bytes, so each of these happens. */
export const DATA_RECORD_FAULTS = [
  "author-inactive",
  "signature-wrong",
  "occurred-in-future",
  "record-altered",
  "record-misplaced",
  "record-malformed",
] as const;
export type DataRecordFault = (typeof DATA_RECORD_FAULTS)[number];

export type DataRecordJudgement = {
  /** Null when nothing is wrong with it. */
  readonly fault: DataRecordFault | null;
  /** Who signed it; null for bytes that are no signature. */
  readonly signer: Address | null;
};

/**
 * What a data record's bytes say of themselves. The chain checks none of this, so that who gathers evidence and who
 * verifies it judge alike. A record that is not at hand is no fault: that it was signed, and when, is proven without it.
 * @param standings those that the author may have had at the anchor's block
 * @param anchoredAt that block's time; null while there is none
 */
export function judgeDataRecord(
  { evidence, digest }: ReplayedDataRecord,
  standings: readonly ParticipantChange[],
  anchoredAt: UnixTime | null,
  recover: RecoverSigner,
): DataRecordJudgement {
  const { dataRecord, record } = evidence;
  const signer = recover(digest, dataRecord.signature);
  const active = standings.filter((standing) => standing.active);
  const judge = (): DataRecordFault | null => {
    if (active.length === 0) return "author-inactive";
    // A contract wallet fails here as well: no contract ever judged this signature.
    if (!active.some((standing) => standing.signer === signer)) return "signature-wrong";
    if (anchoredAt !== null && dataRecord.occurredAt > anchoredAt + MAX_CLOCK_AHEAD) return "occurred-in-future";
    return record === null ? null : judgeContent(dataRecord, record);
  };
  return { fault: judge(), signer };
}

function judgeContent({ recordHash: signed, subjectId }: DataRecord, record: JsonObject): DataRecordFault | null {
  try {
    const bytes = canonicalBytes(record);
    if (recordHash(bytes) !== signed) return "record-altered";
    const parsed = parseRecord(bytes);
    const isData = parsed.type.split("/")[0] === "data";
    return isData && "subject" in parsed && parsed.subject === subjectId ? null : "record-misplaced";
  } catch (error) {
    if (error instanceof DomainError) return "record-malformed";
    throw error;
  }
}
