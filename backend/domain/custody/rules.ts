import { ZERO_HEAD } from "../bytes.ts";
import { hasAnyRole, type Role } from "../participants/roles.ts";
import type { Head, ParticipantId, PassportId, UnixTime } from "../types.ts";
import { type CustodyEvent, type CustodyKind, hasCounterparty, type Item, isDeclined, MAX_ITEMS } from "./events.ts";
import { isCreated } from "./hashEvent.ts";
import type { RejectionReason } from "./rejections.ts";
import type { PassportState } from "./state.ts";

/** Longest time between now and an event's deadline. */
export const MAX_DEADLINE_AHEAD = 30 * 24 * 3600;
/** How far `occurredAt` may lie ahead of the block's time. */
export const MAX_CLOCK_AHEAD = 15 * 60;

/** What the rules need to know of a participant. */
export type Standing = { readonly active: boolean; readonly roles: number };

const ACTOR_ROLES: { readonly [kind in CustodyKind]: readonly Role[] | null } = {
  mint: ["PRODUCER", "REGISTRAR"],
  handover: null,
  withdrawal: null,
  transformation: ["PRODUCER", "SECOND_LIFE", "DISMANTLER", "RECYCLER"],
  closure: ["RECYCLER"],
  void: null,
  reassignment: null,
};

const issuerOf = (passportId: PassportId): ParticipantId => Number.parseInt(passportId.slice(2, 8), 16);

/** The rules about an event's form: what can be judged without knowing any state. */
export function judgeForm(event: CustodyEvent, declined: bigint): RejectionReason | null {
  const { kind, actor, counterparty, items } = event;
  const wrongActor = kind === "reassignment" ? actor !== 0 : actor === 0;
  const wrongCounterparty = hasCounterparty(kind) ? counterparty === 0 : counterparty !== 0;
  if (wrongActor || wrongCounterparty || actor === counterparty) return "malformed-header";
  if (items.length === 0 || items.length > MAX_ITEMS) return "bad-item-count";
  if (items.some((item, i) => i > 0 && (items[i - 1] as Item).passportId >= item.passportId)) {
    return "items-not-ascending";
  }
  const all = (1n << BigInt(items.length)) - 1n;
  if ((declined & ~all) !== 0n || (declined !== 0n && !hasCounterparty(kind))) return "declined-out-of-range";
  if (declined === all) return "nothing-accepted";
  if (kind === "transformation") {
    if (items.every((item) => isCreated(kind, item))) return "no-inputs";
    if (!items.some((item) => isCreated(kind, item))) return "no-outputs";
  }
  return null;
}

/** The rules about time, at a block (or, before there is one, now). */
export function judgeTime(event: CustodyEvent, time: UnixTime): RejectionReason | null {
  if (time > event.deadline) return "deadline-passed";
  if (event.deadline > time + MAX_DEADLINE_AHEAD) return "deadline-too-far";
  if (event.occurredAt > time + MAX_CLOCK_AHEAD) return "occurred-in-future";
  return null;
}

/** The rules about who may: `undefined` is a participant that was never admitted. */
export function judgeParties(
  kind: CustodyKind,
  actor: Standing | undefined,
  counterparty: Standing | undefined,
): RejectionReason | null {
  if (kind !== "reassignment") {
    if (!actor?.active) return "actor-inactive";
    const needed = ACTOR_ROLES[kind];
    if (needed !== null && !hasAnyRole(actor.roles, needed)) return "actor-lacks-role";
  }
  if (hasCounterparty(kind)) {
    if (!counterparty?.active) return "counterparty-inactive";
    if (!hasAnyRole(counterparty.roles, ["CUSTODIAN"])) return "counterparty-lacks-role";
  }
  return null;
}

/** The rules about one item, given the passport's state. Its order is the contract's, so that both name one reason. */
export function judgeItem(event: CustodyEvent, item: Item, state: PassportState): RejectionReason | null {
  if (isCreated(event.kind, item)) {
    if (issuerOf(item.passportId) !== event.actor) return "wrong-issuer";
    if (state.phase !== "none") return "already-exists";
    return item.prevHead === ZERO_HEAD ? null : "stale-head";
  }
  if (state.phase !== "active") return state.phase === "none" ? "stale-head" : "not-active";
  if (state.head !== item.prevHead) return "stale-head";
  if (event.kind !== "reassignment" && state.custodian !== event.actor) return "not-custodian";
  if (state.held) return "held";
  if (event.kind === "void") {
    if (issuerOf(item.passportId) !== event.actor) return "wrong-issuer";
    if (state.moved) return "already-moved";
  }
  return null;
}

/** The state after an applied item. */
export function evolve(event: CustodyEvent, item: Item, state: PassportState, head: Head): PassportState {
  switch (event.kind) {
    case "mint":
      return { head, custodian: event.actor, phase: "active", moved: false, held: false };
    case "handover":
    case "reassignment":
      return { ...state, head, custodian: event.counterparty, moved: true };
    case "withdrawal":
      return { ...state, head };
    case "transformation":
      return isCreated(event.kind, item)
        ? { head, custodian: event.actor, phase: "active", moved: false, held: false }
        : { ...state, head, phase: "transformed" };
    case "closure":
      return { ...state, head, phase: "closed" };
    case "void":
      return { ...state, head, phase: "void" };
  }
}

/** Positions that the receiver takes. */
export function acceptedPositions(event: CustodyEvent, declined: bigint): number[] {
  return event.items.map((_, position) => position).filter((position) => !isDeclined(declined, position));
}
