import { expect } from "chai";
import { SigningKey } from "ethers";
import { ZERO_HASH } from "../../backend/domain/bytes.ts";
import {
  type CustodyEvent,
  formatSignedCustodyEvent,
  type SignedCustodyEvent,
} from "../../backend/domain/custody/events.ts";
import { eventDigest } from "../../backend/domain/custody/hashEvent.ts";
import { domainSeparator } from "../../backend/domain/eip712.ts";
import { DomainError } from "../../backend/domain/errors.ts";
import { type Proposal, proposalDigest } from "../../backend/domain/participants/proposals.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import { cidOf } from "../../backend/domain/records/cid.ts";
import type { Address, Hash, Head, PassportId } from "../../backend/domain/types.ts";
import { acceptOffer, reviewOffer } from "../../scripts/cli/actions/acceptOffer.ts";
import { packConsignments } from "../../scripts/cli/actions/packConsignments.ts";
import { prepareNewItem } from "../../scripts/cli/actions/prepareItems.ts";
import { approveProposal, reviewProposal } from "../../scripts/cli/actions/proposeChange.ts";
import { whileSignedIn } from "../../scripts/cli/actions/signIn.ts";
import { signerOf } from "../../scripts/cli/keys/keystore.ts";
import type { Participant } from "../../scripts/cli/operator/answers.ts";
import type { Operator } from "../../scripts/cli/operator/connectOperator.ts";
import type { Actor, Session } from "../../scripts/cli/session.ts";
import { codeOf } from "../support/refusal.ts";

const NOW = 1_800_000_000;
const trustRoot = { chainId: 7, contract: `0x${"ba".repeat(20)}` as Address, codeHash: ZERO_HASH };
const separator = domainSeparator(trustRoot);
const keyOf = (byte: string) => signerOf(new SigningKey(`0x${byte.repeat(32)}`));
const GIVER = keyOf("01");
const RECEIVER = keyOf("02");
const GOVERNOR = keyOf("03");

const participant = (id: number, signer: Address): Participant => ({
  id,
  account: signer,
  signer,
  roles: ["PRODUCER", "CUSTODIAN"],
  active: true,
  record: null,
});
const ME: Actor = { participant: participant(2, RECEIVER.address), signer: RECEIVER };

const PASSPORTS = ["0x0000011", "0x0000012", "0x0000013"].map((start) => start.padEnd(42, "0") as PassportId);
const HEAD = `0x${"4e".repeat(28)}` as Head;
const HANDOVER: CustodyEvent = {
  kind: "handover",
  actor: 1,
  counterparty: 2,
  occurredAt: NOW,
  deadline: NOW + 3600,
  items: PASSPORTS.map((passportId) => ({ passportId, prevHead: HEAD, recordHash: ZERO_HASH })),
};
const DIGEST = eventDigest(separator, HANDOVER);
const OFFER: SignedCustodyEvent = {
  ...HANDOVER,
  actorSignature: GIVER.sign(DIGEST),
  counterpartySignature: "0x",
  declined: 0n,
};

/** An operator that answers what a test gives it, and notes what is posted. */
function sessionWith(answers: Record<string, unknown>): Session & { posted: [string, unknown][] } {
  const posted: [string, unknown][] = [];
  const get = async (path: string) => {
    const answer = answers[path];
    if (answer === undefined) throw new Error(`not asked for in this test: ${path}`);
    return answer;
  };
  const operator: Operator = {
    url: "http://operator.invalid",
    get,
    listen: async () => undefined,
    getBytes: async (path: string) => (await get(path)) as Uint8Array,
    postBytes: async () => null,
    delete: async () => undefined,
    withToken: () => operator,
    post: async (path: string, body: unknown) => {
      posted.push([path, body]);
      return { digest: DIGEST, state: "accepted", approvals: [], threshold: 2 };
    },
  };
  return { operator, trustRoot, separator, rpcs: [], now: () => NOW, posted };
}

