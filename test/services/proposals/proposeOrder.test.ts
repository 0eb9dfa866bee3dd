import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { joinHex } from "../../../backend/domain/bytes.ts";
import { acceptanceDigest } from "../../../backend/domain/custody/hashEvent.ts";
import type { Release } from "../../../backend/domain/custody/holds.ts";
import type { Proposal } from "../../../backend/domain/participants/proposals.ts";
import {
  decisionDigest,
  type QuorumOrder,
  type Reassignment,
} from "../../../backend/domain/participants/quorumDecision.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Hash, Head, PassportId } from "../../../backend/domain/types.ts";
import { acceptHandover } from "../../../backend/services/custody/acceptHandover.ts";
import { readHandover } from "../../../backend/services/custody/listHandovers.ts";
import { approveProposal } from "../../../backend/services/proposals/approveProposal.ts";
import { listProposals } from "../../../backend/services/proposals/listProposals.ts";
import { proposeOrder } from "../../../backend/services/proposals/proposeOrder.ts";
import { readProposal } from "../../../backend/services/proposals/readProposal.ts";
import { readReadyHoldOrder } from "../../../backend/storage/readyHoldOrders.ts";
import { readReadyProposal } from "../../../backend/storage/readyProposals.ts";
import { codeOf } from "../../support/refusal.ts";
import {
  buildHandover,
  buildMint,
  COLLECTOR,
  createWorld,
  FLEET,
  GOVERNORS,
  NOW,
  PRODUCER,
  passportOf,
  projectEvent,
  recordOf,
  SEPARATOR,
  signerOf,
  type World,
} from "../world.ts";

