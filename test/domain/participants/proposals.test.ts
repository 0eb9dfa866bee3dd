import { expect } from "chai";
import { AbiCoder, keccak256, TypedDataEncoder, toUtf8Bytes } from "ethers";
import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { type ParticipantChange, participantHeads, standingsAt } from "../../../backend/domain/participants/history.ts";
import {
  nextRegistryHead,
  PROPOSAL_TYPES,
  type Proposal,
  proposalDigest,
} from "../../../backend/domain/participants/proposals.ts";
import type { Address, Hash } from "../../../backend/domain/types.ts";

const address = (digit: string) => `0x${digit.repeat(40)}` as Address;
const hash = (digit: string) => `0x${digit.repeat(64)}` as Hash;
const common = { registryHead: hash("a"), deadline: 1_800_000_000, recordHash: hash("b") };
const proposals: Proposal[] = [
  { kind: "admission", participantId: 7, account: address("1"), signer: address("2"), roles: 5, ...common },
  { kind: "role-change", participantId: 7, roles: 36, ...common },
  { kind: "suspension", participantId: 7, ...common },
  { kind: "reinstatement", participantId: 7, ...common },
  { kind: "signer-rotation", participantId: 7, signer: address("3"), ...common },
  { kind: "account-change", participantId: 7, account: address("0"), ...common },
  { kind: "governor-change", governors: [address("4"), address("5"), address("6")], threshold: 2, ...common },
  { kind: "succession", successor: address("7"), ...common },
];

describe("proposals", () => {
  const contract = address("c");
  const domain = { name: "BatteryPassport", version: "1", chainId: 31337, verifyingContract: contract };
  const separator = domainSeparator({ chainId: 31337, contract });

  for (const proposal of proposals) {
    it(`gives ${proposal.kind} the digest that a governor's wallet signs`, () => {
      const [, name = "", fields = ""] = /^(\w+)\((.*)\)$/.exec(PROPOSAL_TYPES[proposal.kind]) ?? [];
      const members = fields
        .split(",")
        .map((field) => ({ type: field.split(" ")[0] ?? "", name: field.split(" ")[1] ?? "" }));
      expect(proposalDigest(separator, proposal)).to.equal(
        TypedDataEncoder.hash(domain, { [name]: members }, proposal),
      );
    });
  }

  it("chains the registry head over proposal and block time", () => {
    const type = keccak256(toUtf8Bytes("RegistryHead(bytes32 previous,bytes32 proposal,uint40 time)"));
    const words = AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "bytes32", "bytes32", "uint40"],
      [type, hash("1"), hash("2"), 99],
    );
    expect(nextRegistryHead(hash("1"), hash("2"), 99)).to.equal(keccak256(words));
  });
});

describe("participant history", () => {
  const change = (changedAt: number, roles: number): ParticipantChange => ({
    cause: hash("1"),
    account: address("2"),
    signer: address("3"),
    roles,
    active: true,
    recordHash: hash("4"),
    changedAt,
  });

  it("chains each change over the one before", () => {
    const text =
      "ParticipantHead(bytes32 previous,uint24 participantId,bytes32 cause,address account,address signer,uint16 roles,bool active,bytes32 recordHash,uint40 time)";
    const coder = AbiCoder.defaultAbiCoder();
    const types = [
      "bytes32",
      "bytes32",
      "uint24",
      "bytes32",
      "address",
      "address",
      "uint16",
      "bool",
      "bytes32",
      "uint40",
    ];
    let head: string = ZERO_HASH;
    const expected = [change(10, 1), change(20, 3)].map((one) => {
      const values = [
        head,
        7,
        one.cause,
        one.account,
        one.signer,
        one.roles,
        one.active,
        one.recordHash,
        one.changedAt,
      ];
      head = keccak256(coder.encode(types, [keccak256(toUtf8Bytes(text)), ...values]));
      return head;
    });
    expect(participantHeads(7, [change(10, 1), change(20, 3)])).to.deep.equal(expected);
  });

  it("finds the standing at a time, and both when a change shares that second", () => {
    const changes = [change(10, 1), change(20, 3)];
    expect(standingsAt(changes, 9)).to.deep.equal([]);
    expect(standingsAt(changes, 15).map((one) => one.roles)).to.deep.equal([1]);
    expect(standingsAt(changes, 20).map((one) => one.roles)).to.deep.equal([1, 3]);
    expect(standingsAt(changes, 21).map((one) => one.roles)).to.deep.equal([3]);
  });
});
