import { expect } from "chai";
import { type Contract, getAddress } from "ethers";
import fc from "fast-check";
import hre from "hardhat";
import { fromHex, toHex } from "../../backend/domain/bytes.ts";
import type { CustodyEvent as DomainEvent } from "../../backend/domain/custody/events.ts";
import { hashEvent as domainHashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { decodeHeader, encodeHeader as domainEncodeHeader } from "../../backend/domain/custody/header.ts";
import { decodeState, encodeState as domainEncodeState } from "../../backend/domain/custody/state.ts";
import { PROPOSAL_KINDS, type Proposal, proposalDigest } from "../../backend/domain/participants/proposals.ts";
import type { Hash } from "../../backend/domain/types.ts";
import {
  type CustodyEvent,
  digestOf,
  domainOf,
  domainSeparator,
  encodeHeader,
  encodeState,
  hashEvent,
  KIND,
  type Kind,
  PHASES,
  PROPOSAL_TYPES,
  structHash,
  ZERO_HEAD,
} from "../../scripts/typedData.ts";

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => toHex(array) as string);
const uint = (bits: number) =>
  fc.nat({ max: 2 ** Math.min(bits, 31) - 1 }).chain((low) => fc.constantFrom(low, 2 ** bits - 1, 0));
const domains = fc.record({ chainId: fc.integer({ min: 1, max: 2 ** 31 - 1 }), contract: hex(20) });

const items = fc.array(
  fc.record({
    passportId: hex(20),
    prevHead: fc.oneof(hex(28), fc.constant(ZERO_HEAD)),
    recordHash: hex(32),
  }),
  { minLength: 1, maxLength: 12 },
);
const events: fc.Arbitrary<CustodyEvent> = fc.record({
  kind: fc.constantFrom(...(Object.keys(KIND) as Kind[])),
  actor: uint(24),
  counterparty: uint(24),
  occurredAt: uint(40),
  deadline: uint(40),
  items,
});
const states = fc.record({
  head: hex(28),
  custodian: uint(24),
  phase: fc.constantFrom(...PHASES),
  moved: fc.boolean(),
  held: fc.boolean(),
});
const address = hex(20).map((value) => value.toLowerCase());
const proposalFields = fc.record({
  participantId: uint(24),
  account: address,
  signer: address,
  roles: uint(16),
  governors: fc.array(address, { maxLength: 5 }),
  threshold: uint(8),
  successor: address,
  recordHash: hex(32),
  deadline: uint(40),
  registryHead: hex(32),
});
const FIELDS: Record<string, readonly string[]> = {
  admission: ["participantId", "account", "signer", "roles"],
  "role-change": ["participantId", "roles"],
  suspension: ["participantId"],
  reinstatement: ["participantId"],
  "signer-rotation": ["participantId", "signer"],
  "account-change": ["participantId", "account"],
  "governor-change": ["governors", "threshold"],
  succession: ["successor"],
};
const NOTHING = {
  participantId: 0,
  account: `0x${"00".repeat(20)}`,
  signer: `0x${"00".repeat(20)}`,
  roles: 0,
  governors: [] as string[],
  threshold: 0,
  successor: `0x${"00".repeat(20)}`,
};

