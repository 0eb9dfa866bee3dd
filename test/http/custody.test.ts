import { expect } from "chai";
import { acceptanceDigest } from "../../backend/domain/custody/hashEvent.ts";
import {
  buildEvent,
  buildHandover,
  buildMint,
  COLLECTOR,
  FLEET,
  PRODUCER,
  passportOf,
  projectEvent,
  SEPARATOR,
  signerOf,
} from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

describe("custody by HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const accepted = async (...events: { submission: unknown }[]) => {
    for (const { submission } of events)
      expect((await server.post("/v1/custody-events", submission)).status).to.equal(202);
  };
  const acceptance = (digest: `0x${string}`, by: number, declined = 0n) => ({
    declined: `0x${declined.toString(16)}`,
    signature: signerOf(by).sign(acceptanceDigest(SEPARATOR, digest as never, declined)),
  });

  it("answers 202 with a receipt, and the same bytes for a repeat", async () => {
    const { submission, digest } = buildMint();
    const first = await server.post("/v1/custody-events", submission);
    expect(first.status).to.equal(202);
    const text = await first.text();
    expect(JSON.parse(text)).to.deep.include({ digest, state: "accepted" });
    const [line] = server.logged.map((one) => JSON.parse(one)).filter((one) => one.digest === digest);
    expect(line).to.include({ msg: "accepted", reqId: first.headers.get("x-request-id") });
    expect(await (await server.post("/v1/custody-events", submission)).text()).to.equal(text);
    expect(await (await server.get(`/v1/receipts/${digest}`)).json()).to.deep.equal(JSON.parse(text).receipt);
  });

  it("answers a list in order, each event on its own, and dependent events in one request", async () => {
    const mint = buildMint();
    const bad = buildEvent("withdrawal", FLEET, [{ passportId: passportOf(mint), prevHead: mint.heads[0]! }]);
    const good = buildEvent("withdrawal", PRODUCER, [{ passportId: passportOf(mint), prevHead: mint.heads[0]! }]);
    const list = [mint.submission, bad.submission, { event: 7 }, good.submission];
    const response = await server.post("/v1/custody-events", list);
    expect(response.status).to.equal(200);
    const { results } = await response.json();
    expect(
      results.map((one: { state?: string; problem?: { code: string } }) => one.state ?? one.problem?.code),
    ).to.deep.equal(["accepted", "not-custodian", "request-invalid", "accepted"]);
    expect(results[0].receipt.digest).to.equal(mint.digest);
  });

  it("asks to come again where a block that was not read yet may have admitted whom it does not know", async () => {
    let head = 101; // the tables are at 100
    const call = async () => `0x${head.toString(16)}`;
    const behind = await startServer({ rpc: { url: "http://rpc.invalid", call, batch: async () => [] } });
    try {
      const { submission } = buildEvent("withdrawal", 99, [
        { passportId: passportOf(buildMint()), prevHead: `0x${"11".repeat(28)}` },
      ]);
      const refused = await behind.post("/v1/custody-events", submission);
      expect(refused.headers.get("retry-after")).to.equal("2");
      expect(await problemCode(refused, 503)).to.equal("chain-not-followed");
      const { results } = await (await behind.post("/v1/custody-events", [submission, buildMint().submission])).json();
      expect([results[0].problem.status, results[1].state]).to.deep.equal([503, "accepted"]);
      head = 100;
      const final = await behind.post("/v1/custody-events", submission);
      expect(await problemCode(final, 403)).to.equal("participant-unknown");
    } finally {
      await behind.close();
    }
  });

  it("takes one event a line, and refuses a broken line alone", async () => {
    const lines = [JSON.stringify(buildMint().submission), '{"event":', "", JSON.stringify(buildMint().submission)];
    const headers = { "content-type": "application/x-ndjson" };
    const { results } = await (await server.send("/v1/custody-events", lines.join("\r\n"), headers)).json();
    expect(results).to.have.length(3);
    expect(results[1].problem).to.include({ status: 400, code: "json-invalid" });
    expect(results[2].state).to.equal("accepted");
  });

  it("refuses more than 1000 events in one request", async () => {
    expect(await problemCode(await server.post("/v1/custody-events", Array(1001).fill(0)), 413)).to.equal(
      "too-many-events",
    );
  });

  it("tells a stale head by 409 and names the current one", async () => {
    const mint = buildMint();
    await accepted(mint, buildHandover(PRODUCER, FLEET, [mint]));
    const late = await server.post("/v1/custody-events", buildHandover(PRODUCER, COLLECTOR, [mint]).submission);
    const problem = await late.clone().json();
    expect(await problemCode(late, 409)).to.equal("stale-head");
    expect(problem.values.items[0]).to.include({ passportId: passportOf(mint), reason: "stale-head" });
  });

  it("tells a wrong signature by 403", async () => {
    const forged = buildMint(undefined, PRODUCER, { actorKey: signerOf(FLEET) });
    expect(await problemCode(await server.post("/v1/custody-events", forged.submission), 403)).to.equal(
      "signature-wrong",
    );
  });

  it("leads an offer to its receiver, who accepts it but for a declined item", async () => {
    const mints = [buildMint(), buildMint()];
    await accepted(...mints);
    const offer = buildHandover(PRODUCER, FLEET, mints, { counterpartyKey: null });
    const answer = await (await server.post("/v1/custody-events", offer.submission)).json();
    expect(answer).to.deep.equal({ digest: offer.digest, state: "offered" });

    const { handovers } = await (await server.get(`/v1/handovers?to=${FLEET}`)).json();
    expect(handovers.map((one: { digest: string }) => one.digest)).to.include(offer.digest);
    const shown = await (await server.get(`/v1/handovers/${offer.digest}`)).json();
    expect(shown.records.map((one: { record: unknown }) => one.record)).to.deep.equal(
      offer.submission.records.map(({ record }) => record),
    );
    expect(JSON.stringify(shown)).not.to.contain("disclosures");

    const path = `/v1/handovers/${offer.digest}/acceptance`;
    const strange = { ...acceptance(offer.digest, COLLECTOR, 2n) };
    expect(await problemCode(await server.post(path, strange), 403)).to.equal("signature-wrong");
    const good = acceptance(offer.digest, FLEET, 2n);
    const taken = await server.post(path, good);
    expect(taken.status).to.equal(202);
    expect((await taken.json()).receipt.digest).to.equal(offer.digest);
    expect((await server.post(path, good)).status).to.equal(202);
    const { items } = await (await server.get(`/v1/custody-events/${offer.digest}`)).json();
    expect(items.map((item: { state: string }) => item.state)).to.deep.equal(["accepted", "declined"]);
    expect((await (await server.get(`/v1/handovers/${offer.digest}`)).json()).state).to.equal("accepted");
  });

  it("accepts an offer it never saw when the offer comes along, and refuses another offer's", async () => {
    const mint = buildMint();
    await accepted(mint);
    const offer = buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null });
    const path = `/v1/handovers/${offer.digest}/acceptance`;
    const body = acceptance(offer.digest, FLEET);
    expect(await problemCode(await server.post(path, body), 404)).to.equal("handover-unknown");
    const other = buildHandover(PRODUCER, FLEET, [buildMint()], { counterpartyKey: null });
    expect(await problemCode(await server.post(path, { ...body, offer: other.submission }), 422)).to.equal(
      "offer-digest-mismatch",
    );
    expect((await server.post(path, { ...body, offer: offer.submission })).status).to.equal(202);
  });

  it("lets one of two receivers win who race for one pack", async () => {
    const mint = buildMint();
    await accepted(mint);
    const offers = [FLEET, COLLECTOR].map((to) => ({
      to,
      ...buildHandover(PRODUCER, to, [mint], { counterpartyKey: null }),
    }));
    await accepted(...offers);
    const answers = await Promise.all(
      offers.map(({ digest, to }) => server.post(`/v1/handovers/${digest}/acceptance`, acceptance(digest, to))),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([202, 409]);
  });

  it("shows an item's way from accepted over included to finalized, by the chain alone", async () => {
    const mint = buildMint();
    const read = async () =>
      (await (await server.get(`/v1/custody-events/${mint.digest}`)).json()) as {
        items: { state: string; block?: { number: number } }[];
        event: unknown;
        transactions: string[];
        receipt?: unknown;
      };
    expect(await problemCode(await server.get(`/v1/custody-events/${mint.digest}`), 404)).to.equal("event-unknown");
    await accepted(mint);
    expect((await read()).items[0]!.state).to.equal("accepted");
    await projectEvent(server.world.database, mint, 50);
    expect((await read()).items[0]).to.deep.include({ state: "included" });
    await server.world.database.prisma.chainCursor.updateMany({
      data: { headNumber: 200, safeNumber: 60, finalizedNumber: 20 },
    });
    expect((await read()).items[0]!.state).to.equal("safe");
    await server.world.database.prisma.chainCursor.updateMany({ data: { finalizedNumber: 50 } });
    const final = await read();
    expect(final.items[0]!.state).to.equal("finalized");
    expect(final.transactions).to.have.length(1);
    await server.world.database.prisma.chainCursor.updateMany({
      data: { headNumber: 100, safeNumber: 40, finalizedNumber: 20 },
    });
  });

  it("tells an event that another operator relayed as its log has it", async () => {
    const mint = buildMint();
    await projectEvent(server.world.database, mint, 51);
    const status = await (await server.get(`/v1/custody-events/${mint.digest}`)).json();
    expect(status.event).to.deep.equal(mint.submission.event);
    expect(status).not.to.have.property("receipt");
  });
});
