import { participantHeads } from "../participants/history.ts";
import { canonicalBytes } from "../records/canonicalJson.ts";
import { recordHash } from "../records/recordHash.ts";
import type { ParticipantId } from "../types.ts";
import type { EvidenceBundle } from "./bundle.ts";
import type { ChainView } from "./chainView.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";

/** Are the histories of all participants complete and unaltered, so that roles can be judged as of any block? */
export function checkParticipants(
  bundle: EvidenceBundle,
  histories: readonly ReplayedHistory[],
  view: ChainView,
): CheckLine {
  const check = recordCheck("participants");
  const needed = new Set<ParticipantId>();
  for (const { passportId, steps } of histories) {
    needed.add(Number.parseInt(passportId.slice(2, 8), 16));
    for (const { header } of steps) for (const id of [header.actor, header.counterparty]) if (id !== 0) needed.add(id);
  }
  for (const { publisher, dataRecord } of bundle.dataRecords) needed.add(publisher).add(dataRecord.author);
  const given = bundle.participants.map(({ id }) => id);
  if (new Set(given).size !== given.length || given.some((id) => !needed.has(id))) {
    check.fail("participants-unrelated", "The evidence lists participants twice, or some who play no part.");
  }
  for (const id of needed) {
    if (!given.includes(id)) {
      check.fail("participant-missing", `The history of participant ${id} is missing.`, { participant: id });
    }
  }
  for (const { id, changes, records } of bundle.participants) {
    const heads = participantHeads(id, changes);
    const onChain = view.participantHeads.get(id);
    if (onChain === undefined) {
      check.unavailable("participant-not-read", `The chain was not asked about participant ${id}.`, {
        participant: id,
      });
      continue;
    }
    // A change after the verifier's block is not final yet; the chain's head must still be one of the history's heads.
    const found = heads.includes(onChain) ? onChain : (heads.at(-1) ?? "none");
    const reason = `The history of participant ${id} is not the one that the chain holds.`;
    check.compare(`head of participant ${id}`, onChain, found, "participant-history-wrong", reason, {
      participant: id,
    });
    const named = new Set(changes.map((change) => change.recordHash));
    if (records.some((record) => !named.delete(recordHash(canonicalBytes(record))))) {
      const altered = `A record of participant ${id} is not one that the quorum admitted.`;
      check.fail("participant-record-wrong", altered, { participant: id });
    }
  }
  return check.close("participants-complete", "Who held which role when is complete, as the chain's heads confirm.");
}
