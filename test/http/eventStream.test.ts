import { expect } from "chai";
import { MOST_WATCHERS_OF_A_CLIENT } from "../../backend/services/custody/watchEvents.ts";
import {
  type Built,
  buildHandover,
  buildMint,
  COLLECTOR,
  FLEET,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
  REGISTRAR,
} from "../services/world.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

type Told = { readonly id: string; readonly digest: string; readonly states: readonly string[] };

describe("GET /v1/events", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  /** A client that listens until it is told to stop, or the server ends the stream. */
  const listen = (digests: readonly string[], lastEventId?: string, at: TestServer = server) =>
    listenTo(`digest=${digests.join(",")}`, lastEventId, at);
  async function listenTo(query: string, lastEventId?: string, at: TestServer = server) {
    const stopping = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await at.get(`/v1/events?${query}`, { headers, signal: stopping.signal });
    const told: Told[] = [];
    let lastId: string | undefined;
    const ended = (async () => {
      let text = "";
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        const blocks = text.split("\n\n");
        text = blocks.pop() as string;
        for (const block of blocks) {
          lastId = /^id: (\S+)/.exec(block)?.[1] ?? lastId;
          const [, id, data] = /^id: (\S+)\nevent: state\ndata: (.*)$/.exec(block) ?? [];
          if (id === undefined || data === undefined) continue;
          const { digest, items } = JSON.parse(data);
          told.push({ id, digest, states: items.map((item: { state: string }) => item.state) });
        }
      }
      return "ended";
    })().catch(() => "stopped");
    return { response, told, ended, stop: () => stopping.abort(), lastId: () => lastId };
  }
  const accept = async (): Promise<Built> => {
    const built = buildMint(nextUid());
    expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
    return built;
  };
  const finalize = (number: number) =>
    server.world.database.pool.query("UPDATE chain_cursor SET safe_number = $1, finalized_number = $1", [number]);

  it("tells every state of an event from accepted to finalized, and ends", async () => {
    const built = await accept();
    const { response, told, ended } = await listen([built.digest]);
    expect(response.headers.get("content-type")).to.equal("text/event-stream; charset=utf-8");
    await waitUntil("it is told of", () => told.length === 1);
    await projectEvent(server.world.database, built, 90);
    await waitUntil("it is on chain", () => told.length === 2);
    await finalize(90);
    expect(await ended).to.equal("ended");
    expect(told.map(({ digest, states }) => [digest, ...states])).to.deep.equal(
      ["accepted", "included", "finalized"].map((state) => [built.digest, state]),
    );
  });

  it("goes on after the last event that a client has seen, at another process too, and says when to stay away", async () => {
    const [one, two] = [await accept(), await accept()];
    const digests = [one.digest, two.digest];
    const first = await listen(digests);
    await waitUntil("both are told of", () => first.told.length === 2);
    first.stop();
    await projectEvent(server.world.database, two, 92);
    const other = await startServer({ database: server.world.database });
    try {
      const second = await listen(digests, first.told.at(-1)?.id, other);
      await waitUntil("what changed is told", () => second.told.length === 1);
      expect(second.told[0]).to.deep.include({ digest: two.digest, states: ["included"] });
      await projectEvent(server.world.database, one, 93);
      await finalize(93);
      expect(await second.ended).to.equal("ended");
      expect((await listen(digests, second.told.at(-1)?.id, other)).response.status).to.equal(204);
    } finally {
      await other.close();
    }
  });

  it("waits for an event that this server does not know yet", async () => {
    const built = buildMint(nextUid());
    const { told, stop } = await listen([built.digest]);
    await server.post("/v1/custody-events", built.submission);
    await waitUntil("it is told of", () => told.length === 1);
    stop();
  });

  it("begins anew for a mark that it never gave", async () => {
    const built = await accept();
    for (const id of ["x", "x".repeat(8), "x".repeat(4000)]) {
      const { told, stop } = await listen([built.digest], id);
      await waitUntil("it is told of", () => told.length === 1);
      stop();
    }
  });

  describe("of a passport or a participant", () => {
    const last = (told: readonly Told[]) => told.map(({ digest, states }) => [digest, ...states]);
    const handOver = async (built: Built, from = PRODUCER, to = FLEET): Promise<Built> => {
      const handover = buildHandover(from, to, [built]);
      expect((await server.post("/v1/custody-events", handover.submission)).status).to.equal(202);
      return handover;
    };

    it("tells what is under way, what comes new, and every state up to the end", async () => {
      const mint = await accept();
      const feed = await listenTo(`passport=${passportOf(mint)}`);
      await waitUntil("the mint is told", () => feed.told.length === 1);
      await accept(); // about another passport
      const handover = await handOver(mint);
      await waitUntil("the handover is told", () => feed.told.length === 2);
      await projectEvent(server.world.database, mint, 94);
      await waitUntil("the mint is on chain", () => feed.told.length === 3);
      await finalize(94);
      await waitUntil("the mint is final", () => feed.told.length === 4);
      feed.stop();
      expect(last(feed.told)).to.deep.equal([
        [mint.digest, "accepted"],
        [handover.digest, "accepted"],
        [mint.digest, "included"],
        [mint.digest, "finalized"],
      ]);
    });

    it("tells a participant of events on either side of which it stands", async () => {
      const mint = await accept();
      const feed = await listenTo(`participant=${COLLECTOR}`);
      await waitUntil("it has begun", () => feed.lastId() !== undefined);
      const handover = await handOver(mint, PRODUCER, COLLECTOR);
      const onward = await handOver(handover, COLLECTOR, FLEET);
      await waitUntil("both are told", () => feed.told.length === 2);
      expect(feed.told.map(({ digest }) => digest)).to.deep.equal([handover.digest, onward.digest]);
      feed.stop();
    });

    it("goes on at another process, telling also what came and ended in between", async () => {
      const mint = await accept();
      const [told, ended] = await Promise.all([
        listenTo(`passport=${passportOf(mint)}`),
        listenTo(`participant=${PRODUCER}`),
      ]);
      await waitUntil("the mint is told", () => told.told.length === 1);
      await waitUntil("the participant's feed stands", () => ended.lastId() !== undefined);
      const [mark, participantMark] = [told.lastId(), ended.lastId()];
      told.stop();
      ended.stop();
      const handover = await handOver(mint);
      await projectEvent(server.world.database, mint, 95);
      await projectEvent(server.world.database, handover, 95);
      await finalize(95);
      const other = await startServer({ database: server.world.database });
      try {
        const again = await listenTo(`passport=${passportOf(mint)}`, mark, other);
        await waitUntil("both ends are told", () => again.told.length === 2);
        expect(last(again.told)).to.deep.equal([
          [mint.digest, "finalized"],
          [handover.digest, "finalized"],
        ]);
        again.stop();
        const producer = await listenTo(`participant=${PRODUCER}`, participantMark, other);
        await waitUntil("the handover is told", () => producer.told.some(({ digest }) => digest === handover.digest));
        producer.stop();
        const nothing = await listenTo(`passport=${passportOf(mint)}`, again.told.at(-1)?.id, other);
        await waitUntil("it stands", () => nothing.lastId() !== undefined);
        expect(nothing.told).to.deep.equal([]);
        nothing.stop();
      } finally {
        await other.close();
      }
    });

    it("follows fifty at a time, and the others as these end", async () => {
      const uid = nextUid();
      const mints = await Promise.all(
        Array.from({ length: 52 }, async (_, i) => {
          const built = buildMint(`${uid}${i}`, REGISTRAR);
          expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
          return built;
        }),
      );
      const feed = await listenTo(`participant=${REGISTRAR}`);
      await waitUntil("as many are told as there is room for", () => feed.told.length === 50);
      const first = mints.filter(({ digest }) => feed.told.slice(0, 2).some((one) => one.digest === digest));
      for (const mint of first) await projectEvent(server.world.database, mint, 96);
      await finalize(96);
      await waitUntil("all are told", () => new Set(feed.told.map(({ digest }) => digest)).size === 52);
      feed.stop();
    });

    it("begins anew for a mark that it never gave", async () => {
      const mint = await accept();
      for (const id of ["x", "zzzzzzzzzz.zzzzzzzzzz", "zz.zz.zzzzzz~abcdefgh", "x".repeat(4000)]) {
        const feed = await listenTo(`passport=${passportOf(mint)}`, id);
        await waitUntil("it is told of", () => feed.told.length === 1);
        feed.stop();
      }
    });

    it("refuses what names nothing to watch, or more than one thing", async () => {
      const passport = passportOf(buildMint(nextUid()));
      for (const query of ["", "passport=0x12", "participant=0", `passport=${passport}&participant=1`]) {
        expect(await problemCode(await server.get(`/v1/events?${query}`), 400)).to.equal("request-invalid");
      }
    });
  });

  it("gives one client so many streams, and tells the next one to come back later", async () => {
    const own = await startServer();
    const query = `passport=${passportOf(buildMint(nextUid()))}`;
    try {
      const streams = await Promise.all(
        Array.from({ length: MOST_WATCHERS_OF_A_CLIENT }, () => listenTo(query, undefined, own)),
      );
      const refused = await own.get(`/v1/events?${query}`);
      expect(refused.headers.get("retry-after")).to.match(/^\d+$/);
      expect(await problemCode(refused, 503)).to.equal("too-many-watchers");
      for (const { stop } of streams) stop();
      await waitUntil("there is room again", async () => {
        const { response, stop } = await listenTo(query, undefined, own);
        stop();
        return response.status === 200;
      });
    } finally {
      await own.close();
    }
  });

  it("ends its streams when the server is about to stop", async () => {
    const stopping = new AbortController();
    const own = await startServer({ stopping: stopping.signal });
    try {
      const streams = [await listenTo(`participant=${PRODUCER}`, undefined, own)];
      stopping.abort();
      expect(await Promise.all(streams.map(({ ended }) => ended))).to.deep.equal(["ended"]);
    } finally {
      await own.close();
    }
  });

  it("refuses what is no list of digests", async () => {
    const one = `0x${"ab".repeat(32)}`;
    for (const digest of ["", "0x12", `${one},`, Array(51).fill(one).join(","), one.toUpperCase()]) {
      expect(await problemCode(await server.get(`/v1/events?digest=${digest}`), 400)).to.equal("request-invalid");
    }
  });
});
