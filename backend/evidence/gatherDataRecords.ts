import { dataRecordDigest, type SignedDataRecord } from "../domain/anchors/dataRecord.ts";
import { recordLeaf } from "../domain/anchors/recordLeaf.ts";
import { domainSeparator, type SigningDomain } from "../domain/eip712.ts";
import { type ParticipantChange, standingsAt } from "../domain/participants/history.ts";
import type { RecoverSigner } from "../domain/signatures.ts";
import type { Hash, JsonObject, ParticipantId, UnixTime } from "../domain/types.ts";
import { compareDataRecords, type DataRecordEvidence } from "../domain/verification/dataRecordEvidence.ts";
import { judgeDataRecord } from "../domain/verification/judgeDataRecord.ts";

/** A leaf of an anchor, with what proves it. Attacker-controlled: any operator anchors what it likes. */
export type LoggedDataRecord = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly blockTime: UnixTime;
  readonly publisher: ParticipantId;
  readonly leafIndex: number;
  readonly proof: readonly Hash[];
  readonly dataRecord: SignedDataRecord;
};

/**
 * The data records that a verifier would accept, each from its first anchor, in a bundle's order. The others are left
 * out: nobody may spoil a passport's evidence by anchoring rubbish about it.
 */
export function gatherDataRecords(
  deployment: SigningDomain,
  logged: readonly LoggedDataRecord[],
  changes: ReadonlyMap<ParticipantId, readonly ParticipantChange[]>,
  records: ReadonlyMap<Hash, JsonObject>,
  recoverSigner: RecoverSigner,
): DataRecordEvidence[] {
  const separator = domainSeparator(deployment);
  const ordered = logged
    .map(({ blockTime, ...place }) => {
      const { publisher, dataRecord } = place;
      const digest = dataRecordDigest(separator, dataRecord);
      const record = records.get(dataRecord.recordHash) ?? null;
      const evidence: DataRecordEvidence = { ...place, record, disclosures: [] };
      return { blockTime, evidence, digest, leaf: recordLeaf(publisher, digest) };
    })
    .sort(compareDataRecords);
  const shown = new Set<Hash>();
  return ordered.flatMap(({ blockTime, ...replayed }) => {
    if (shown.has(replayed.digest)) return [];
    const standings = standingsAt(changes.get(replayed.evidence.dataRecord.author) ?? [], blockTime);
    if (judgeDataRecord(replayed, standings, blockTime, recoverSigner).fault !== null) return [];
    shown.add(replayed.digest);
    return [replayed.evidence];
  });
}