describe("Solidity, ethers and the domain, given anything at random", function () {
  this.timeout(120_000);
  let harness: Contract;

  before(async () => {
    const { ethers } = await hre.network.create();
    harness = (await ethers.deployContract("HashHarness")) as unknown as Contract;
  });
  const ask = (name: string, ...args: unknown[]) => harness.getFunction(name).staticCall(...args);

  it("hash the same events to the same digests and heads, 1,000 times", () =>
    fc.assert(
      fc.asyncProperty(domains, events, async ({ chainId, contract }, event) => {
        const domain = domainOf(chainId, getAddress(contract));
        const separator = domainSeparator(domain);
        const reference = hashEvent(domain, event);
        const { hashed, heads } = await ask("hashEvent", separator, encodeHeader(event, 65), event.items);
        expect([hashed.digest, hashed.headerHash, ...hashed.itemHashes, ...heads]).to.deep.equal([
          reference.digest,
          reference.headerHash,
          ...reference.itemHashes,
          ...reference.heads,
        ]);
        const own = domainHashEvent(fromHex(separator as Hash), event as unknown as DomainEvent);
        expect([own.digest, ...own.heads]).to.deep.equal([reference.digest, ...reference.heads]);
      }),
      { numRuns: 1_000 },
    ));

  it("read the same headers, 500 times", () =>
    fc.assert(
      fc.asyncProperty(events, uint(16), async (event, split) => {
        const word = encodeHeader(event, split);
        expect(domainEncodeHeader(event as unknown as DomainEvent, split)).to.equal(word);
        const {
          kind,
          actor,
          counterparty,
          occurredAt,
          deadline,
          reserved,
          split: read,
        } = await ask("readHeader", word);
        const own = decodeHeader(word as Hash);
        expect([kind, actor, counterparty, occurredAt, deadline, reserved, read].map(Number)).to.deep.equal([
          KIND[event.kind],
          own.actor,
          own.counterparty,
          own.occurredAt,
          own.deadline,
          0,
          own.firstSignatureLength,
        ]);
      }),
      { numRuns: 500 },
    ));

  it("keep the same states in the same word, and change only what a change says, 500 times", () =>
    fc.assert(
      fc.asyncProperty(states, hex(28), uint(24), async (state, head, custodian) => {
        const word = encodeState(state);
        expect(domainEncodeState(state as unknown as Parameters<typeof domainEncodeState>[0])).to.equal(word);
        expect(decodeState(word as Hash)).to.deep.equal(state);
        const read = await ask("readState", word);
        expect([read.head, Number(read.custodian), PHASES[Number(read.phase)], read.moved, read.held]).to.deep.equal([
          state.head,
          state.custodian,
          state.phase,
          state.moved,
          state.held,
        ]);
        expect(await ask("withHead", word, head)).to.equal(encodeState({ ...state, head }));
        expect(await ask("movedTo", word, head, custodian)).to.equal(
          encodeState({ ...state, head, custodian, moved: true }),
        );
        expect(await ask("ended", word, head, 3)).to.equal(encodeState({ ...state, head, phase: "closed" }));
        expect(await ask("withHeld", word, true)).to.equal(encodeState({ ...state, held: true }));
        expect(await ask("withHeld", word, false)).to.equal(encodeState({ ...state, held: false }));
        expect(await ask("created", head, custodian)).to.equal(
          encodeState({ head, custodian, phase: "active", moved: false, held: false }),
        );
      }),
      { numRuns: 500 },
    ));

  it("hash the same proposals, and notice every field that a kind does not have, 1,000 times", () =>
    fc.assert(
      fc.asyncProperty(
        domains,
        fc.integer({ min: 1, max: 8 }),
        proposalFields,
        async ({ chainId, contract }, number, given) => {
          const kind = PROPOSAL_KINDS[number] as Proposal["kind"];
          const own = Object.fromEntries((FIELDS[kind] ?? []).map((name) => [name, given[name as keyof typeof given]]));
          const common = { deadline: given.deadline, registryHead: given.registryHead, recordHash: given.recordHash };
          const types = PROPOSAL_TYPES[number] ?? {};
          const proposal = { ...NOTHING, ...own, ...common, kind: number };
          const [hashed, foreign] = await ask("hashProposal", proposal);
          expect([hashed, foreign]).to.deep.equal([structHash(types, proposal), false]);
          const domain = domainOf(chainId, getAddress(contract));
          const separator = fromHex(domainSeparator(domain) as Hash);
          expect(proposalDigest(separator, { ...own, ...common, kind } as unknown as Proposal)).to.equal(
            digestOf(domain, types, proposal),
          );

          const overfull = { ...given, ...common, kind: number };
          const set = (name: keyof typeof NOTHING): boolean =>
            JSON.stringify(given[name]) !== JSON.stringify(NOTHING[name]) && !(FIELDS[kind] ?? []).includes(name);
          const [same, noticed] = await ask("hashProposal", overfull);
          expect([same, noticed]).to.deep.equal([hashed, (Object.keys(NOTHING) as (keyof typeof NOTHING)[]).some(set)]);
        },
      ),
      { numRuns: 1_000 },
    ));
});
