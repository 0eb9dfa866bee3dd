import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { toHex } from "../../backend/domain/bytes.ts";
import { type Item, isDeclined, parseSignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import {
  acceptanceDigest,
  CUSTODY_TYPES,
  hashEvent,
  hashHeader,
  hashItem,
} from "../../backend/domain/custody/hashEvent.ts";
import { encodeHeader } from "../../backend/domain/custody/header.ts";
import { evolve, judgeForm, judgeItem, judgeTime } from "../../backend/domain/custody/rules.ts";
import { encodeState, NO_PASSPORT, type PassportState } from "../../backend/domain/custody/state.ts";
import { domainSeparator } from "../../backend/domain/eip712.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { nextParticipantHead } from "../../backend/domain/participants/history.ts";
import {
  nextRegistryHead,
  PROPOSAL_TYPES,
  type Proposal,
  proposalDigest,
} from "../../backend/domain/participants/proposals.ts";
import type { Hash, PassportId, Uid } from "../../backend/domain/types.ts";

// The vectors come from ethers and are run by the contract too: here the domain answers for itself.

const folder = join(import.meta.dirname, "../vectors");
const read = (kind: string) =>
  readdirSync(join(folder, kind))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => ({ name, vector: JSON.parse(readFileSync(join(folder, kind, name), "utf8")) }));

describe("custody vectors", () => {
  const states = new Map<PassportId, PassportState>();

  for (const { name, vector } of read("custody")) {
    it(`${name} hashes, applies and evolves as on chain`, () => {
      const { expected } = vector;
      const event = parseSignedCustodyEvent(vector.event);
      const separator = domainSeparator(vector.domain);
      const { digest, heads } = hashEvent(separator, event);
      expect(CUSTODY_TYPES[event.kind]).to.equal(expected.type);
      expect(event.items.map((item) => hashItem(event.kind, item))).to.deep.equal(expected.itemHashes);
      expect(digest).to.equal(expected.digest);
      expect(hashHeader(separator, event, digest)).to.equal(expected.headerHash);
      expect(heads).to.deep.equal(expected.heads);
      expect(encodeHeader(event, (event.actorSignature.length - 2) / 2)).to.equal(vector.submitted.header);
      if (expected.acceptanceDigest !== undefined) {
        expect(acceptanceDigest(separator, digest, event.declined)).to.equal(expected.acceptanceDigest);
      }
      for (const [id, uid] of Object.entries(vector.uids ?? {})) {
        expect(passportIdOf(Number.parseInt(id.slice(2, 8), 16), uid as Uid)).to.equal(id);
      }
      expect(judgeForm(event, event.declined)).to.equal(null);
      expect(judgeTime(event, vector.blockTime)).to.equal(null);
      let applied = 0n;
      event.items.forEach((item: Item, i) => {
        const before = states.get(item.passportId) ?? NO_PASSPORT;
        if (isDeclined(event.declined, i) || judgeItem(event, item, before) !== null) return;
        applied |= 1n << BigInt(i);
        states.set(item.passportId, evolve(event, item, before, heads[i] as never));
      });
      expect(`0x${applied.toString(16)}`).to.equal(expected.applied);
      for (const [id, { word }] of Object.entries(expected.states as Record<string, { word: string }>)) {
        expect(encodeState(states.get(id as PassportId) as PassportState)).to.equal(word);
      }
    });
  }
});

describe("registry vectors", () => {
  const heads = new Map<number, Hash>();
  let registryHead: Hash;

  for (const { name, vector } of read("registry")) {
    it(`${name} chains as on chain`, () => {
      const { expected, blockTime } = vector;
      if (expected.domainSeparator !== undefined) {
        expect(toHex(domainSeparator(vector.domain))).to.equal(expected.domainSeparator);
        registryHead = expected.registryHead;
        return;
      }
      const cause = vector.proposal === undefined ? (`0x${"00".repeat(32)}` as Hash) : executed(vector);
      expect(registryHead).to.equal(expected.registryHead);
      if (!expected.participant?.head) return;
      const id = vector.participantId ?? vector.proposal.participantId;
      const previous = heads.get(id) ?? (`0x${"00".repeat(32)}` as Hash);
      const change = { ...expected.participant, cause, changedAt: blockTime };
      heads.set(id, nextParticipantHead(previous, id, change));
      expect(heads.get(id)).to.equal(expected.participant.head);
    });
  }

  function executed({
    domain,
    kind,
    proposal,
    expected,
    blockTime,
  }: {
    domain: never;
    kind: string;
    proposal: object;
    expected: { type: string; digest: Hash };
    blockTime: number;
  }): Hash {
    const digest = proposalDigest(domainSeparator(domain), { ...proposal, kind } as Proposal);
    expect(PROPOSAL_TYPES[kind as Proposal["kind"]]).to.equal(expected.type);
    expect(digest).to.equal(expected.digest);
    registryHead = nextRegistryHead(registryHead, digest, blockTime);
    return digest;
  }
});
