import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { buildMint, FLEET } from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

const POSTS = [
  "/v1/custody-events",
  "/v1/document-mints",
  `/v1/handovers/0x${"00".repeat(32)}/acceptance`,
  "/v1/proposals",
  "/rpc",
  "/v1/dppsByProductIds",
  "/v1/session",
  "/v1/erasures",
];

describe("hostile requests", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const countRows = async () => {
    const { rows } = await server.world.database.pool.query(
      `SELECT (SELECT count(*) FROM accepted_event) + (SELECT count(*) FROM accepted_item) + (SELECT count(*) FROM offer)
         + (SELECT count(*) FROM record) + (SELECT count(*) FROM record_disclosure) + (SELECT count(*) FROM proposal_draft) AS rows`,
    );
    return Number(rows[0].rows);
  };

  /** Sends raw bytes and gives everything that came back until the server closed, or said its status. */
  const raw = (request: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(request));
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk.toString("latin1");
        socket.end();
      });
      socket.on("close", () => resolve(answer));
      socket.on("error", () => resolve(answer)); // refused before all of it was read
    });

  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const { submission } = buildMint();
  const altered = (change: object) => JSON.stringify({ ...submission, event: { ...submission.event, ...change } });
  const BODIES: [name: string, body: string | Uint8Array, status: number, code: string][] = [
    ["nothing", "", 400, "body-empty"],
    ["blanks", " \n\t ", 400, "body-empty"],
    ["null", "null", 400, "request-invalid"],
    ["a text", '"x"', 400, "request-invalid"],
    ["zero", "0", 400, "request-invalid"],
    ["an empty object", "{}", 400, "request-invalid"],
    ["half an object", '{"event":', 400, "json-invalid"],
    ["two documents", "{}{}", 400, "json-invalid"],
    ["a trailing comma", '{"a":1,}', 400, "json-invalid"],
    ["NaN", '{"a":NaN}', 400, "json-invalid"],
    ["1e400", '{"a":1e400}', 400, "json-number-range"],
    ["a leading zero", '{"a":01}', 400, "json-invalid"],
    ["duplicate keys", '{"event":{},"event":{}}', 400, "json-duplicate-key"],
    ["duplicate keys spelled differently", '{"event":{},"ev\\u0065nt":{}}', 400, "json-duplicate-key"],
    ["__proto__", '{"__proto__":{"event":{}}}', 400, "request-invalid"],
    ["constructor", '{"constructor":{"prototype":{}},"toString":1}', 400, "request-invalid"],
    ["NUL", '{"a":"\\u0000"}', 400, "json-nul-character"],
    ["a raw NUL", '{"a":"\u0000"}', 400, "json-invalid"],
    ["a lone surrogate", '{"a":"\\ud800"}', 400, "json-lone-surrogate"],
    ["a byte order mark", "\ufeff{}", 400, "utf8-byte-order-mark"],
    ["invalid UTF-8", Uint8Array.of(0x22, 0xff, 0x22), 400, "utf8-invalid"],
    ["overlong UTF-8", Uint8Array.of(0x22, 0xc0, 0x80, 0x22), 400, "utf8-invalid"],
    ["depth 10,000", nested(10_000), 400, "json-too-deep"],
    ["depth 10,000 of objects", '{"a":'.repeat(10_000), 400, "json-too-deep"],
    [
      "twenty thousand keys",
      `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":0`).join()}}`,
      400,
      "request-invalid",
    ],
    ["an unknown field", JSON.stringify({ ...submission, state: "accepted" }), 400, "request-invalid"],
    ["an operator's field inside", altered({ receipt: {} }), 400, "request-invalid"],
    ["a negative time", altered({ deadline: -1 }), 400, "request-invalid"],
    ["a time beyond 40 bits", altered({ deadline: 2 ** 40 }), 400, "request-invalid"],
    ["a fraction", altered({ actor: 1.5 }), 400, "request-invalid"],
    ["2^53+1", altered({ actor: 0 }).replace('"actor":0', '"actor":9007199254740993'), 400, "request-invalid"],
    ["a text for a number", altered({ actor: "1" }), 400, "request-invalid"],
    ["0X hex", altered({ actorSignature: "0Xab" }), 400, "request-invalid"],
    ["odd hex", altered({ actorSignature: "0xabc" }), 400, "request-invalid"],
    ["a bitmap beyond 256 bits", altered({ declined: `0x1${"0".repeat(64)}` }), 400, "request-invalid"],
    ["a bitmap with a leading zero", altered({ declined: "0x01" }), 400, "request-invalid"],
    [
      "an upper-case passport id",
      altered({ items: [{ ...submission.event.items[0], passportId: `0x${"AB".repeat(20)}` }] }),
      400,
      "request-invalid",
    ],
    ["no items", altered({ items: [] }), 400, "request-invalid"],
    ["201 items", altered({ items: Array(201).fill(submission.event.items[0]) }), 400, "request-invalid"],
    ["repeated items", altered({ items: Array(2).fill(submission.event.items[0]) }), 400, "items-not-ascending"],
    ["kind none", altered({ kind: "none" }), 400, "request-invalid"],
    ["no signature", altered({ actorSignature: "0x" }), 403, "signature-wrong"],
    [
      "66 bytes of signature",
      altered({ actorSignature: `${submission.event.actorSignature}00` }),
      403,
      "signature-wrong",
    ],
    ["5000 bytes of signature", altered({ actorSignature: `0x${"ab".repeat(5000)}` }), 400, "hex-malformed"],
    ["v 29", altered({ actorSignature: `${submission.event.actorSignature.slice(0, -2)}1d` }), 403, "signature-wrong"],
    ["r and s zero", altered({ actorSignature: `0x${"00".repeat(64)}1b` }), 403, "signature-wrong"],
    ["a counterparty of a mint", altered({ counterparty: FLEET }), 422, "malformed-header"],
  ];

  for (const [name, body, status, code] of BODIES) {
    it(`refuses ${name} by ${code} and stores no row`, async () => {
      const before = await countRows();
      expect(await problemCode(await server.send("/v1/custody-events", body), status)).to.equal(code);
      expect(await countRows()).to.equal(before);
      expect({}).not.to.have.property("event");
    });
  }

  it("refuses rubbish at every address that takes a body, without a row", async () => {
    const before = await countRows();
    for (const path of POSTS) {
      for (const [name, body] of BODIES.slice(0, 25)) {
        const response = await server.send(path, body);
        const text = await response.text();
        expect(response.status, `${path}: ${name}: ${text}`).to.be.within(400, 499);
        expect(response.headers.get("content-type")).to.match(/problem\+json/);
      }
    }
    expect(await countRows()).to.equal(before);
  });

  it("takes a body one byte under the limit and refuses one a byte over it", async () => {
    const max = 256 * 1024;
    expect(await problemCode(await server.send("/v1/custody-events", `"${"x".repeat(max - 2)}"`), 400)).to.equal(
      "request-invalid",
    );
    expect(await problemCode(await server.send("/v1/custody-events", `"${"x".repeat(max - 1)}"`), 413)).to.equal(
      "body-too-large",
    );
    expect(await problemCode(await server.send("/rpc", `"${"x".repeat(64 * 1024)}"`), 413)).to.equal("body-too-large");
  });

  it("reads gzip, stops at a bomb, and refuses other packings", async () => {
    const gzip = (body: Uint8Array) =>
      server.send("/v1/custody-events", body, { "content-type": "application/json", "content-encoding": "gzip" });
    expect(await problemCode(await gzip(gzipSync("{}")), 400)).to.equal("request-invalid");
    expect(await problemCode(await gzip(gzipSync(Buffer.alloc(50_000_000, " "))), 413)).to.equal("body-too-large");
    expect(await problemCode(await gzip(Buffer.from("not gzip")), 400)).to.equal("body-encoding-invalid");
    const other = { "content-type": "application/json", "content-encoding": "br" };
    expect(await problemCode(await server.send("/v1/custody-events", "{}", other), 415)).to.equal(
      "content-encoding-unsupported",
    );
  });

  it("answers 413 to a chunked body without end, and lets the connection go", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const outcome = await server.send("/v1/custody-events", endless).then(
      (response) => problemCode(response, 413),
      () => "connection closed",
    );
    expect(outcome).to.be.oneOf(["body-too-large", "connection closed"]);
    expect(sent).to.be.lessThan(64 * 1024 * 1024);
    expect((await server.get("/livez")).status).to.equal(200);
  });

  it("refuses other media types and charsets", async () => {
    for (const type of [
      "text/plain",
      "multipart/form-data; boundary=x",
      "application/json; charset=utf-16",
      "",
      "a".repeat(2000),
    ]) {
      expect(await problemCode(await server.send("/v1/custody-events", "{}", { "content-type": type }), 415)).to.equal(
        "content-type-unsupported",
      );
    }
    const quoted = { "content-type": 'Application/JSON; charset="UTF-8"' };
    expect(await problemCode(await server.send("/v1/custody-events", "{}", quoted), 400)).to.equal("request-invalid");
  });

  it("refuses strange methods with 405 and Allow, and ignores an overridden one", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "PROPFIND"]) {
      const response = await server.get("/v1/custody-events", { method });
      expect(response.headers.get("allow")).to.equal("POST, OPTIONS");
      expect(await problemCode(response, 405)).to.equal("method-not-allowed");
    }
    expect(await raw("TRACE /v1/registry HTTP/1.1\r\nHost: x\r\n\r\n")).to.match(/^HTTP\/1.1 405/);
    const overridden = await server.get("/v1/registry", { headers: { "x-http-method-override": "DELETE" } });
    expect(overridden.status).to.equal(200);
    const head = await server.get("/v1/registry", { method: "HEAD" });
    expect([head.status, await head.text()]).to.deep.equal([200, ""]);
  });

  it("refuses queries that are not as documented", async () => {
    for (const query of [
      "limit=-1",
      "limit=1e9",
      "limit=NaN",
      "limit=0",
      "limit=1&limit=2",
      "limit[]=1",
      "id[]=1",
      "phase=gone",
      "__proto__=1",
      "custodian=0x1",
    ]) {
      expect(await problemCode(await server.get(`/v1/passports?${query}`), 400), query).to.equal("request-invalid");
    }
    for (const cursor of ["x", "bnVsbA", "IjB4Ig", encodeURIComponent("' OR 1=1"), "e30"]) {
      expect(await problemCode(await server.get(`/v1/passports?cursor=${cursor}`), 400), cursor).to.equal(
        "cursor-malformed",
      );
    }
  });

  it("refuses addresses that lead elsewhere, by 4xx and without a word of the file system", async () => {
    for (const path of [
      "/..%2f..%2fetc/passwd",
      "/v1/dpps/%00",
      "/v1/dpps/..%2f..%2fx",
      "/v1/dpps/%252e%252e",
      `/v1/dpps/${"a".repeat(5000)}`,
      "/v1/participants/1%27",
      "/v1/dppsByProductId/%E2%80%8E001",
      `/v1/dppsByProductId/${"%28a".repeat(300)}`,
      "/01/x/21/y",
      "/docs/..%2f..%2fpackage.json",
      "//v1//registry",
    ]) {
      const response = await server.get(path);
      expect(response.status, path).to.be.within(400, 499);
      expect(await response.text()).not.to.match(/\/work|node_modules|ENOENT/);
    }
    expect(await problemCode(await server.get("/v1/dpps/%zz"), 400)).to.equal("url-malformed");
  });

  it("refuses requests that could be read in two ways, and headers of 64 KB", async () => {
    const both =
      "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await raw(both)).to.match(/^HTTP\/1.1 400/);
    expect(await raw(`GET /livez HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(65_536)}\r\n\r\n`)).to.match(/^HTTP\/1.1 431/);
    expect(await raw("GET /livez HTTP/1.1\r\n\r\n")).to.match(/^HTTP\/1.1 400/);
  });

  it("passes only reads of the contract on to the chain", async () => {
    const ask = async (method: string, params: unknown[] = []) =>
      (await server.post("/rpc", { jsonrpc: "2.0", id: 1, method, params })).json();
    expect(await ask("eth_chainId")).to.deep.equal({ jsonrpc: "2.0", id: 1, result: "0x7a69" });
    server.rpcCalls.length = 0;
    for (const method of ["eth_sendRawTransaction", "eth_accounts", "anvil_mine", "debug_traceCall", "__proto__"]) {
      expect((await ask(method)).error.code, method).to.equal(-32601);
    }
    expect((await ask("eth_call", [{ to: `0x${"11".repeat(20)}` }, "latest"])).error.code).to.equal(-32602);
    expect((await ask("eth_getLogs", [{ fromBlock: "0x0" }])).error.code).to.equal(-32602);
    expect(
      (await ask("eth_getLogs", [{ address: [`0x${"BA".repeat(20)}`, `0x${"11".repeat(20)}`] }])).error.code,
    ).to.equal(-32602);
    expect(server.rpcCalls).to.deep.equal([]);
    expect(await ask("eth_getLogs", [{ address: `0x${"BA".repeat(20)}` }])).to.have.property("result");
    const request = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
    expect(
      await (await server.post("/rpc", [request, { ...request, id: "b", method: "eth_sign" }])).json(),
    ).to.have.length(2);
    expect(await problemCode(await server.post("/rpc", Array(51).fill(request)), 400)).to.equal("request-invalid");
  });

  it("logs no body, query or header, and answers every request under an id", async () => {
    server.logged.length = 0;
    const headers = { "x-request-id": "abcdefgh-1", authorization: "Bearer hunter2" };
    const response = await server.get("/v1/passports?uid=urn:secret:query", { headers });
    expect(response.headers.get("x-request-id")).to.equal("abcdefgh-1");
    await server.send("/v1/custody-events", '{"secret-body":1}');
    const forged = await server.get("/livez", { headers: { "x-request-id": 'a"b\\' } });
    expect(forged.headers.get("x-request-id")).to.match(/^[0-9a-f-]{36}$/);
    expect(server.logged.length).to.be.at.least(3);
    expect(server.logged.join("")).not.to.match(/hunter2|secret/);
    expect(server.logged.join("")).to.contain("abcdefgh-1");
  });

  it("answers 500 without a word about the fault, and logs it", async () => {
    const broken = await startServer({
      now: () => {
        throw new Error("hunter2 at /etc/passwd");
      },
    });
    try {
      const response = await broken.get("/v1/handovers");
      expect(await response.clone().text()).not.to.contain("hunter2");
      expect(await problemCode(response, 500)).to.equal("internal-error");
      expect(broken.logged.join("")).to.contain("hunter2");
    } finally {
      await broken.close();
    }
  });

  it("limits requests by address with 429 and Retry-After, but not the health checks", async () => {
    const limited = await startServer({ requestsPerMinute: 3 });
    try {
      for (let i = 0; i < 3; i++) expect((await limited.get("/v1/registry")).status).to.equal(200);
      const response = await limited.get("/v1/registry");
      expect(response.headers.get("retry-after")).not.to.equal(null);
      expect(await problemCode(response, 429)).to.equal("rate-limited");
      expect((await limited.get("/livez")).status).to.equal(200);
    } finally {
      await limited.close();
    }
  });
});