describe("proposeOrder", () => {
  let world: World;
  let passportId: PassportId;
  let minted: ReturnType<typeof buildMint>;
  let block = 50;

  beforeEach(async () => {
    world = await createWorld();
    minted = buildMint();
    passportId = passportOf(minted);
    await projectEvent(world.database, minted, ++block);
  });
  afterEach(() => world.close());

  const dependencies = () => ({
    database: world.database,
    acceptor: world.acceptor,
    separator: SEPARATOR,
    recoverSigner,
    sealing: { key: new Uint8Array(32).fill(7), randomBytes: (length: number) => new Uint8Array(randomBytes(length)) },
    now: () => world.clock.now,
  });
  const record = () => recordOf("reassignment/1", { subject: passportId, reason: "custodian insolvent" });
  const reassignment = (recordHash: Hash, changed: Partial<Reassignment> = {}): Reassignment => ({
    kind: "reassignment",
    actor: 0,
    counterparty: FLEET,
    occurredAt: NOW - 60,
    deadline: NOW + 3600,
    items: [{ passportId, prevHead: minted.heads[0] as Head, recordHash }],
    ...changed,
  });
  const approvalOf = (order: QuorumOrder, governor: number) => ({
    signature: (GOVERNORS[governor] as (typeof GOVERNORS)[number]).sign(decisionDigest(SEPARATOR, order)),
  });
  const propose = (order: QuorumOrder, records: Parameters<typeof proposeOrder>[1]["records"] = [], governor = 0) =>
    proposeOrder(dependencies(), { proposal: order, records, approvals: [approvalOf(order, governor)] });
  const approve = (order: QuorumOrder, governor: number) =>
    approveProposal(dependencies(), decisionDigest(SEPARATOR, order), approvalOf(order, governor));
  const hold = async (held: boolean, regulator: number): Promise<void> => {
    await world.database.prisma.chainHold.create({
      data: {
        blockNumber: block,
        logIndex: held ? 900 : 901,
        passportId,
        held,
        regulator,
        counter: 1n,
        until: held ? BigInt(NOW + 3600) : null,
        reasonHash: `0x${"ab".repeat(32)}`,
        signatures: "0x",
      },
    });
    const heldUntil = held ? BigInt(NOW + 3600) : null;
    await world.database.prisma.chainPassport.update({ where: { id: passportId }, data: { held, heldUntil } });
  };

  it("offers a reassignment to its receiver once enough governors signed, who takes it like a handover", async () => {
    const { record: payload, hash, disclosures } = record();
    const order = reassignment(hash);
    const { created, proposal } = await propose(order, [{ record: payload, disclosures }]);
    expect([created, proposal.state, proposal.approvals.length]).to.deep.equal([true, "open", 1]);
    expect(await world.database.prisma.offer.count()).to.equal(0);
    expect((await approve(order, 2)).state).to.equal("approved");
    const digest = decisionDigest(SEPARATOR, order);
    const offer = await readHandover(world.database, digest);
    expect(offer.event).to.include({ kind: "reassignment", actor: 0, counterparty: FLEET });
    expect(offer.records).to.deep.equal([{ record: payload }]);
    const acceptance = {
      declined: "0x0" as const,
      signature: signerOf(FLEET).sign(acceptanceDigest(SEPARATOR, digest, 0n)),
    };
    const outcome = await acceptHandover(dependencies(), digest, acceptance);
    expect(outcome.state).to.equal("accepted");
    expect(await world.database.prisma.contentOutbox.count()).to.equal(1);
    expect(await readReadyProposal(world.database.pool)).to.equal(null);
  });

  it("takes it from nobody but its receiver", async () => {
    const { record: payload, hash, disclosures } = record();
    const order = reassignment(hash);
    await propose(order, [{ record: payload, disclosures }]);
    await approve(order, 1);
    const digest = decisionDigest(SEPARATOR, order);
    const signature = signerOf(COLLECTOR).sign(acceptanceDigest(SEPARATOR, digest, 0n));
    expect(await codeOf(acceptHandover(dependencies(), digest, { declined: "0x0", signature }))).to.equal(
      "signature-wrong",
    );
  });

  it("refuses a reassignment that could not land, and records that are not its own", async () => {
    const { record: payload, hash, disclosures } = record();
    const records = [{ record: payload, disclosures }];
    const stale = reassignment(hash, {
      items: [{ passportId, prevHead: `0x${"12".repeat(28)}` as Head, recordHash: hash }],
    });
    expect(await codeOf(propose(stale, records))).to.equal("stale-head");
    expect(await codeOf(propose(reassignment(hash, { counterparty: 5 }), records))).to.equal("participant-suspended");
    expect(await codeOf(propose(reassignment(hash, { deadline: NOW - 1 }), records))).to.equal("deadline-passed");
    expect(await codeOf(propose(reassignment(hash), []))).to.equal("record-missing");
    expect(await codeOf(propose(reassignment(`0x${"77".repeat(32)}` as Hash), records))).to.equal(
      "record-hash-mismatch",
    );
    const order = reassignment(hash);
    const stranger = { signature: signerOf(PRODUCER).sign(decisionDigest(SEPARATOR, order)) };
    const unsigned = (approvals: { signature: `0x${string}` }[]) =>
      codeOf(proposeOrder(dependencies(), { proposal: order, records, approvals }));
    expect(await unsigned([stranger])).to.equal("governor-unknown");
    expect(await unsigned([])).to.equal("approval-missing");
    expect(await world.database.prisma.proposalDraft.count()).to.equal(0);
  });

  it("calls a reassignment superseded when the passport moved by another event", async () => {
    const { record: payload, hash, disclosures } = record();
    const order = reassignment(hash);
    await propose(order, [{ record: payload, disclosures }]);
    await projectEvent(world.database, buildHandover(PRODUCER, COLLECTOR, [minted]), ++block);
    const { state, reason } = await readProposal(dependencies(), decisionDigest(SEPARATOR, order), NOW);
    expect([state, reason?.code]).to.deep.equal(["superseded", "stale-head"]);
    expect(await codeOf(approve(order, 1))).to.equal("proposal-not-open");
  });

  it("gives a release to the relayer once enough governors signed, and shows when it landed", async () => {
    await hold(true, 6);
    const order: Release = {
      kind: "release",
      passportId,
      regulator: 0,
      counter: 1,
      reasonHash: `0x${"cd".repeat(32)}` as Hash,
      deadline: NOW + 3600,
    };
    expect(await codeOf(propose({ ...order, counter: 2 }))).to.equal("hold-counter-wrong");
    await propose(order);
    expect(await readReadyHoldOrder(world.database.pool)).to.equal(null);
    await approve(order, 1);
    const ready = await readReadyHoldOrder(world.database.pool);
    expect(ready?.order).to.deep.equal(order);
    const signers = ready?.signatures.map((signature) => recoverSigner(ready.digest, signature)) ?? [];
    expect(signers).to.deep.equal([GOVERNORS[0]?.signer, GOVERNORS[1]?.signer]);
    await hold(false, 0);
    const { state } = await readProposal(dependencies(), decisionDigest(SEPARATOR, order), NOW);
    expect(state).to.equal("executed");
    const listed = await listProposals(dependencies(), { state: "executed", limit: 10 }, NOW);
    expect(listed.entries.map(({ digest }) => digest)).to.deep.equal([decisionDigest(SEPARATOR, order)]);
    expect((await listProposals(dependencies(), { state: "open", limit: 10 }, NOW)).entries).to.deep.equal([]);
  });

  it("calls a release superseded when the regulator let go first", async () => {
    await hold(true, 6);
    const terms = { passportId, regulator: 0, counter: 1, reasonHash: `0x${"cd".repeat(32)}` as Hash };
    const order: Release = { kind: "release", ...terms, deadline: NOW + 3600 };
    await propose(order);
    await hold(false, 6);
    const { state, reason } = await readProposal(dependencies(), decisionDigest(SEPARATOR, order), NOW);
    expect([state, reason?.code]).to.deep.equal(["superseded", "hold-missing"]);
  });

  it("shows whose approvals landed on chain for a proposal that was made elsewhere", async () => {
    const proposal: Proposal = {
      kind: "suspension",
      participantId: FLEET,
      registryHead: `0x${"99".repeat(32)}` as Hash,
      deadline: NOW + 60,
      recordHash: `0x${"cd".repeat(32)}` as Hash,
    };
    const digest = decisionDigest(SEPARATOR, proposal);
    const landed = [GOVERNORS[0], GOVERNORS[2]].map((governor) =>
      (governor as (typeof GOVERNORS)[number]).sign(digest),
    );
    await world.database.prisma.chainProposal.create({
      data: {
        digest,
        kind: proposal.kind,
        proposal,
        registryHead: `0x${"98".repeat(32)}`,
        signatures: joinHex(landed),
        blockNumber: block,
        logIndex: 700,
      },
    });
    const { state, approvals } = await readProposal(dependencies(), digest, NOW);
    expect(state).to.equal("executed");
    expect(approvals).to.deep.equal([
      { governor: GOVERNORS[0]?.signer, signature: landed[0] },
      { governor: GOVERNORS[2]?.signer, signature: landed[1] },
    ]);
  });
});
