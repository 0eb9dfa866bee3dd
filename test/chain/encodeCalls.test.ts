import { expect } from "chai";
import { hexlify, Interface, randomBytes, ZeroAddress } from "ethers";
import { decodeLogs } from "../../backend/chain/decodeLogs.ts";
import {
  encodeAnchor,
  encodeExecute,
  encodeParticipantHeadsCall,
  encodePassportsCall,
  encodeSubmit,
  REGISTRY_HEAD_CALL,
  SUCCEEDED_BY_CALL,
} from "../../backend/chain/encodeCalls.ts";
import type { SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { encodeHeader } from "../../backend/domain/custody/header.ts";
import { PROPOSAL_KINDS, type Proposal } from "../../backend/domain/participants/proposals.ts";
import type { Address, Hash, Head, Hex, PassportId } from "../../backend/domain/types.ts";
import { contractInterface } from "./contractInterface.ts";

const random = (size: number): Hex => hexlify(randomBytes(size)) as Hex;

const eventOf = (count: number, counterpartySignature: Hex): SignedCustodyEvent => ({
  kind: "handover",
  actor: 5,
  counterparty: 6,
  occurredAt: 1_700_000_000,
  deadline: 1_700_003_600,
  items: Array.from({ length: count }, () => ({
    passportId: random(20) as PassportId,
    prevHead: random(28) as Head,
    recordHash: random(32) as Hash,
  })),
  actorSignature: random(65),
  counterpartySignature,
  declined: 5n,
});

const common = { registryHead: random(32) as Hash, deadline: 1_700_000_000, recordHash: random(32) as Hash };
const address = (): Address => random(20) as Address;
const PROPOSALS: readonly Proposal[] = [
  { kind: "admission", ...common, participantId: 3, account: address(), signer: address(), roles: 7 },
  { kind: "role-change", ...common, participantId: 3, roles: 511 },
  { kind: "suspension", ...common, participantId: 0xffffff },
  { kind: "reinstatement", ...common, participantId: 1 },
  { kind: "signer-rotation", ...common, participantId: 2, signer: address() },
  { kind: "account-change", ...common, participantId: 2, account: ZeroAddress as Address },
  { kind: "governor-change", ...common, governors: [address(), address(), address()], threshold: 2 },
  { kind: "succession", ...common, successor: address() },
];

function structOf(proposal: Proposal) {
  const zeroes = { participantId: 0, account: ZeroAddress, signer: ZeroAddress, roles: 0, governors: [], threshold: 0 };
  return { ...zeroes, successor: ZeroAddress, ...proposal, kind: PROPOSAL_KINDS.indexOf(proposal.kind) };
}

describe("encodeCalls", () => {
  for (const [what, events] of [
    ["no event", []],
    ["one event", [eventOf(1, random(65))]],
    ["events of many sizes", [eventOf(200, random(65)), eventOf(1, "0x"), eventOf(3, random(97))]],
  ] as const) {
    it(`encodes submit with ${what} as ethers does`, () => {
      const structs = events.map((event) => ({
        header: encodeHeader(event, 65),
        items: event.items,
        declined: event.declined,
        signatures: event.actorSignature + event.counterpartySignature.slice(2),
      }));
      expect(encodeSubmit(events)).to.equal(contractInterface.encodeFunctionData("submit", [structs]));
    });
  }

  for (const proposal of PROPOSALS) {
    it(`encodes a proposal of ${proposal.kind} as ethers does, and reads it back from its log`, () => {
      const signatures = random(130);
      const expected = contractInterface.encodeFunctionData("execute", [structOf(proposal), signatures]);
      expect(encodeExecute(proposal, signatures)).to.equal(expected);
      const [digest, registryHead, hash] = [random(32), random(32), random(32) as Hash];
      const log = contractInterface.encodeEventLog("ProposalExecuted", [
        digest,
        structOf(proposal),
        registryHead,
        signatures,
      ]);
      const [decoded] = decodeLogs([{ blockNumber: 1, blockHash: hash, transactionHash: hash, logIndex: 0, ...log }]);
      expect(decoded).to.deep.include({ name: "ProposalExecuted", digest, proposal, registryHead, signatures });
    });
  }

  it("encodes an anchor as ethers does", () => {
    const anchor = {
      publisher: 0xffffff,
      root: random(32) as Hash,
      count: 10_000,
      manifestHash: random(32) as Hash,
      prevAccumulator: random(32) as Hash,
    };
    const signature = random(65);
    const values = [
      anchor.publisher,
      anchor.root,
      anchor.count,
      anchor.manifestHash,
      anchor.prevAccumulator,
      signature,
    ];
    expect(encodeAnchor(anchor, signature)).to.equal(contractInterface.encodeFunctionData("anchor", values));
  });

  it("encodes the views as ethers does", () => {
    const ids = [random(20), random(20)] as PassportId[];
    const views = new Interface([
      "function passports(bytes20[])",
      "function participantHeads(uint24[])",
      "function registryHead()",
      "function succeededBy()",
    ]);
    expect(encodePassportsCall(ids)).to.equal(views.encodeFunctionData("passports", [ids]));
    expect(encodeParticipantHeadsCall([1, 0xffffff])).to.equal(
      views.encodeFunctionData("participantHeads", [[1, 0xffffff]]),
    );
    expect(REGISTRY_HEAD_CALL).to.equal(views.encodeFunctionData("registryHead"));
    expect(SUCCEEDED_BY_CALL).to.equal(views.encodeFunctionData("succeededBy"));
  });
});
