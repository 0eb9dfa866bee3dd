import { ZERO_HEAD } from "../bytes.ts";
import type { Item, SignedCustodyEvent } from "../custody/events.ts";
import { isCreated } from "../custody/hashEvent.ts";
import type { Hash, Head, PassportId } from "../types.ts";
import { gasOfEvent, SUBMISSION_BASE_GAS, TRANSACTION_GAS_CAP } from "./gas.ts";

/** An accepted event that waits for the chain. */
export type QueuedEvent = {
  readonly digest: Hash;
  readonly event: SignedCustodyEvent;
  /** Items that have no end yet: position in the event, and the passport's head after it. */
  readonly open: readonly { readonly position: number; readonly head: Head }[];
  /** In how many submissions it was before, all of them done. */
  readonly tries: number;
  readonly secondsSinceTry: number;
  readonly secondsWaiting: number;
};

/** What an item does to its passport. `prevHead` is zero where it creates it. */
export type HeadMove = Pick<Item, "passportId" | "prevHead"> & { readonly head: Head };

export type PlanOptions = {
  /** Submissions that are sealed and not mined. While there are some, waiting makes fuller ones. */
  readonly inFlight: number;
  /** Longest wait for company, in seconds. */
  readonly maxWaitSeconds: number;
};

export type PlannedSubmission = { readonly events: readonly QueuedEvent[]; readonly gasLimit: number };

/** Longest pause before an event that landed without effect is tried again, in seconds. */
const LONGEST_PAUSE = 3600;

const mayTry = ({ tries, secondsSinceTry }: QueuedEvent): boolean =>
  tries === 0 || secondsSinceTry >= Math.min(LONGEST_PAUSE, 2 ** tries);

/**
 * Cuts the next submission from the queue, or null to wait. Order is kept: an event is taken only if some item starts
 * from its passport's head as it will be after everything before it, so none is sent before its predecessor. One that
 * does not fit yet stays in the queue without holding up the others.
 * @param queue in the order of acceptance
 * @param heads of every passport named, as of the projection and the submissions in flight; absent for none yet
 */
export function planSubmission(
  queue: readonly QueuedEvent[],
  heads: ReadonlyMap<PassportId, Head>,
  options: PlanOptions,
): PlannedSubmission | null {
  const current = new Map(heads);
  const events: QueuedEvent[] = [];
  let gas = SUBMISSION_BASE_GAS;
  let full = false;
  for (const queued of queue) {
    if (!mayTry(queued)) continue;
    const moves = movesOf(queued);
    if (!isReady(queued, moves, current)) continue;
    const more = gasOfEvent(queued.event);
    if (gas + more > TRANSACTION_GAS_CAP) {
      full = true; // and nothing later overtakes it
      break;
    }
    gas += more;
    events.push(queued);
    advanceHeads(moves, current);
  }
  if (events.length === 0) return null;
  const waited = events.some((queued) => queued.secondsWaiting >= options.maxWaitSeconds);
  return full || waited || options.inFlight === 0 ? { events, gasLimit: gas } : null;
}

/** The open items' moves, as far as the event has such items. */
function movesOf({ event, open }: QueuedEvent): HeadMove[] {
  return open.flatMap(({ position, head }) => {
    const item = event.items[position];
    if (item === undefined) return [];
    const prevHead = isCreated(event.kind, item) ? ZERO_HEAD : item.prevHead;
    return [{ passportId: item.passportId, prevHead, head }];
  });
}

const fits = ({ passportId, prevHead }: HeadMove, heads: ReadonlyMap<PassportId, Head>): boolean =>
  (heads.get(passportId) ?? ZERO_HEAD) === prevHead;

function isReady(
  { event, open }: QueuedEvent,
  moves: readonly HeadMove[],
  heads: ReadonlyMap<PassportId, Head>,
): boolean {
  const fitting = moves.filter((move) => fits(move, heads)).length;
  return event.kind === "transformation" ? fitting === open.length : fitting > 0;
}

/** The heads after those of the moves that fit; used for planned events and for those in flight alike. */
export function advanceHeads(moves: readonly HeadMove[], heads: Map<PassportId, Head>): void {
  for (const move of moves) if (fits(move, heads)) heads.set(move.passportId, move.head);
}
