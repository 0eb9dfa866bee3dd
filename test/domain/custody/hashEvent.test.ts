import { expect } from "chai";
import { AbiCoder, keccak256, TypedDataEncoder, toUtf8Bytes } from "ethers";
import fc from "fast-check";
import { fromHex, toHex, ZERO_HASH, ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import {
  CUSTODY_KINDS,
  type CustodyEvent,
  type CustodyKind,
  type Item,
} from "../../../backend/domain/custody/events.ts";
import {
  acceptanceDigest,
  CUSTODY_TYPES,
  eventDigest,
  hashEvent,
  hashItem,
} from "../../../backend/domain/custody/hashEvent.ts";
import { decodeHeader, encodeHeader } from "../../../backend/domain/custody/header.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import type { Address, Hash, Head, PassportId } from "../../../backend/domain/types.ts";

// The reference is ethers' own encoder, which shares no code with the domain's.

const signingDomain = { chainId: 31337, contract: `0x${"c0".repeat(20)}` as Address };
const ethersDomain = {
  name: "BatteryPassport",
  version: "1",
  chainId: 31337,
  verifyingContract: signingDomain.contract,
};
const separator = domainSeparator(signingDomain);

const hexOf = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);
const item = fc.record({
  passportId: hexOf(20) as fc.Arbitrary<PassportId>,
  prevHead: fc.oneof(fc.constant(ZERO_HEAD), hexOf(28) as fc.Arbitrary<Head>),
  recordHash: hexOf(32) as fc.Arbitrary<Hash>,
}) satisfies fc.Arbitrary<Item>;
const kinds = CUSTODY_KINDS.slice(1) as CustodyKind[];
const event: fc.Arbitrary<CustodyEvent> = fc.record({
  kind: fc.constantFrom(...kinds),
  actor: fc.integer({ min: 0, max: 0xffffff }),
  counterparty: fc.integer({ min: 0, max: 0xffffff }),
  occurredAt: fc.integer({ min: 0, max: 0xffffffffff }),
  deadline: fc.integer({ min: 0, max: 0xffffffffff }),
  items: fc.array(item, { minLength: 1, maxLength: 6 }),
});

/** `Mint(uint24 issuer,…)NewPassport(…)` → the types object that ethers takes. */
function typesOf(text: string): Record<string, { name: string; type: string }[]> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)\(([^)]*)\)/g)].map(([, name = "", fields = ""]) => [
      name,
      fields.split(",").map((field) => {
        const [type = "", fieldName = ""] = field.split(" ");
        return { type, name: fieldName };
      }),
    ]),
  );
}

function messageOf(event: CustodyEvent): Record<string, unknown> {
  const { kind, actor, counterparty, occurredAt, deadline, items } = event;
  const fresh = items.filter((candidate) => kind === "mint" || candidate.prevHead === ZERO_HEAD);
  const message = { issuer: actor, giver: actor, custodian: actor, receiver: counterparty, occurredAt, deadline };
  return {
    ...message,
    items,
    passports: items,
    inputs: items.filter((candidate) => candidate.prevHead !== ZERO_HEAD),
    outputs: fresh,
  };
}

describe("hashEvent", () => {
  it("computes the domain separator of EIP-712", () => {
    expect(toHex(separator)).to.equal(TypedDataEncoder.hashDomain(ethersDomain));
  });

  it("gives every kind the digest that a wallet signs", () => {
    fc.assert(
      fc.property(event, (candidate) => {
        const types = typesOf(CUSTODY_TYPES[candidate.kind]);
        const expected = TypedDataEncoder.hash(ethersDomain, types, messageOf(candidate));
        expect(eventDigest(separator, candidate)).to.equal(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("chains heads over header hash and item hash, leftmost 28 bytes", () => {
    const coder = AbiCoder.defaultAbiCoder();
    const headType = keccak256(toUtf8Bytes("Head(bytes32 headerHash,bytes32 itemHash)"));
    fc.assert(
      fc.property(event, (candidate) => {
        const digest = eventDigest(separator, candidate);
        const typeHash = keccak256(toUtf8Bytes(CUSTODY_TYPES[candidate.kind]));
        const context = candidate.kind === "transformation" ? digest : ZERO_HASH;
        const headerHash = keccak256(
          coder.encode(
            ["bytes32", "bytes32", "bytes32", "bytes32"],
            [separator, typeHash, encodeHeader(candidate), context],
          ),
        );
        const expected = candidate.items.map((one) =>
          keccak256(
            coder.encode(["bytes32", "bytes32", "bytes32"], [headType, headerHash, hashItem(candidate.kind, one)]),
          ).slice(0, 58),
        );
        expect(hashEvent(separator, candidate)).to.deep.equal({ digest, heads: expected });
      }),
      { numRuns: 200 },
    );
  });

  it("signs an acceptance over the handover's digest and the declined items", () => {
    const types = {
      Acceptance: [
        { name: "handover", type: "bytes32" },
        { name: "declined", type: "uint256" },
      ],
    };
    const handover = toHex(fromHex(`0x${"ab".repeat(32)}`)) as Hash;
    const expected = TypedDataEncoder.hash(ethersDomain, types, { handover, declined: 5n });
    expect(acceptanceDigest(separator, handover, 5n)).to.equal(expected);
  });

  it("packs a header into a word that reads back, with or without the signatures' split", () => {
    fc.assert(
      fc.property(event, fc.nat(0xffff), (candidate, split) => {
        const { items: _items, ...header } = candidate;
        expect(decodeHeader(encodeHeader(header, split))).to.deep.equal({ ...header, firstSignatureLength: split });
      }),
    );
  });

  it("refuses a header word of an unknown kind or with reserved bits", () => {
    expect(() => decodeHeader(`0x${"00".repeat(32)}` as Hash)).to.throw("unknown kind");
    expect(() => decodeHeader(`0x08${"00".repeat(31)}` as Hash)).to.throw("unknown kind");
    expect(() => decodeHeader(`0x01${"00".repeat(20)}01${"00".repeat(10)}` as Hash)).to.throw("reserved bits");
  });
});
