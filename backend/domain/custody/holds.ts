import { keccakText } from "../bytes.ts";
import { keccakWords, typedDataDigest } from "../eip712.ts";
import { DomainError } from "../errors.ts";
import type { Hash, ParticipantId, PassportId, UnixTime } from "../types.ts";
import { MAX_DEADLINE_AHEAD } from "./rules.ts";
import type { PassportState } from "./state.ts";

/** Longest time that one hold may last; a further hold needs a further decision. */
export const MAX_HOLD = 180 * 24 * 3600;

type Common = {
  readonly passportId: PassportId;
  /** A hold takes the passport's next number, its release the same one: neither can be replayed. */
  readonly counter: number;
  /** sha-256 of the reason; its wording stays with whoever decided. */
  readonly reasonHash: Hash;
  /** Last block time at which it may be included. */
  readonly deadline: UnixTime;
};

/** A regulator stops a passport from moving, up to and with the second `until`. */
export type Hold = Common & { readonly kind: "hold"; readonly regulator: ParticipantId; readonly until: UnixTime };
/** A regulator lets it go, or (`regulator` 0) the quorum does. */
export type Release = Common & { readonly kind: "release"; readonly regulator: ParticipantId };
export type HoldOrder = Hold | Release;

/** EIP-712 primary types: what a regulator's or governor's wallet shows. */
export const HOLD_TYPES: { readonly [kind in HoldOrder["kind"]]: string } = {
  hold: "Hold(bytes20 passportId,uint24 regulator,uint32 counter,uint40 until,bytes32 reasonHash,uint40 deadline)",
  release: "Release(bytes20 passportId,uint24 regulator,uint32 counter,bytes32 reasonHash,uint40 deadline)",
};

/** EIP-712 digest of a hold or release: its identity, and what is signed. */
export function holdOrderDigest(separator: Uint8Array, order: HoldOrder): Hash {
  return typedDataDigest(
    separator,
    keccakWords(
      keccakText(HOLD_TYPES[order.kind]),
      order.passportId,
      order.regulator,
      order.counter,
      ...(order.kind === "hold" ? [order.until] : []),
      order.reasonHash,
      order.deadline,
    ),
  );
}

/** Where a passport's holds stand, as the chain says. */
export type HoldView = {
  readonly state: PassportState;
  /** Number of its last hold; 0 if it never was held. */
  readonly lastCounter: number;
  readonly now: UnixTime;
};

/**
 * Whether the contract would take an order now, but for who signed it.
 * @throws DomainError `deadline-passed`, `deadline-too-far`, `dpp-unknown`, `hold-end-out-of-range`, `not-active`,
 *   `hold-missing`, `hold-counter-wrong`
 */
export function requireHoldOrder(order: HoldOrder, { state, lastCounter, now }: HoldView): void {
  const { passportId, deadline } = order;
  if (deadline < now) throw new DomainError("deadline-passed", "The order's deadline has passed.", { deadline, now });
  if (deadline > now + MAX_DEADLINE_AHEAD) {
    throw new DomainError("deadline-too-far", "The order's deadline is more than 30 days ahead.", { deadline, now });
  }
  if (state.phase === "none") {
    throw new DomainError("dpp-unknown", "No passport with this id is on the chain.", { passportId });
  }
  if (order.kind === "hold") {
    if (order.until < now || order.until > now + MAX_HOLD) {
      const sentence = "A hold ends within 180 days from now; a longer one needs a further decision.";
      throw new DomainError("hold-end-out-of-range", sentence, { until: order.until, now, longest: MAX_HOLD });
    }
    if (state.phase !== "active") {
      throw new DomainError("not-active", "Only an active passport can be held.", { passportId, phase: state.phase });
    }
  } else if (!state.held) {
    throw new DomainError("hold-missing", "The passport is not on hold.", { passportId });
  }
  const expected = order.kind === "hold" ? lastCounter + 1 : lastCounter;
  if (order.counter !== expected) {
    const sentence = `The ${order.kind} has number ${order.counter}; the passport's ${order.kind} must have ${expected}.`;
    throw new DomainError("hold-counter-wrong", sentence, { passportId, expected, given: order.counter });
  }
}

/** Whether a hold stands at a moment: nobody clears the flag when one expires. */
export const holdStands = (held: boolean, until: UnixTime | null, at: UnixTime): boolean =>
  held && until !== null && at <= until;