const custodyOf = (passportId: PassportId, changes: object = {}) => ({
  passportId,
  head: HEAD,
  phase: "active",
  custodian: 1,
  held: false,
  hold: null,
  holds: 0,
  steps: [],
  ...changes,
});

function offering(event: SignedCustodyEvent = OFFER, custody: Record<string, object> = {}) {
  const { signer, ...giver } = participant(1, GIVER.address);
  return sessionWith({
    [`/v1/handovers/${DIGEST}`]: { digest: DIGEST, event: formatSignedCustodyEvent(event) },
    "/v1/participants/1": { ...giver, signer },
    ...Object.fromEntries(PASSPORTS.map((id) => [`/v1/dpps/${id}/custody`, custodyOf(id, custody[id])])),
  });
}

describe("a receiver before a lying operator", () => {
  it("signs the acceptance of exactly the digest it computed", async () => {
    const session = offering();
    await acceptOffer(session, ME, await reviewOffer(session, ME, DIGEST), [1]);
    const [[path, body]] = session.posted as [[string, { declined: string }]];
    expect(path).to.equal(`/v1/handovers/${DIGEST}/acceptance`);
    expect(body.declined).to.equal("0x2");
  });

  it("signs nothing for an offer with another item, receiver or time than its digest says", async () => {
    const [first, ...rest] = OFFER.items as [SignedCustodyEvent["items"][number]];
    for (const event of [
      { ...OFFER, items: [{ ...first, recordHash: `0x${"11".repeat(32)}` as Hash }, ...rest] },
      { ...OFFER, items: rest },
      { ...OFFER, counterparty: 3 },
      { ...OFFER, deadline: OFFER.deadline + 1 },
    ]) {
      expect(await codeOf(reviewOffer(offering(event), ME, DIGEST))).to.equal("offer-digest-mismatch");
    }
  });

  it("signs nothing that the giver did not sign", async () => {
    const event = { ...OFFER, actorSignature: GOVERNOR.sign(DIGEST) };
    expect(await codeOf(reviewOffer(offering(event), ME, DIGEST))).to.equal("signature-wrong");
  });

  it("takes no item whose head moved on or that the giver does not hold, and the others if those are declined", async () => {
    const [first, second] = PASSPORTS as [PassportId, PassportId];
    const moved = { [first]: { head: `0x${"4f".repeat(28)}` }, [second]: { custodian: 9 } };
    const session = offering(OFFER, moved);
    const offer = await reviewOffer(session, ME, DIGEST);
    expect(offer.obstacles).to.deep.equal(["stale-head", "not-custodian", null]);
    expect(await codeOf(acceptOffer(session, ME, offer, [1]))).to.equal("stale-head");
    expect(await codeOf(acceptOffer(session, ME, offer, [0, 1, 2]))).to.equal("nothing-accepted");
    expect(await codeOf(acceptOffer(session, ME, offer, [3]))).to.equal("position-out-of-range");
    expect(session.posted).to.deep.equal([]);
    expect(await codeOf(acceptOffer(session, ME, offer, [0, 1]))).to.equal("none");
  });
});

describe("a reader before a lying operator", () => {
  const terms = { domain: "operator.invalid", uri: "http://operator.invalid", chainId: 7, nonce: "abcdefgh1" };
  /** What is posted for a sign-in, where the operator asks for one by these terms; it ends as the work does. */
  const signingIn = async (changes: object, work = async () => "done") => {
    const paths: string[] = [];
    const operator: Operator = {
      ...sessionWith({}).operator,
      post: async (path) => {
        paths.push(path);
        return path.endsWith("/nonce") ? { ...terms, ...changes } : { token: "t", participantId: 2 };
      },
      delete: async (path) => void paths.push(`DELETE ${path}`),
      withToken: () => operator,
    };
    return [await codeOf(whileSignedIn(operator, RECEIVER, undefined, work)), ...paths];
  };

  it("signs in at the address that it typed and at no other, whose token the operator could then use", async () => {
    const out = ["/v1/session/nonce", "/v1/session", "DELETE /v1/session"];
    expect(await signingIn({})).to.deep.equal(["none", ...out]);
    for (const changes of [
      { domain: "bank.example" },
      { uri: "http://bank.example" },
      { uri: "no address" },
      { domain: "operator.invalid:81" },
    ]) {
      expect(await signingIn(changes)).to.deep.equal(["sign-in-elsewhere", "/v1/session/nonce"]);
    }
  });

  it("signs out whatever its work ends with", async () => {
    const failing = async () => {
      throw new DomainError("dpp-unknown", "There is no such passport.");
    };
    expect((await signingIn({}, failing)).slice(-1)).to.deep.equal(["DELETE /v1/session"]);
  });
});

