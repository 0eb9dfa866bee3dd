import { expect } from "chai";
import { nextAccumulator } from "../../backend/domain/anchors/anchor.ts";
import { judgeInclusion, merkleRoot } from "../../backend/domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../backend/domain/anchors/recordLeaf.ts";
import { ZERO_HASH } from "../../backend/domain/bytes.ts";
import type { Hash, PassportId } from "../../backend/domain/types.ts";
import {
  type BuiltDataRecord,
  buildDataRecord,
  buildMint,
  LAB,
  OPERATOR,
  PRODUCER,
  passportOf,
  projectEvent,
  signerOf,
} from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

const PUBLISHER = OPERATOR.publisher;

describe("data records by HTTP", () => {
  let server: TestServer;
  let pack: PassportId;
  let sequence = 0;
  let accumulator: Hash = ZERO_HASH;

  before(async () => {
    server = await startServer();
    const mint = buildMint();
    await projectEvent(server.world.database, mint, 50);
    pack = passportOf(mint);
  });
  after(() => server.close());

  const accepted = async (...built: BuiltDataRecord[]) => {
    for (const { submission } of built)
      expect((await server.post("/v1/data-records", submission)).status).to.equal(202);
  };
  const read = async (path: string) => {
    const response = await server.get(path);
    const text = await response.text();
    expect(response.status, text).to.equal(200);
    expect(text).not.to.contain("state-of-health"); // no answer shows a kind
    return JSON.parse(text);
  };

  /** Writes an anchor and its leaves into the tables as the follower and the manifest step would. */
  const anchor = async (records: readonly BuiltDataRecord[], blockNumber: number): Promise<Hash> => {
    const { prisma } = server.world.database;
    const root = merkleRoot(records.map(({ digest }) => recordLeaf(PUBLISHER, digest)));
    const sealed = { publisher: PUBLISHER, root, count: records.length, manifestHash: `0x${"3a".repeat(32)}` as Hash };
    const prevAccumulator = accumulator;
    accumulator = nextAccumulator({ ...sealed, prevAccumulator });
    const place = { blockNumber, logIndex: 9, blockHash: `0x${"b1".repeat(32)}`, txHash: `0x${"7a".repeat(32)}` };
    await prisma.chainAnchor.create({
      data: { ...place, ...sealed, sequence, prevAccumulator, accumulator, signature: "0x00" },
    });
    for (const [leafIndex, { digest, signed }] of records.entries()) {
      const occurredAt = BigInt(signed.occurredAt);
      await prisma.anchoredRecord.create({
        data: { publisher: PUBLISHER, sequence, leafIndex, digest, ...signed, occurredAt },
      });
    }
    sequence++;
    return root;
  };

  it("answers 202 with a receipt, the same bytes for a repeat, and the receipt by its digest", async () => {
    const { submission, digest } = buildDataRecord(pack);
    const first = await server.post("/v1/data-records", submission);
    const text = await first.text();
    expect(first.status, text).to.equal(202);
    expect(JSON.parse(text)).to.deep.include({ digest, state: "accepted" });
    expect(await (await server.post("/v1/data-records", submission)).text()).to.equal(text);
    expect(await read(`/v1/receipts/${digest}`)).to.deep.equal(JSON.parse(text).receipt);
  });

  it("answers a list, or one a line, in order and each on its own", async () => {
    const [good, better] = [buildDataRecord(pack), buildDataRecord(pack)];
    const forged = buildDataRecord(pack, LAB, { key: signerOf(PRODUCER) });
    const list = [good.submission, forged.submission, { dataRecord: 7 }, better.submission];
    const lines = list.map((entry) => JSON.stringify(entry)).join("\n");
    for (const response of [
      await server.post("/v1/data-records", list),
      await server.send("/v1/data-records", lines, { "content-type": "application/x-ndjson" }),
    ]) {
      expect(response.status).to.equal(200);
      const { results } = await response.json();
      expect(
        results.map((one: { state?: string; problem?: { code: string } }) => one.state ?? one.problem?.code),
      ).to.deep.equal(["accepted", "signature-wrong", "request-invalid", "accepted"]);
    }
  });

  it("tells refusals by their status", async () => {
    const tell = async (submission: unknown, status: number) =>
      problemCode(await server.post("/v1/data-records", submission), status);
    expect(await tell(Array(1001).fill(0), 413)).to.equal("too-many-events");
    expect(await tell(buildDataRecord(`0x${"12".repeat(20)}` as PassportId).submission, 422)).to.equal(
      "subject-unknown",
    );
    expect(await tell(buildDataRecord(pack, 77).submission, 403)).to.equal("participant-unknown");
    const { submission, signed } = buildDataRecord(pack);
    const wallet = { ...submission, dataRecord: { ...signed, signature: `${signed.signature}00` } };
    expect(await tell(wallet, 422)).to.equal("author-wallet-unsupported");
    expect(await tell({ ...submission, kind: "inspection" }, 400)).to.equal("request-invalid");
    await server.world.database.pool.query("UPDATE chain_participant SET active = false WHERE id = $1", [PUBLISHER]);
    expect(await tell(submission, 503)).to.equal("publisher-unknown");
    await server.world.database.pool.query("UPDATE chain_participant SET active = true WHERE id = $1", [PUBLISHER]);
  });

  it("shows a data record's way from accepted to finalized, then with a proof that holds", async () => {
    const records = [buildDataRecord(pack), buildDataRecord(pack), buildDataRecord(pack)];
    const [, built] = records as [BuiltDataRecord, BuiltDataRecord];
    const path = `/v1/data-records/${built.digest}`;
    expect(await problemCode(await server.get(path), 404)).to.equal("data-record-unknown");
    await accepted(...records);
    const first = await read(path);
    expect(first).to.deep.include({ state: "accepted", dataRecord: built.signed, record: built.submission.record });
    const { pool } = server.world.database;
    const { rows } = await pool.query(
      "INSERT INTO submission (kind, calldata, gas_limit) VALUES ('anchor', '', 1) RETURNING id",
    );
    await pool.query("INSERT INTO submission_event VALUES ($1, 1, $2)", [rows[0].id, built.digest]);
    expect(await read(path)).to.include({ state: "sealed" });
    await pool.query("UPDATE submission SET state = 'submitted'");
    expect(await read(path)).to.include({ state: "submitted" });
    await pool.query("UPDATE submission SET state = 'failed'");
    expect(await read(path)).to.include({ state: "accepted" });

    const root = await anchor(records, 60);
    const shown = await read(path);
    expect(shown.state).to.equal("included");
    expect(shown.receipt).to.deep.equal(first.receipt);
    expect(shown.anchor).to.deep.include({ publisher: PUBLISHER, leafIndex: 1, count: 3, root });
    expect(shown.anchor.block.number).to.equal(60);
    const leaf = recordLeaf(PUBLISHER, built.digest);
    expect(judgeInclusion({ leaf, index: 1, size: 3, proof: shown.anchor.proof, root })).to.equal(null);
    for (const [head, state] of [
      ["safe_number = 60", "safe"],
      ["finalized_number = 60", "finalized"],
    ]) {
      await pool.query(`UPDATE chain_cursor SET ${head}`);
      expect(await read(path)).to.include({ state });
    }
    await pool.query("UPDATE chain_cursor SET safe_number = 40, finalized_number = 20");
  });

  it("lists by subject and author, in pages, what was accepted here and what others anchored", async () => {
    const mint = buildMint();
    await projectEvent(server.world.database, mint, 51);
    const subject = passportOf(mint);
    const here = [buildDataRecord(subject), buildDataRecord(subject, PRODUCER), buildDataRecord(subject)];
    const elsewhere = [buildDataRecord(subject), here[2]!];
    await accepted(...here);
    await anchor(elsewhere, 61);
    const digests: string[] = [];
    for (let cursor = ""; ; ) {
      const page = await read(`/v1/data-records?subject=${subject}&limit=2${cursor}`);
      digests.push(...page.dataRecords.map((one: { digest: string }) => one.digest));
      if (page.nextCursor === undefined) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(digests).to.deep.equal([...new Set([...here, ...elsewhere].map(({ digest }) => digest))].sort());
    const { dataRecords } = await read(`/v1/data-records?subject=${subject}&author=${PRODUCER}`);
    expect(dataRecords).to.deep.equal([{ digest: here[1]!.digest, state: "accepted", dataRecord: here[1]!.signed }]);
    const foreign = await read(`/v1/data-records/${elsewhere[0]!.digest}`);
    expect(foreign).not.to.have.property("receipt");
    expect(foreign).to.deep.include({ state: "included", dataRecord: elsewhere[0]!.signed, record: null });
    for (const query of ["subject=0x12", "author=0", "limit=0", "cursor=%00", "kind=inspection"]) {
      expect((await server.get(`/v1/data-records?${query}`)).status, query).to.equal(400);
    }
  });

  it("lists anchors by publisher, with what is missing of them, and answers one by its number", async () => {
    const { anchors } = await read(`/v1/anchors?publisher=${PUBLISHER}`);
    expect(anchors.map((one: { sequence: number }) => one.sequence)).to.deep.equal([0, 1]);
    expect(anchors[1].manifest).to.include({ state: "here" });
    const { pool } = server.world.database;
    await pool.query("INSERT INTO missing_manifest (publisher, sequence, reason) VALUES ($1, 1, 'block-unavailable')", [
      PUBLISHER,
    ]);
    const one = await read(`/v1/anchors/${PUBLISHER}/1`);
    expect(one.manifest).to.include({ state: "missing", reason: "block-unavailable" });
    expect(one).to.include({ prevAccumulator: anchors[0].accumulator, state: "included", count: 2 });
    const page = await read("/v1/anchors?limit=1");
    expect((await read(`/v1/anchors?limit=1&cursor=${page.nextCursor}`)).anchors[0].sequence).to.equal(1);
    expect((await read("/v1/anchors?publisher=77")).anchors).to.deep.equal([]);
    expect(await problemCode(await server.get(`/v1/anchors/${PUBLISHER}/2`), 404)).to.equal("anchor-unknown");
    for (const path of ["0/1", "9/-1", "9/1e3", "9/99999999999"]) {
      expect((await server.get(`/v1/anchors/${path}`)).status, path).to.equal(400);
    }
  });
});
