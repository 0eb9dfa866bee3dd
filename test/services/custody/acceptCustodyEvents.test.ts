import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { fromHex, toHex } from "../../../backend/domain/bytes.ts";
import { formatSignedCustodyEvent } from "../../../backend/domain/custody/events.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Hex } from "../../../backend/domain/types.ts";
import { openDisclosure } from "../../../backend/services/custody/sealDisclosure.ts";
import { receiptDigest } from "../../../backend/services/custody/signReceipt.ts";
import { refusal } from "../../support/refusal.ts";
import {
  buildEvent,
  buildHandover,
  buildMint,
  COLLECTOR,
  createWorld,
  FLEET,
  NOW,
  nextUid,
  OPERATOR,
  PRODUCER,
  passportOf,
  projectEvent,
  RECYCLER,
  REGISTRAR,
  recordOf,
  SEPARATOR,
  SUSPENDED,
  signerOf,
  type World,
} from "../world.ts";

describe("acceptCustodyEvents", () => {
  let world: World;
  const accept = (submission: { event: unknown; records: World extends never ? never : unknown }) =>
    world.acceptor.accept(submission as Parameters<World["acceptor"]["accept"]>[0]);
  const codeOf = async (submission: { event: unknown; records: unknown }) => (await refusal(accept(submission))).code;
  const rows = async () => {
    const { prisma } = world.database;
    return [
      await prisma.acceptedEvent.count(),
      await prisma.acceptedItem.count(),
      await prisma.offer.count(),
      await prisma.recordDisclosure.count(),
      await prisma.contentOutbox.count(),
      await prisma.identifier.count(),
    ];
  };

  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());
  beforeEach(async () => {
    await world.database.pool.query(
      `TRUNCATE accepted_event, accepted_item, offer, record_disclosure, content_outbox, identifier,
        chain_passport, chain_custody_step, chain_custody_log, chain_block`,
    );
  });

  it("promises a mint durably: event, item, record, identifier, sealed disclosures, a receipt by the operator's key", async () => {
    const mint = buildMint();
    const { receipt, ...rest } = await accept(mint.submission);
    expect(rest).to.deep.equal({ digest: mint.digest, state: "accepted" });
    expect(receipt).to.include({ digest: mint.digest, publisher: 9, acceptedAt: NOW, anchorBefore: NOW + 3600 });
    expect(recoverSigner(receiptDigest(SEPARATOR, receipt!), receipt!.signature)).to.equal(OPERATOR.signer);

    const { prisma } = world.database;
    const item = await prisma.acceptedItem.findFirstOrThrow({ where: { digest: mint.digest } });
    expect(item).to.include({ head: mint.heads[0], custodian: PRODUCER, phase: "active", state: "open" });
    const { recordHash } = mint.signed.items[0]!;
    expect(await prisma.contentOutbox.findUnique({ where: { hash: recordHash } })).not.to.equal(null);
    expect((await prisma.identifier.findFirstOrThrow()).passportId).to.equal(passportOf(mint));
    const sealed = await prisma.recordDisclosure.findFirstOrThrow({ where: { recordHash } });
    expect(Buffer.from(sealed.sealed).toString("latin1")).not.to.contain("as found");
    const opened = openDisclosure(new Uint8Array(32).fill(7), { recordHash, digest: sealed.digest }, sealed.sealed);
    expect(mint.submission.records[0]!.disclosures).to.include(opened);
  });

  it("no longer misses a record that the chain named before it was sent here", async () => {
    const mint = buildMint();
    const { prisma } = world.database;
    await prisma.missingRecord.create({ data: { hash: mint.signed.items[0]!.recordHash } });
    await accept(mint.submission);
    expect(await prisma.missingRecord.count()).to.equal(0);
  });

  it("promises no later than the event's own deadline", async () => {
    const { receipt } = await accept(buildMint(nextUid(), PRODUCER, { deadline: NOW + 60 }).submission);
    expect(receipt!.anchorBefore).to.equal(NOW + 60);
  });

  it("answers a thousand parallel repeats with one row and one receipt", async () => {
    const { submission } = buildMint();
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => accept(submission)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).to.equal(1);
    world.clock.now += 5;
    expect(await accept(submission)).to.deep.equal(outcomes[0]);
    world.clock.now -= 5;
    expect((await rows()).slice(0, 2)).to.deep.equal([1, 1]);
  });

  it("takes other valid signature bytes of the same digest for the same event", async () => {
    const mint = buildMint();
    const first = await accept(mint.submission);
    const other = { ...mint.submission.event, actorSignature: `0x${"11".repeat(65)}` };
    expect(await accept({ ...mint.submission, event: other })).to.deep.equal(first);
    const row = await world.database.prisma.acceptedEvent.findUniqueOrThrow({ where: { digest: mint.digest } });
    expect((row.event as { actorSignature: Hex }).actorSignature).to.equal(mint.signed.actorSignature);
  });

  it("lets an event follow one that is promised but not on chain yet, and numbers both in order", async () => {
    const mint = buildMint();
    const handover = buildHandover(PRODUCER, FLEET, [mint]);
    const again = buildEvent("handover", FLEET, [{ passportId: passportOf(mint), prevHead: handover.heads[0]! }], {
      counterparty: COLLECTOR,
    });
    await Promise.all([mint, handover, again].map(({ submission }) => accept(submission)));
    const events = await world.database.prisma.acceptedEvent.findMany({ orderBy: { position: "asc" } });
    expect(events.map(({ digest }) => digest)).to.deep.equal([mint.digest, handover.digest, again.digest]);
  });

  it("goes on from the chain's state when what was promised has landed", async () => {
    const mint = buildMint();
    await accept(mint.submission);
    await projectEvent(world.database, mint, 30);
    expect((await accept(buildHandover(PRODUCER, FLEET, [mint]).submission)).state).to.equal("accepted");
  });

  it("promises one of two events that would move the same head, and names the head that is current", async () => {
    const mint = buildMint();
    await accept(mint.submission);
    const rivals = [FLEET, COLLECTOR].map((to) => buildHandover(PRODUCER, to, [mint]));
    const results = await Promise.allSettled(rivals.map(({ submission }) => accept(submission)));
    expect(results.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    const won = results.findIndex(({ status }) => status === "fulfilled");
    const lost = results[1 - won] as PromiseRejectedResult;
    expect(lost.reason).to.have.property("code", "stale-head");
    expect(lost.reason.details.items[0]).to.include({ position: 0, head: rivals[won]!.heads[0], reason: "stale-head" });
    expect((await rows())[0]).to.equal(2);
  });

  it("takes all of a consignment or nothing of it", async () => {
    const mints = [buildMint(), buildMint(), buildMint()];
    for (const mint of mints.slice(0, 2)) await accept(mint.submission);
    const before = await rows();
    const error = await refusal(accept(buildHandover(PRODUCER, FLEET, mints).submission));
    expect(error.code).to.equal("stale-head");
    expect((error.details as { items: unknown[] }).items).to.have.length(1);
    expect(await rows()).to.deep.equal(before);
  });

  it("keeps a declined item out of the promise, and free for another event", async () => {
    const mints = [buildMint(), buildMint()];
    for (const mint of mints) await accept(mint.submission);
    const handover = buildHandover(PRODUCER, FLEET, mints, { declined: 2n });
    await accept(handover.submission);
    const declined = handover.signed.items[1]!;
    const item = await world.database.prisma.acceptedItem.findFirstOrThrow({
      where: { digest: handover.digest, position: 1 },
    });
    expect(item.state).to.equal("declined");
    const left = mints.find((mint) => passportOf(mint) === declined.passportId)!;
    expect((await accept(buildHandover(PRODUCER, COLLECTOR, [left]).submission)).state).to.equal("accepted");
  });

  it("refuses a second acceptance that declines other items", async () => {
    const mints = [buildMint(), buildMint()];
    for (const mint of mints) await accept(mint.submission);
    const handover = buildHandover(PRODUCER, FLEET, mints, { declined: 2n });
    await accept(handover.submission);
    expect(await codeOf({ ...handover.submission, event: { ...handover.submission.event, declined: "0x0" } })).to.equal(
      "acceptance-differs",
    );
  });

  it("keeps a handover without the receiver's signature as an offer, unpublished and without a promise", async () => {
    const mint = buildMint();
    await accept(mint.submission);
    const [, , , , published] = await rows();
    const offer = buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null });
    expect(await accept(offer.submission)).to.deep.equal({ digest: offer.digest, state: "offered" });
    expect(await accept(offer.submission)).to.deep.equal({ digest: offer.digest, state: "offered" });
    expect((await rows()).slice(0, 3)).to.deep.equal([1, 1, 1]);
    expect((await rows())[4]).to.equal(published);
  });

  it("mints by a registrar what no prefix of its own covers", async () => {
    const mint = buildMint("urn:elsewhere:old-pack-7", REGISTRAR);
    expect((await accept(mint.submission)).state).to.equal("accepted");
  });

  describe("stores nothing and says why", () => {
    let mint: ReturnType<typeof buildMint>;
    let before: number[];

    beforeEach(async () => {
      mint = buildMint();
      await accept(mint.submission);
      before = await rows();
    });
    afterEach(async () => {
      expect(await rows()).to.deep.equal(before);
    });

    const withdrawal = (actor: number, options = {}) =>
      buildEvent("withdrawal", actor, [{ passportId: passportOf(mint), prevHead: mint.heads[0]! }], options).submission;

    it("for a signature by another key, or with high s, or by the receiver's wrong key", async () => {
      expect(await codeOf(withdrawal(PRODUCER, { actorKey: signerOf(FLEET) }))).to.equal("signature-wrong");
      const good = withdrawal(PRODUCER);
      const bytes = fromHex(good.event.actorSignature);
      const s = secp256k1.Point.Fn.ORDER - BigInt(toHex(bytes.subarray(32, 64)));
      const flipped = `0x${toHex(bytes.subarray(0, 32)).slice(2)}${s.toString(16).padStart(64, "0")}${bytes[64] === 27 ? "1c" : "1b"}`;
      expect(await codeOf({ ...good, event: { ...good.event, actorSignature: flipped } })).to.equal("signature-wrong");
      const handover = buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: signerOf(COLLECTOR) });
      expect((await refusal(accept(handover.submission))).details).to.include({ party: "counterparty" });
    });

    it("for an event signed for another chain", async () => {
      const event = { ...withdrawal(PRODUCER) };
      event.event = { ...event.event, occurredAt: event.event.occurredAt + 1 };
      expect(await codeOf(event)).to.equal("signature-wrong");
    });

    it("for a participant that was never admitted or is suspended, on either side", async () => {
      expect(await codeOf(withdrawal(77))).to.equal("participant-unknown");
      expect(await codeOf(withdrawal(SUSPENDED))).to.equal("participant-suspended");
      expect(await codeOf(buildHandover(PRODUCER, 77, [mint]).submission)).to.equal("participant-unknown");
      expect(await codeOf(buildHandover(PRODUCER, SUSPENDED, [mint]).submission)).to.equal("participant-suspended");
    });

    it("for a role that is missing", async () => {
      const event = buildEvent("closure", PRODUCER, [{ passportId: passportOf(mint), prevHead: mint.heads[0]! }]);
      expect(await codeOf(event.submission)).to.equal("actor-lacks-role");
      expect(await codeOf(buildMint("urn:cellworks:1", FLEET).submission)).to.equal("actor-lacks-role");
    });

    it("for somebody who is not the custodian", async () => {
      expect(await codeOf(withdrawal(FLEET))).to.equal("not-custodian");
      expect(await codeOf(buildHandover(RECYCLER, FLEET, [mint]).submission)).to.equal("not-custodian");
    });

    it("for a head that is not current, an unknown passport and a passport minted twice", async () => {
      const stale = buildEvent("withdrawal", PRODUCER, [
        { passportId: passportOf(mint), prevHead: `0x${"12".repeat(28)}` },
      ]);
      expect(await codeOf(stale.submission)).to.equal("stale-head");
      expect(await codeOf(buildHandover(PRODUCER, FLEET, [buildMint()]).submission)).to.equal("stale-head");
      const uid = mint.submission.records[0]!.record.uid as string;
      expect(await codeOf(buildMint(uid).submission)).to.equal("already-exists");
    });

    it("for an identifier outside the issuer's prefixes", async () => {
      expect(await codeOf(buildMint("urn:rival:1").submission)).to.equal("identifier-outside-prefixes");
      expect(await codeOf(buildMint("urn:cellworks-rival:1").submission)).to.equal("identifier-outside-prefixes");
    });

    it("for a mint under another issuer's id", async () => {
      const uid = nextUid();
      const theirs = passportIdOf(FLEET, normaliseUid(uid));
      const event = buildEvent("mint", PRODUCER, [
        { passportId: theirs, prevHead: `0x${"00".repeat(28)}`, fields: { uid } },
      ]);
      expect(await codeOf(event.submission)).to.equal("wrong-issuer");
    });

    it("for times in 1970, past, too far and ahead of now, and for oneself as receiver", async () => {
      expect(await codeOf(withdrawal(PRODUCER, { deadline: 0, occurredAt: 0 }))).to.equal("deadline-passed");
      expect(await codeOf(withdrawal(PRODUCER, { deadline: 253402300799 }))).to.equal("deadline-too-far");
      expect(await codeOf(withdrawal(PRODUCER, { occurredAt: NOW + 901 }))).to.equal("occurred-in-future");
      expect(await codeOf(buildHandover(PRODUCER, PRODUCER, [mint]).submission)).to.equal("malformed-header");
    });

    it("for a record that is missing, another, of another type, or about another passport", async () => {
      const good = withdrawal(PRODUCER);
      const other = withdrawal(PRODUCER);
      expect(await codeOf({ ...good, records: [] })).to.equal("record-missing");
      expect(await codeOf({ ...good, records: other.records })).to.equal("record-hash-mismatch");
      const swapped = (type: "closure/1" | "withdrawal/1", subject: string) => {
        const record = recordOf(type, { subject });
        const event = { ...good.event, items: [{ ...good.event.items[0]!, recordHash: record.hash }] };
        return { event, records: [{ record: record.record, disclosures: record.disclosures }] };
      };
      expect(await codeOf(swapped("closure/1", passportOf(mint)))).to.equal("record-type-mismatch");
      expect(await codeOf(swapped("withdrawal/1", passportOf(buildMint())))).to.equal("record-subject-mismatch");
    });

    it("for a disclosure that is made up, and for a field in clear that its type withholds", async () => {
      const good = withdrawal(PRODUCER);
      const [record] = good.records;
      const strange = buildMint().submission.records[0]!.disclosures;
      expect(await codeOf({ ...good, records: [{ ...record!, disclosures: strange }] })).to.equal("disclosure-unknown");
      const leaking = { ...record!.record, legalStatus: "waste" };
      const { canonicalBytes } = await import("../../../backend/domain/records/canonicalJson.ts");
      const { recordHash } = await import("../../../backend/domain/records/recordHash.ts");
      const event = {
        ...good.event,
        items: [{ ...good.event.items[0]!, recordHash: recordHash(canonicalBytes(leaking)) }],
      };
      expect(await codeOf({ event, records: [{ record: leaking, disclosures: [] }] })).to.equal(
        "record-field-not-public",
      );
    });

    it("for a record whose fields break their rules, naming the path", async () => {
      const bad = buildMint(nextUid(), PRODUCER, {}, { manufacturing: { date: "2027-13-45" } });
      const error = await refusal(accept(bad.submission));
      expect(error.code).to.equal("record-fields-invalid");
      expect(JSON.stringify(error.details)).to.contain("$.manufacturing.date");
    });

    it("for anything after a closure", async () => {
      const pack = buildMint();
      const sold = buildHandover(PRODUCER, RECYCLER, [pack]);
      const closed = buildEvent("closure", RECYCLER, [{ passportId: passportOf(pack), prevHead: sold.heads[0]! }]);
      for (const { submission } of [pack, sold, closed]) await accept(submission);
      before = await rows();
      const after = buildEvent("withdrawal", RECYCLER, [{ passportId: passportOf(pack), prevHead: closed.heads[0]! }]);
      expect(await codeOf(after.submission)).to.equal("not-active");
    });
  });

  it("refuses with events-backlog-full once as many items are open as allowed, and goes on when they have landed", async () => {
    const small = await createWorld({ maxOpenItems: 2 });
    try {
      const mints = [buildMint(), buildMint(), buildMint()];
      for (const mint of mints.slice(0, 2)) await small.acceptor.accept(mint.submission);
      const third = () => small.acceptor.accept(mints[2]!.submission);
      expect((await refusal(third())).code).to.equal("events-backlog-full");
      expect((await small.acceptor.accept(mints[0]!.submission)).state).to.equal("accepted");
      await projectEvent(small.database, mints[0]!, 30);
      small.clock.now++;
      expect((await third()).state).to.equal("accepted");
    } finally {
      await small.close();
    }
  });

  it("answers the stored receipts when the connection breaks at the commit", async () => {
    const { pool } = world.database;
    const mint = buildMint();
    const connect = pool.connect;
    let lost = false;
    // The COMMIT reaches the server and its answer is lost: the client sees a reset connection.
    pool.connect = (async () => {
      pool.connect = connect;
      const client = await pool.connect();
      const { query: plain } = client;
      const query = plain.bind(client) as (text: string, values?: unknown[]) => Promise<unknown>;
      client.query = (async (text: string, values?: unknown[]) => {
        const result = await query(text, values);
        if (text !== "COMMIT") return result;
        lost = true;
        client.query = plain;
        throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
      }) as typeof client.query;
      return client;
    }) as typeof connect;
    expect((await accept(mint.submission)).receipt!.digest).to.equal(mint.digest);
    expect(lost).to.equal(true);
    expect((await rows())[0]).to.equal(1);
  });

  it("reads the event back as it was signed", async () => {
    const mint = buildMint();
    await accept(mint.submission);
    const row = await world.database.prisma.acceptedEvent.findUniqueOrThrow({ where: { digest: mint.digest } });
    expect(row.event).to.deep.equal(formatSignedCustodyEvent(mint.signed));
  });
});