describe("a governor before a lying operator", () => {
  const fields = { participantId: 8, kind: "recycler", names: { en: "Loop Metals" }, identifierPrefixes: [] };
  const record = buildRecord("participant/1", fields, (length) => new Uint8Array(length));
  const proposal: Proposal = {
    kind: "admission",
    participantId: 8,
    account: RECEIVER.address,
    signer: RECEIVER.address,
    roles: 4,
    recordHash: record.hash,
    registryHead: ZERO_HASH,
    deadline: NOW + 3600,
  };
  const digest = proposalDigest(separator, proposal);

  const proposing = (shown: object, bytes: Uint8Array = record.bytes, registryHead: Hash = ZERO_HASH) =>
    sessionWith({
      [`/v1/proposals/${digest}`]: { digest, proposal: shown, state: "open", approvals: [], threshold: 2 },
      [`/ipfs/${cidOf(record.hash)}`]: bytes,
      "/v1/registry": { trustRoot, registryHead, governors: [GOVERNOR.address], threshold: 2 },
    });

  it("reads the record that it approves", async () => {
    const reviewed = await reviewProposal(proposing(proposal), digest);
    expect(reviewed.record?.names).to.deep.equal({ en: "Loop Metals" });
  });

  it("signs nothing for a proposal with more rights, another signer or another record than its digest says", async () => {
    const shown = { ...proposal, roles: 511 };
    expect(await codeOf(reviewProposal(proposing(shown), digest))).to.equal("proposal-digest-mismatch");
    const other = { ...proposal, signer: GIVER.address };
    expect(await codeOf(reviewProposal(proposing(other), digest))).to.equal("proposal-digest-mismatch");
    const spoilt = record.bytes.slice();
    spoilt[20] = 0x7a;
    expect(await codeOf(reviewProposal(proposing(proposal, spoilt), digest))).to.equal("record-hash-mismatch");
    expect(await codeOf(reviewProposal(proposing({ ...proposal, note: "x" }), digest))).to.equal(
      "operator-answer-malformed",
    );
  });

  it("signs nothing that can never be executed, and nothing with a key that does not govern", async () => {
    const stale = proposing(proposal, record.bytes, `0x${"99".repeat(32)}` as Hash);
    const reviewed = await reviewProposal(stale, digest);
    expect(await codeOf(approveProposal(stale, GOVERNOR, reviewed))).to.equal("registry-head-stale");
    expect(await codeOf(approveProposal(proposing(proposal), GIVER, reviewed))).to.equal("governor-unknown");
    expect(stale.posted).to.deep.equal([]);
  });
});

describe("packConsignments", () => {
  const issuer = participant(1, GIVER.address);
  const items = Array.from({ length: 450 }, (_, i) => prepareNewItem("mint", issuer, { uid: `urn:cellworks:${i}` }));

  it("gives consignments of at most 200, ascending, with every item once", () => {
    const packed = packConsignments(items);
    expect(packed.map((group) => group.length)).to.deep.equal([200, 200, 50]);
    const ids = packed.flat().map(({ passportId }) => passportId);
    expect(ids).to.deep.equal(items.map(({ passportId }) => passportId).sort());
  });

  it("keeps each small enough for one request", () => {
    const size = JSON.stringify(items[0]?.record).length;
    const packed = packConsignments(items.slice(0, 10), 3 * (size + 60));
    expect(packed.flat()).to.have.length(10);
    for (const group of packed) expect(group.length).to.be.within(1, 3);
  });
});
