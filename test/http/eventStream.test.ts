import { expect } from "chai";
import { type Built, buildMint, nextUid, projectEvent } from "../services/world.ts";
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
  async function listen(digests: readonly string[], lastEventId?: string, at: TestServer = server) {
    const stopping = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await at.get(`/v1/events?digest=${digests.join(",")}`, { headers, signal: stopping.signal });
    const told: Told[] = [];
    const ended = (async () => {
      let text = "";
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        const blocks = text.split("\n\n");
        text = blocks.pop() as string;
        for (const block of blocks) {
          const [, id, data] = /^id: (\S+)\nevent: state\ndata: (.*)$/.exec(block) ?? [];
          if (id === undefined || data === undefined) continue;
          const { digest, items } = JSON.parse(data);
          told.push({ id, digest, states: items.map((item: { state: string }) => item.state) });
        }
      }
      return "ended";
    })().catch(() => "stopped");
    return { response, told, ended, stop: () => stopping.abort() };
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

  it("refuses what is no list of digests", async () => {
    const one = `0x${"ab".repeat(32)}`;
    for (const digest of ["", "0x12", `${one},`, Array(51).fill(one).join(","), one.toUpperCase()]) {
      expect(await problemCode(await server.get(`/v1/events?digest=${digest}`), 400)).to.equal("request-invalid");
    }
  });
});
