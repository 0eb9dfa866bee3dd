import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { dataRecordDigest } from "../../../backend/domain/anchors/dataRecord.ts";
import { fromHex, toHex } from "../../../backend/domain/bytes.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { JsonObject, PassportId } from "../../../backend/domain/types.ts";
import type { AcceptDependencies } from "../../../backend/services/custody/acceptCustodyEvents.ts";
import { openDisclosure } from "../../../backend/services/custody/sealDisclosure.ts";
import { receiptDigest } from "../../../backend/services/custody/signReceipt.ts";
import { createDataRecordAcceptor } from "../../../backend/services/dataRecords/acceptDataRecords.ts";
import type { UnverifiedDataRecord } from "../../../backend/services/dataRecords/prepareDataRecord.ts";
import { refusal } from "../../support/refusal.ts";
import {
  type BuiltDataRecord,
  buildDataRecord,
  buildMint,
  createWorld,
  DEPLOYMENT,
  LAB,
  NOW,
  OPERATOR,
  PRODUCER,
  passportOf,
  projectEvent,
  SEALING,
  SEPARATOR,
  SUSPENDED,
  signerOf,
  type World,
} from "../world.ts";

describe("acceptDataRecords", () => {
  let world: World;
  let pack: PassportId;

  const accept = (submission: unknown) => world.dataRecordAcceptor.accept(submission as UnverifiedDataRecord);
  const codeOf = async (submission: unknown): Promise<string> => (await refusal(accept(submission))).code;
  const count = async (table: string): Promise<number> =>
    (await world.database.pool.query(`SELECT count(*)::int AS count FROM ${table}`)).rows[0].count;
  /** The submission with its record replaced, signed again for the other record's hash. */
  const withRecord = ({ signed, submission }: BuiltDataRecord, record: JsonObject) => {
    const unsigned = { ...signed, recordHash: recordHash(canonicalBytes(record)) };
    const signature = signerOf(LAB).sign(dataRecordDigest(SEPARATOR, unsigned));
    return { ...submission, dataRecord: { ...unsigned, signature }, record, disclosures: [] };
  };

  /** A second server on the same database. */
  const acceptorWith = (changed: Partial<AcceptDependencies>) =>
    createDataRecordAcceptor({
      pool: world.database.pool,
      domain: DEPLOYMENT,
      recoverSigner,
      receiptKey: OPERATOR,
      sealing: SEALING,
      now: () => NOW,
      maxOpenItems: 10_000,
      ...changed,
    });

  before(async () => {
    world = await createWorld();
    const mint = buildMint();
    await world.acceptor.accept(mint.submission);
    await projectEvent(world.database, mint, 30);
    pack = passportOf(mint);
  });
  after(() => world.close());
  beforeEach(() =>
    world.database.pool.query("TRUNCATE data_record, anchored_record, record_disclosure, content_outbox"),
  );

  it("promises a data record durably: row, record, sealed disclosures, order to publish, a receipt by the operator", async () => {
    const built = buildDataRecord(pack);
    const { receipt, ...rest } = await accept(built.submission);
    expect(rest).to.deep.equal({ digest: built.digest, state: "accepted" });
    expect(receipt).to.include({ digest: built.digest, publisher: 9, acceptedAt: NOW, anchorBefore: NOW + 3600 });
    expect(recoverSigner(receiptDigest(SEPARATOR, receipt), receipt.signature)).to.equal(OPERATOR.signer);
    const row = await world.database.prisma.dataRecord.findUniqueOrThrow({ where: { digest: built.digest } });
    expect(row).to.deep.include({ ...built.signed, occurredAt: BigInt(built.signed.occurredAt), state: "open" });
    expect(await world.database.prisma.contentOutbox.findMany({ select: { hash: true } })).to.deep.equal([
      { hash: built.signed.recordHash },
    ]);
    const sealed = await world.database.prisma.recordDisclosure.findMany();
    const opened = sealed.map(({ digest, sealed: bytes }) =>
      openDisclosure(SEALING.key, { recordHash: built.signed.recordHash, digest }, bytes),
    );
    expect(opened.sort()).to.deep.equal([...built.submission.disclosures].sort());
  });

  it("withholds the kind: neither the row nor the published record names it", async () => {
    const built = buildDataRecord(pack);
    await accept(built.submission);
    const { rows } = await world.database.pool.query(
      `SELECT to_jsonb(d)::text || convert_from(r.bytes, 'UTF8') AS text FROM data_record d JOIN record r ON r.hash = d.record_hash`,
    );
    expect(rows[0].text).not.to.contain("state-of-health");
  });

  it("answers a thousand parallel repeats, on two servers, with one row and one receipt", async () => {
    const built = buildDataRecord(pack);
    const recoverOnce = () => signerOf(LAB).signer; // a thousand recoveries are not what this is about
    // Their clocks differ: a second promise would show.
    const servers = [NOW, NOW + 1].map((now) => acceptorWith({ now: () => now, recoverSigner: recoverOnce }));
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => servers[i % 2]!.accept(built.submission)),
    );
    await Promise.all(servers.map((server) => server.close()));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).to.have.length(1);
    expect(await count("data_record")).to.equal(1);
  });

  it("takes other valid signature bytes for the same data record as a repeat", async () => {
    const built = buildDataRecord(pack);
    const { receipt } = await accept(built.submission);
    const other = { ...built.signed, signature: `0x${"11".repeat(65)}` };
    expect((await accept({ ...built.submission, dataRecord: other })).receipt).to.deep.equal(receipt);
    const row = await world.database.prisma.dataRecord.findUniqueOrThrow({ where: { digest: built.digest } });
    expect(row.signature).to.equal(built.signed.signature);
    expect(await count("data_record")).to.equal(1);
  });

  it("takes a record about a passport whose mint is promised and not on chain yet", async () => {
    const mint = buildMint();
    const early = buildDataRecord(passportOf(mint));
    expect(await codeOf(early.submission)).to.equal("subject-unknown");
    await world.acceptor.accept(mint.submission);
    expect((await accept(early.submission)).state).to.equal("accepted");
  });

  it("judges each of a batch on its own", async () => {
    const good = [buildDataRecord(pack), buildDataRecord(pack)];
    const forged = buildDataRecord(pack, LAB, { key: signerOf(PRODUCER) });
    const outcomes = await Promise.allSettled([good[0]!, forged, good[1]!].map(({ submission }) => accept(submission)));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    expect(await count("data_record")).to.equal(2);
  });

  describe("stores nothing and says why", () => {
    afterEach(async () => {
      expect(await count("data_record")).to.equal(0);
      expect(await count("content_outbox")).to.equal(0);
    });

    it("for an author who was never admitted or is suspended", async () => {
      expect(await codeOf(buildDataRecord(pack, 77).submission)).to.equal("participant-unknown");
      expect(await codeOf(buildDataRecord(pack, SUSPENDED).submission)).to.equal("participant-suspended");
    });

    it("for a signature by another key, with high s, with v 29, or over other content", async () => {
      expect(await codeOf(buildDataRecord(pack, LAB, { key: signerOf(PRODUCER) }).submission)).to.equal(
        "signature-wrong",
      );
      const { submission, signed } = buildDataRecord(pack);
      const bytes = fromHex(signed.signature);
      const s = secp256k1.Point.Fn.ORDER - BigInt(toHex(bytes.subarray(32, 64)));
      const highS = `${signed.signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${bytes[64] === 27 ? "1c" : "1b"}`;
      for (const signature of [highS, `${signed.signature.slice(0, -2)}1d`]) {
        const error = await refusal(accept({ ...submission, dataRecord: { ...signed, signature } }));
        expect(error).to.include({ code: "signature-wrong" });
        expect(error.details).to.include({ party: "author", participantId: LAB });
      }
      const earlier = { ...signed, occurredAt: signed.occurredAt - 1 };
      expect(await codeOf({ ...submission, dataRecord: earlier })).to.equal("signature-wrong");
    });

    it("for a data record signed for another chain or contract", async () => {
      const { submission, signed } = buildDataRecord(pack);
      for (const elsewhere of [
        { ...DEPLOYMENT, chainId: 1 },
        { ...DEPLOYMENT, contract: `0x${"bb".repeat(20)}` as typeof DEPLOYMENT.contract },
      ]) {
        const signature = signerOf(LAB).sign(dataRecordDigest(domainSeparator(elsewhere), signed));
        expect(await codeOf({ ...submission, dataRecord: { ...signed, signature } })).to.equal("signature-wrong");
      }
    });

    it("for a contract wallet's signature, which nothing on chain judges", async () => {
      const { submission, signed } = buildDataRecord(pack);
      for (const signature of [`${signed.signature}00`, signed.signature.slice(0, -2), `0x${"ab".repeat(200)}`]) {
        expect(await codeOf({ ...submission, dataRecord: { ...signed, signature } })).to.equal(
          "author-wallet-unsupported",
        );
      }
    });

    it("for a time more than fifteen minutes ahead", async () => {
      expect(await codeOf(buildDataRecord(pack, LAB, { occurredAt: NOW + 901 }).submission)).to.equal(
        "occurred-in-future",
      );
      expect(await codeOf(buildDataRecord(pack, LAB, { occurredAt: 253402300799 }).submission)).to.equal(
        "occurred-in-future",
      );
    });

    it("for a subject that is no passport", async () => {
      const nobody = `0x${"12".repeat(20)}` as PassportId;
      expect(await codeOf(buildDataRecord(nobody).submission)).to.equal("subject-unknown");
    });

    it("for another record than was signed, one of another type, and one about something else", async () => {
      const built = buildDataRecord(pack);
      const other = buildDataRecord(pack);
      expect(await codeOf({ ...built.submission, record: other.submission.record })).to.equal("record-hash-mismatch");
      const mint = buildMint().submission.records[0]!.record;
      expect(await codeOf(withRecord(built, mint))).to.equal("record-type-mismatch");
      const elsewhere = buildDataRecord(`0x${"12".repeat(20)}` as PassportId).submission.record;
      expect(await codeOf(withRecord(built, elsewhere))).to.equal("record-subject-mismatch");
    });

    it("for a record that shows its kind or its values, and for a disclosure of another record", async () => {
      const built = buildDataRecord(pack);
      const leaking = { ...built.submission.record, kind: "state-of-health" };
      expect(await codeOf(withRecord(built, leaking))).to.equal("record-field-not-public");
      const { disclosures } = buildDataRecord(pack).submission;
      expect(await codeOf({ ...built.submission, disclosures })).to.equal("disclosure-unknown");
    });

    it("for fields that break the rules of their kind, naming the path, and for a kind that is none", async () => {
      const fields = { kind: "inspection", inspectedAt: "2026-02-30T00:00:00Z", result: "sound" };
      const error = await refusal(accept(buildDataRecord(pack, LAB, { fields }).submission));
      expect(error.code).to.equal("record-fields-invalid");
      expect(JSON.stringify(error.details)).to.contain("$.inspectedAt");
      const horoscope = buildDataRecord(pack, LAB, { fields: { kind: "horoscope" } });
      expect(await codeOf(horoscope.submission)).to.equal("data-kind-unknown");
    });

    it("for forms that are not a data record's", async () => {
      const { submission, signed } = buildDataRecord(pack);
      for (const dataRecord of [
        null,
        [],
        "x",
        { ...signed, kind: "inspection" },
        { ...signed, author: 0 },
        { ...signed, author: 1.5 },
        { ...signed, author: 2 ** 24 },
        { ...signed, occurredAt: -1 },
        { ...signed, occurredAt: "60" },
        { ...signed, signature: "0x" },
      ]) {
        expect(await codeOf({ ...submission, dataRecord }), JSON.stringify(dataRecord)).to.equal(
          "data-record-malformed",
        );
      }
      for (const changed of [{ subjectId: "0x12" }, { recordHash: `0x${"AB".repeat(31)}` }, { signature: "0xabc" }]) {
        expect(await codeOf({ ...submission, dataRecord: { ...signed, ...changed } })).to.equal("hex-malformed");
      }
    });
  });

  it("takes none while its operator is no active participant with the role, and the same one afterwards", async () => {
    const { pool } = world.database;
    const built = buildDataRecord(pack);
    const change = (set: string) => pool.query(`UPDATE chain_participant SET ${set} WHERE id = ${OPERATOR.publisher}`);
    const { rows } = await pool.query("SELECT roles, signer FROM chain_participant WHERE id = $1", [
      OPERATOR.publisher,
    ]);
    for (const set of ["active = false", "roles = 1", `signer = '${signerOf(LAB).signer}'`]) {
      await change(set);
      expect(await codeOf(built.submission), set).to.equal("publisher-unknown");
      await change(`active = true, roles = ${rows[0].roles}, signer = '${rows[0].signer}'`);
    }
    expect((await accept(built.submission)).state).to.equal("accepted");
    await change("active = false");
    expect((await accept(built.submission)).state, "a repeat").to.equal("accepted");
    await change("active = true");
  });

  it("refuses with events-backlog-full once as many are open as allowed, repeats excepted", async () => {
    const small = await createWorld({ maxOpenItems: 2 });
    try {
      const mint = buildMint();
      await projectEvent(small.database, mint, 30);
      const [one, two, three] = Array.from({ length: 3 }, () => buildDataRecord(passportOf(mint)).submission);
      await small.dataRecordAcceptor.accept(one!);
      await small.dataRecordAcceptor.accept(two!);
      expect((await refusal(small.dataRecordAcceptor.accept(three!))).code).to.equal("events-backlog-full");
      expect((await small.dataRecordAcceptor.accept(one!)).state).to.equal("accepted");
      await small.database.pool.query("UPDATE data_record SET state = 'anchored'");
      small.clock.now++;
      expect((await small.dataRecordAcceptor.accept(three!)).state).to.equal("accepted");
    } finally {
      await small.close();
    }
  });

  it("answers the stored receipt when the connection breaks at the commit", async () => {
    const { pool } = world.database;
    const built = buildDataRecord(pack);
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
    expect((await accept(built.submission)).receipt.digest).to.equal(built.digest);
    expect(lost).to.equal(true);
    expect(await count("data_record")).to.equal(1);
  });
});
