import { expect } from "chai";
import { HOSTILE_SEGMENTS, mutationsOf, type Resolve, sampleOf } from "./hostileValues.ts";
import { startServer, type TestServer } from "./server.ts";

type Parameter = { readonly in: string; readonly name: string };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, unknown>>;
};
type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

/** What a request of a stranger may leave behind: nonces it asked for, and the note that it looked. */
const MAY_GROW = new Set(["session_nonce", "access_log"]);
const AT_ONCE = 16;
/** Of one body's mutations; spread over all its places. */
const MOST_MUTATIONS = 400;

/** Every operation that the document names, asked with what the document forbids: thousands of requests. */
describe("the API as its own document describes it, asked by strangers", function () {
  this.timeout(120_000);
  let server: TestServer;
  let document: OpenApi;

  before(async () => {
    server = await startServer();
    document = (await (await server.get("/openapi.json")).json()) as OpenApi;
  });
  after(() => server.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
  const addressOf = (path: string, values: Readonly<Record<string, string>> = {}): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `0x${"11".repeat(20)}`);

  /** A problem with a stable code, or an answer; never a fault of the server's, and never a word about its inside. */
  const ask = async (method: string, address: string, operation: Operation, body?: string): Promise<void> => {
    const ended = new AbortController();
    const response = await fetch(server.url + address, {
      method,
      signal: ended.signal,
      redirect: "manual",
      ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
    });
    const where = `${method} ${address.slice(0, 200)} ${body?.slice(0, 300) ?? ""}`;
    const documented = Object.hasOwn(operation.responses, String(response.status)) && response.status === 501;
    expect(response.status < 500 || response.status === 503 || documented, `${where}: ${response.status}`).to.equal(
      true,
    );
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      ended.abort(); // a stream has no end
      return;
    }
    const text = await response.text();
    if (response.status < 400) return;
    expect(response.headers.get("content-type"), where).to.match(/^application\/problem\+json/);
    expect(JSON.parse(text), where)
      .to.have.property("code")
      .that.matches(/^[a-z0-9-]+$/);
    expect(text, where).not.to.match(/node_modules|\.ts:\d| {4}at |SELECT |INSERT |root:x:/);
  };
  const askAll = async (requests: readonly (() => Promise<void>)[]): Promise<void> => {
    const queue = [...requests];
    const faults: string[] = [];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
          await next().catch((error: Error) => faults.push(error.message));
        }
      }),
    );
    expect(faults.slice(0, 20), `${faults.length} faults`).to.deep.equal([]);
  };
  const rows = async (): Promise<Record<string, number>> => {
    const { pool } = server.world.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables.filter((table) => !MAY_GROW.has(table.name))) {
      const { rows: counted } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${name}"`);
      counts[name] = counted[0]?.n ?? 0;
    }
    return counts;
  };
  let requests = 0;
  const leavesNoRow = async (all: readonly (() => Promise<void>)[]): Promise<void> => {
    const before = await rows();
    await askAll(all);
    requests += all.length;
    expect(await rows()).to.deep.equal(before);
  };

  it("answers hostile path segments by an answer or a problem, and stores nothing", async () => {
    await leavesNoRow(
      operations().flatMap(({ path, method, operation }) =>
        [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = ""]) =>
          HOSTILE_SEGMENTS.map((value) => () => ask(method, addressOf(path, { [name]: value }), operation)),
        ),
      ),
    );
  });

  it("answers hostile queries by an answer or a problem, and stores nothing", async () => {
    await leavesNoRow(
      operations().flatMap(({ path, method, operation }) => {
        const named = (operation.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
        const queries = [
          ...named.flatMap((name) => HOSTILE_SEGMENTS.map((value) => `${name}=${value}`)),
          ...named.flatMap((name) => [`${name}=1&${name}=2`, `${name}[]=1`, `${name}[a]=1`, `${name}`, `${name}=`]),
          "__proto__[x]=1",
          "constructor=1",
          "&&&=",
        ];
        return queries.map((query) => () => ask(method, `${addressOf(path)}?${query}`, operation));
      }),
    );
  });

  it("answers bodies with one hostile place by a problem, and stores nothing", async () => {
    const resolve: Resolve = (reference) => document.components.schemas[reference.split("/").at(-1) ?? ""] ?? {};
    await leavesNoRow(
      operations().flatMap(({ path, method, operation }) => {
        const schema = operation.requestBody?.content["application/json"]?.schema;
        if (schema === undefined) return [];
        const mutations = [...mutationsOf(sampleOf(schema, resolve))];
        const step = Math.max(1, Math.ceil(mutations.length / MOST_MUTATIONS));
        return mutations
          .filter((_, i) => i % step === 0)
          .map((body) => () => ask(method, addressOf(path), operation, body));
      }),
    );
  });

  it("was asked thousands of times", () => {
    expect(requests).to.be.greaterThan(3_000);
  });
});
