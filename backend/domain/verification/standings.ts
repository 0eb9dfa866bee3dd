import { type ParticipantChange, standingsAt } from "../participants/history.ts";
import type { Hash, ParticipantId, UnixTime } from "../types.ts";
import type { EvidenceBundle } from "./bundle.ts";
import type { ChainView } from "./chainView.ts";
import type { ReplayedStep } from "./replay.ts";

/**
 * The standings that a participant may have had when a step was included (several only within one second); for a step
 * that is not on the chain yet, the latest.
 */
export type StandingAt = (id: ParticipantId, step: ReplayedStep) => readonly ParticipantChange[];

/** The block time of a step's log, from the verifier's own RPC; null while it is not final, or logs are not served. */
export function blockTimeOf(view: ChainView, step: ReplayedStep): UnixTime | null {
  const logs: readonly { blockNumber: number; blockHash: Hash; blockTime: UnixTime }[] =
    view.custodyLogs?.get(step.digest) ?? [];
  return logs.find((log) => log.blockHash === step.step.blockHash)?.blockTime ?? null;
}

/** The same for a block time; null stands for what is not on the chain yet. */
export type StandingWhen = (id: ParticipantId, time: UnixTime | null) => readonly ParticipantChange[];

export function standingsWhen(bundle: EvidenceBundle): StandingWhen {
  const byId = new Map(bundle.participants.map(({ id, changes }) => [id, changes]));
  return (id, time) => {
    const changes = byId.get(id) ?? [];
    return time === null ? changes.slice(-1) : standingsAt(changes, time);
  };
}

export function standingsOf(bundle: EvidenceBundle, view: ChainView): StandingAt {
  const standingWhen = standingsWhen(bundle);
  return (id, step) => standingWhen(id, blockTimeOf(view, step));
}
