import { expect } from "chai";
import {
  type AcceptView,
  advance,
  type Candidate,
  decideAcceptance,
  isOffer,
  type PromisedItem,
} from "../../../backend/domain/custody/accept.ts";
import type { SignedCustodyEvent } from "../../../backend/domain/custody/events.ts";
import { NO_PASSPORT, type PassportState } from "../../../backend/domain/custody/state.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { roleBits } from "../../../backend/domain/participants/roles.ts";
import type { Address, Hash, Head, PassportId } from "../../../backend/domain/types.ts";

const head = (digit: string) => `0x${digit.repeat(56)}` as Head;
const address = (digit: string) => `0x${digit.repeat(40)}` as Address;
const passportId = `0x000001${"a".repeat(34)}` as PassportId;
const [ONE, TWO, THREE] = [address("1"), address("2"), address("3")];

const reassignment: SignedCustodyEvent = {
  kind: "reassignment",
  actor: 0,
  counterparty: 7,
  occurredAt: 100,
  deadline: 1000,
  items: [{ passportId, prevHead: head("a"), recordHash: `0x${"0".repeat(64)}` as Hash }],
  actorSignature: "0x",
  counterpartySignature: "0x01",
  declined: 0n,
};
const active: PassportState = { head: head("a"), custodian: 3, phase: "active", moved: true, held: false };
const view: AcceptView = {
  now: 500,
  participants: new Map([[7, { active: true, roles: roleBits(["CUSTODIAN"]), signer: address("7") }]]),
  governors: [ONE, TWO, THREE],
  threshold: 2,
  states: new Map([[passportId, active]]),
};
const candidate = (actorSigners: Candidate["actorSigners"], counterpartySigner = address("7")): Candidate => ({
  event: reassignment,
  digest: `0x${"d".repeat(64)}` as Hash,
  heads: [head("b")],
  actorSigners,
  counterpartySigner,
});

function codeOf(decide: () => unknown): string {
  try {
    decide();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("decideAcceptance", () => {
  it("takes a reassignment by enough governors in ascending order, with the receiver's signature", () => {
    const [item] = decideAcceptance(candidate([ONE, THREE]), view);
    expect(item?.after).to.include({ custodian: 7, head: head("b"), moved: true });
  });

  it("refuses a quorum that is too small, unsorted, repeated, partly unreadable or partly strange", () => {
    for (const signers of [[ONE], [THREE, ONE], [ONE, ONE], [ONE, null], [ONE, address("9")], []]) {
      expect(codeOf(() => decideAcceptance(candidate(signers), view))).to.equal("bad-quorum");
    }
  });

  it("keeps a reassignment that only the quorum signed as an offer, and refuses a receiver's wrong signature", () => {
    const open = {
      ...candidate([ONE, TWO]),
      event: { ...reassignment, counterpartySignature: "0x" as const },
      counterpartySigner: null,
    };
    expect(isOffer(open.event)).to.equal(true);
    expect(decideAcceptance(open, view)).to.have.length(1);
    const forged = { ...open, event: { ...reassignment, counterpartySignature: "0x12" as const } };
    expect(codeOf(() => decideAcceptance(forged, view))).to.equal("signature-wrong");
  });

  it("refuses what a regulator holds", () => {
    const states = new Map([[passportId, { ...active, held: true }]]);
    expect(codeOf(() => decideAcceptance(candidate([ONE, TWO]), { ...view, states }))).to.equal("held");
  });
});

describe("advance", () => {
  const step = (from: string, to: string, custodian = 1): PromisedItem => ({
    prevHead: head(from),
    head: head(to),
    custodian,
    phase: "active",
    moved: false,
  });

  it("follows promised items in whatever order they come", () => {
    expect(advance(active, [step("c", "d", 9), step("a", "b"), step("b", "c")])).to.include({
      head: head("d"),
      custodian: 9,
    });
  });

  it("starts a passport from nothing", () => {
    expect(advance(NO_PASSPORT, [step("0", "a", 4)])).to.include({ head: head("a"), phase: "active", custodian: 4 });
  });

  it("leaves aside items that another operator's event has overtaken", () => {
    expect(advance(active, [step("9", "8"), step("8", "7")])).to.deep.equal(active);
  });

  it("ends on a circle", () => {
    expect(advance(active, [step("a", "b"), step("b", "a")])).to.have.property("head");
    expect(advance(active, [step("a", "a")])).to.deep.equal(active);
  });
});
