import { expect } from "chai";
import { cidOf } from "../../backend/domain/records/cid.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { freePort } from "../../backend/embedded/freePort.ts";
import { createAcceptor } from "../../backend/services/custody/acceptCustodyEvents.ts";
import { type Database, openDatabase } from "../../backend/storage/database.ts";
import { acceptingOn, buildMint } from "../services/world.ts";
import { startServer, type TestServer } from "./server.ts";

type Operation = {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
};

/** A value for each parameter that gets past its schema. */
const VALUES: Readonly<Record<string, string>> = {
  dppId: `0x${"11".repeat(20)}`,
  passport: `0x${"11".repeat(20)}`,
  subject: `0x${"11".repeat(20)}`,
  productId: "urn:example:1",
  uid: "urn:example:1",
  digest: `0x${"22".repeat(32)}`,
  cid: cidOf(`0x${"22".repeat(32)}` as Hash),
  elementPath: "$.uid",
  gtin: "09521000000018",
  serial: "1",
  lot: "1",
  variant: "1",
  id: "1",
  publisher: "1",
  sequence: "0",
  date: "2027-01-01T00:00:00Z",
  to: "1",
};

/** Invariant 11, while the database is away: every operation of the document, and a write. */
describe("the API without its database", function () {
  this.timeout(60_000);
  let server: TestServer;
  let database: Database;

  before(async () => {
    database = openDatabase(`postgresql://nobody@127.0.0.1:${await freePort()}/none`, { connectTimeoutMs: 500 });
    const accepting = acceptingOn(database);
    server = await startServer({ database, acceptor: createAcceptor(accepting) });
  });
  after(async () => {
    await server.close();
    await database.close();
  });

  it("answers every read by 503 and Retry-After, or without it, and never by another 5xx", async () => {
    const { paths } = await (await server.get("/openapi.json")).json();
    const counts: Record<number, number> = {};
    for (const [path, { get }] of Object.entries<{ get?: Operation }>(paths)) {
      if (get === undefined) continue;
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(VALUES[name] ?? "1"));
      const needed = (get.parameters ?? []).filter((one) => one.in === "query" && one.required);
      const query = needed.map(({ name }) => `${name}=${encodeURIComponent(VALUES[name] ?? "1")}`).join("&");
      const stop = new AbortController();
      const response = await server.get(`${address}?${path === "/v1/events" ? `digest=${VALUES.digest}` : query}`, {
        headers: { authorization: "Bearer x" },
        signal: stop.signal,
      });
      counts[response.status] = (counts[response.status] ?? 0) + 1;
      expect(response.status < 500 || response.status === 503, `${address}: ${response.status}`).to.equal(true);
      if (response.status === 503 && path !== "/readyz")
        expect(response.headers.get("retry-after"), path).to.equal("2");
      stop.abort();
    }
    expect(counts[503], JSON.stringify(counts)).to.be.greaterThan(20);
  });

  it("promises nothing, and logs why in a line", async () => {
    const refused = await server.post("/v1/custody-events", buildMint().submission);
    expect([refused.status, refused.headers.get("retry-after")]).to.deep.equal([503, "2"]);
    const lines = server.logged.map((line) => JSON.parse(line));
    const line = lines.find(({ reqId }) => reqId === refused.headers.get("x-request-id"));
    expect(line).to.include({ level: 40, code: "database-unavailable", msg: "a request was put off" });
    expect(line.cause).to.contain("ECONNREFUSED");
    expect(line).not.to.have.property("err");
  });
});
