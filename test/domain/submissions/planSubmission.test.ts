import { expect } from "chai";
import { ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import type { CustodyKind } from "../../../backend/domain/custody/events.ts";
import { bumpFees } from "../../../backend/domain/submissions/fees.ts";
import { gasOfEvent, TRANSACTION_GAS_CAP } from "../../../backend/domain/submissions/gas.ts";
import { planSubmission, type QueuedEvent } from "../../../backend/domain/submissions/planSubmission.ts";
import type { Hash, Head, Hex, PassportId } from "../../../backend/domain/types.ts";

const id = (serial: number): PassportId => `0x000001${serial.toString(16).padStart(34, "0")}` as PassportId;
const head = (text: string): Head => `0x${text.padStart(56, "0")}` as Head;
const signature: Hex = `0x${"11".repeat(65)}`;

let serial = 0;
function queued(
  kind: CustodyKind,
  moves: readonly [PassportId, from: Head, to: Head][],
  more: Partial<QueuedEvent> = {},
): QueuedEvent {
  const digest = `0x${(++serial).toString(16).padStart(64, "0")}` as Hash;
  return {
    digest,
    event: {
      kind,
      actor: 1,
      counterparty: kind === "handover" ? 2 : 0,
      occurredAt: 0,
      deadline: 0,
      items: moves.map(([passportId, prevHead]) => ({
        passportId,
        prevHead,
        recordHash: `0x${"00".repeat(32)}` as Hash,
      })),
      actorSignature: signature,
      counterpartySignature: kind === "handover" ? signature : "0x",
      declined: 0n,
    },
    open: moves.map(([, , to], position) => ({ position, head: to })),
    tries: 0,
    secondsSinceTry: 0,
    secondsWaiting: 0,
    ...more,
  };
}

const NOW = { inFlight: 0, maxWaitSeconds: 1 };
const digestsOf = (plan: ReturnType<typeof planSubmission>) => plan?.events.map(({ digest }) => digest);

describe("planSubmission", () => {
  const mint = queued("mint", [[id(1), ZERO_HEAD, head("a")]]);
  const handover = queued("handover", [[id(1), head("a"), head("b")]]);
  const closure = queued("closure", [[id(1), head("b"), head("c")]]);

  it("takes a passport's events together, in order", () => {
    expect(digestsOf(planSubmission([mint, handover, closure], new Map(), NOW))).to.deep.equal(
      [mint, handover, closure].map(({ digest }) => digest),
    );
  });

  it("leaves an event whose predecessor is nowhere, and lets others pass", () => {
    const other = queued("mint", [[id(2), ZERO_HEAD, head("d")]]);
    expect(digestsOf(planSubmission([closure, other], new Map([[id(1), head("a")]]), NOW))).to.deep.equal([
      other.digest,
    ]);
    expect(planSubmission([handover], new Map(), NOW)).to.equal(null);
  });

  it("takes an event of which some items fit, but a transformation only whole", () => {
    const moves: [PassportId, Head, Head][] = [
      [id(1), head("a"), head("b")],
      [id(2), head("x"), head("y")],
    ];
    const heads = new Map([[id(1), head("a")]]);
    expect(digestsOf(planSubmission([queued("closure", moves)], heads, NOW))).to.have.length(1);
    expect(planSubmission([queued("transformation", moves)], heads, NOW)).to.equal(null);
  });

  it("cuts at the gas of one transaction, and nothing overtakes the event that did not fit", () => {
    const queue = Array.from({ length: 1000 }, (_, i) => queued("mint", [[id(i), ZERO_HEAD, head("a")]]));
    const plan = planSubmission(queue, new Map(), { inFlight: 3, maxWaitSeconds: 99 });
    expect(plan?.gasLimit).to.be.within(TRANSACTION_GAS_CAP - gasOfEvent(mint.event), TRANSACTION_GAS_CAP);
    expect(digestsOf(plan)).to.deep.equal(queue.slice(0, plan?.events.length).map(({ digest }) => digest));
  });

  it("waits for company while something is in flight, but not for ever", () => {
    expect(planSubmission([mint], new Map(), { inFlight: 1, maxWaitSeconds: 1 })).to.equal(null);
    const old = { ...mint, secondsWaiting: 1.5 };
    expect(digestsOf(planSubmission([old], new Map(), { inFlight: 1, maxWaitSeconds: 1 }))).to.deep.equal([
      mint.digest,
    ]);
  });

  it("tries an event that had no effect again after pauses that double", () => {
    const tried = (tries: number, secondsSinceTry: number) =>
      planSubmission([{ ...mint, tries, secondsSinceTry }], new Map(), NOW) !== null;
    expect([tried(1, 1.9), tried(1, 2), tried(3, 7.9), tried(3, 8), tried(40, 3599), tried(40, 3600)]).to.deep.equal([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it("fits a consignment of 200 with two signatures into one transaction", () => {
    const moves = Array.from({ length: 200 }, (_, i): [PassportId, Head, Head] => [id(i), head("a"), head("b")]);
    expect(gasOfEvent(queued("handover", moves).event)).to.be.lessThan(TRANSACTION_GAS_CAP / 2);
  });
});

describe("bumpFees", () => {
  it("raises both fees by at least an eighth, rounding up", () => {
    expect(bumpFees({ maxFee: 9n, priorityFee: 1n }, { maxFee: 1n, priorityFee: 1n }, 100n)).to.deep.equal({
      maxFee: 11n,
      priorityFee: 2n,
    });
  });

  it("follows the market where that is more, and stops at the cap", () => {
    expect(bumpFees({ maxFee: 9n, priorityFee: 1n }, { maxFee: 50n, priorityFee: 3n }, 100n)).to.deep.equal({
      maxFee: 50n,
      priorityFee: 3n,
    });
    expect(bumpFees({ maxFee: 90n, priorityFee: 1n }, { maxFee: 50n, priorityFee: 3n }, 100n)).to.equal(null);
  });
});
