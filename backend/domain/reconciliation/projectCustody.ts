import { isDeclined, type SignedCustodyEvent } from "../custody/events.ts";
import { eventDigestOfHashes, hashHeader, hashItem, isCreated, nextHead } from "../custody/hashEvent.ts";
import { decodeHeader } from "../custody/header.ts";
import { evolve } from "../custody/rules.ts";
import { NO_PASSPORT, type PassportState } from "../custody/state.ts";
import { DomainError } from "../errors.ts";
import type { Hash, Hex, PassportId } from "../types.ts";
import type { CustodyEventAppliedLog } from "./contractLog.ts";

/** A passport's state and the number of its steps so far. */
export type PassportProgress = { readonly state: PassportState; readonly length: number };

/** One applied item: what it did to its passport. */
export type CustodyStep = {
  readonly passportId: PassportId;
  /** Its place in the passport's history, from 0. */
  readonly sequence: number;
  /** Its place in the event. */
  readonly position: number;
  readonly event: SignedCustodyEvent;
  readonly recordHash: Hash;
  readonly prevHead: PassportState["head"];
  readonly after: PassportState;
};

const isApplied = isDeclined; // both are bitmaps by item position

/** The signed event that a log carries; the header's lowest bits split the joined signatures. */
export function eventOfLog(log: CustodyEventAppliedLog): SignedCustodyEvent {
  const { firstSignatureLength, ...header } = decodeHeader(log.header);
  const split = 2 + 2 * firstSignatureLength;
  return {
    ...header,
    items: log.items,
    actorSignature: log.signatures.slice(0, split) as Hex,
    counterpartySignature: `0x${log.signatures.slice(split)}`,
    declined: log.declined,
  };
}

/**
 * The steps of one custody log, and the states after it are put into `passports`. The log is believed only as far as
 * it fits: its digest must be that of its content, and every applied item must start at its passport's head. Otherwise
 * the RPC left something out or made something up: `projection-inconsistent`.
 * @param passports progress of every passport named in the log; those it lacks do not exist yet
 */
export function projectCustodyLog(
  separator: Uint8Array,
  log: CustodyEventAppliedLog,
  passports: Map<PassportId, PassportProgress>,
): CustodyStep[] {
  const event = eventOfLog(log);
  const hashed = event.items.map((item) => ({
    hash: hashItem(event.kind, item),
    created: isCreated(event.kind, item),
  }));
  const digest = eventDigestOfHashes(separator, event, hashed);
  if (digest !== log.digest) throw inconsistent("The log's content has another digest.", { digest: log.digest });
  const headerHash = hashHeader(separator, event, digest);
  const steps: CustodyStep[] = [];
  hashed.forEach(({ hash }, position) => {
    const item = event.items[position];
    if (item === undefined || !isApplied(log.applied, position)) return;
    const head = nextHead(headerHash, hash);
    const before = passports.get(item.passportId) ?? { state: NO_PASSPORT, length: 0 };
    const prevHead = event.kind === "mint" ? NO_PASSPORT.head : item.prevHead;
    if (before.state.head !== prevHead) {
      throw inconsistent("The log does not continue its passport's history.", { digest, passportId: item.passportId });
    }
    const after = evolve(event, item, before.state, head);
    passports.set(item.passportId, { state: after, length: before.length + 1 });
    steps.push({
      passportId: item.passportId,
      sequence: before.length,
      position,
      event,
      recordHash: item.recordHash,
      prevHead,
      after,
    });
  });
  return steps;
}

const inconsistent = (sentence: string, details: Record<string, unknown>): DomainError =>
  new DomainError("projection-inconsistent", sentence, details);
