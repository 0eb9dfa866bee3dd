import { expect } from "chai";
import {
  type Built,
  buildHandover,
  buildMint,
  FLEET,
  NOW,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
} from "../services/world.ts";
import { startServer, type TestServer } from "./server.ts";

describe("GET /v1/dpps/{dppId}/pending", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const accept = async (built: Built): Promise<Built> => {
    expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
    return built;
  };
  const pending = async (built: Built) =>
    (await (await server.get(`/v1/dpps/${passportOf(built)}/pending`)).json()).events;

  it("tells of a mint that is not on the chain yet what the chain will say, and nothing of its record", async () => {
    const mint = await accept(buildMint(nextUid()));
    expect(await pending(mint)).to.deep.equal([
      {
        digest: mint.digest,
        kind: "mint",
        actor: PRODUCER,
        counterparty: 0,
        occurredAt: NOW - 60,
        deadline: NOW + 86_400,
        acceptedAt: NOW,
        items: [{ passportId: passportOf(mint), position: 0, state: "accepted" }],
      },
    ]);
  });

  it("lists events in the order of acceptance, each with this passport's item alone, until they are final", async () => {
    const [one, two] = [await accept(buildMint(nextUid())), await accept(buildMint(nextUid()))];
    const handover = await accept(buildHandover(PRODUCER, FLEET, [one, two]));
    await projectEvent(server.world.database, one, 90);
    const listed = await pending(one);
    expect(listed.map(({ digest }: Built) => digest)).to.deep.equal([one.digest, handover.digest]);
    expect(listed.map(({ items }: { items: { state: string }[] }) => items.map(({ state }) => state))).to.deep.equal([
      ["included"],
      ["accepted"],
    ]);
    await server.world.database.pool.query("UPDATE chain_cursor SET safe_number = 90, finalized_number = 90");
    expect((await pending(one)).map(({ digest }: Built) => digest)).to.deep.equal([handover.digest]);
  });

  it("keeps what was rejected for a week, with the reason", async () => {
    const mint = await accept(buildMint(nextUid()));
    await server.world.database.pool.query(
      "UPDATE accepted_item SET state = 'rejected', reason = 'deadline-passed' WHERE digest = $1",
      [mint.digest],
    );
    const [event] = await pending(mint);
    expect(event.items[0]).to.deep.include({ state: "rejected", reason: "deadline-passed" });
    server.world.clock.now = NOW + 9 * 86_400;
    expect(await pending(mint)).to.deep.equal([]);
    server.world.clock.now = NOW;
  });

  it("is silent about offers, which one side alone has signed", async () => {
    const mint = await accept(buildMint(nextUid()));
    await accept(buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null }));
    expect((await pending(mint)).map(({ digest }: Built) => digest)).to.deep.equal([mint.digest]);
  });

  it("is empty for a passport that nobody knows", async () => {
    expect(await pending(buildMint(nextUid()))).to.deep.equal([]);
  });
});
