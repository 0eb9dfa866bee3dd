import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { DomainError } from "../../backend/domain/errors.ts";
import { cidOf } from "../../backend/domain/records/cid.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { buildMint } from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

describe("operation by HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it("is alive and ready when database, chain and follower are", async () => {
    expect(await (await server.get("/livez")).json()).to.deep.equal({ alive: true });
    const response = await server.get("/readyz");
    expect(response.status).to.equal(200);
    const { checks } = await response.json();
    expect(checks.follower).to.include({ ok: true, lag: 0, head: 100 });
    expect(checks.signatures).to.deep.equal({ ok: true, curve: "portable", recoveriesPerSecond: 700 });
    expect(checks.hashing).to.deep.equal({ ok: true, keccak: "portable", hashesPerSecond: 100_000 });
  });

  it("says that relaying pauses, and why, without going out of service", async () => {
    const relayer = async () => {
      const fresh = await startServer({ database: server.world.database });
      const { ready, checks } = await (await fresh.get("/readyz")).json();
      await fresh.close();
      expect(ready).to.equal(true);
      return checks.relayer;
    };
    const { pool } = server.world.database;
    expect(await relayer()).to.include({ ok: true, state: "nobody" });
    await pool.query("UPDATE leader_epoch SET epoch = 3, seen_at = now() WHERE id = 1");
    expect(await relayer()).to.deep.equal({ ok: true, state: "relaying", epoch: 3 });
    await pool.query("UPDATE leader_epoch SET trouble = 'relayer-unfunded' WHERE id = 1");
    expect(await relayer()).to.include({ ok: true, state: "paused", epoch: 3 });
  });

  it("is not ready while the chain is away, is another one, or is far ahead, and says which", async () => {
    const states = [
      { answers: {}, part: "chain" },
      { answers: { eth_chainId: "0x1", eth_blockNumber: "0x64" }, part: "chain" },
      { answers: { eth_chainId: "0x7a69", eth_blockNumber: "0xffff" }, part: "follower" },
    ];
    for (const { answers, part } of states) {
      const call = async (method: string) => {
        const answer = (answers as Record<string, string>)[method];
        if (answer === undefined) throw new Error("secret of the RPC");
        return answer;
      };
      const other = await startServer({ rpc: { url: "", call, batch: async () => [] } });
      try {
        const response = await other.get("/readyz");
        const text = await response.text();
        expect(response.status).to.equal(503);
        expect(JSON.parse(text).checks[part]).to.have.property("ok", false);
        expect(text).not.to.contain("secret");
      } finally {
        await other.close();
      }
    }
  });

  it("shows what waits as metrics, and requests under their route, never under their address", async () => {
    await server.post("/v1/custody-events", buildMint().submission);
    await server.get(`/v1/custody-events/0x${"ab".repeat(32)}`);
    const text = await (await server.get("/metrics")).text();
    expect(text).to.match(/^battery_passport_signature_recoveries_per_second\{curve="portable"\} 700$/m);
    expect(text).to.match(/^battery_passport_keccak_hashes_per_second\{keccak="portable"\} 100000$/m);
    expect(text).to.match(/^battery_passport_open_events 1$/m);
    expect(text).to.match(/^battery_passport_finalized_block 20$/m);
    expect(text).to.match(/^battery_passport_oldest_unanchored_seconds /m);
    expect(text).to.contain('route="/v1/custody-events/:digest"');
    expect(text).not.to.contain("abababab");
  });

  it("asks to come again while its node or its block store is away, and not where these answer wrongly", async () => {
    const failing = (code: string) => async () => {
      throw new DomainError(code, "No.", { secret: "hunter2" });
    };
    const cid = cidOf(`0x${"ab".repeat(32)}` as Hash);
    const question = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
    for (const [status, ofRpc, ofBlocks] of [
      [503, "rpc-unreachable", "block-unavailable"],
      [503, "rpc-timeout", "block-unavailable"],
      [502, "rpc-answer-malformed", "block-hash-mismatch"],
    ] as const) {
      const call = failing(ofRpc);
      const other = await startServer({ rpc: { url: "", call, batch: call }, readBlock: failing(ofBlocks) });
      try {
        for (const [response, code] of [
          [await other.post("/rpc", question), ofRpc],
          [await other.get(`/ipfs/${cid}`), ofBlocks],
        ] as const) {
          expect(response.headers.get("retry-after"), code).to.equal(status === 503 ? "2" : null);
          expect(await response.clone().text()).not.to.contain("hunter2");
          expect(await problemCode(response, status)).to.equal(code);
        }
      } finally {
        await other.close();
      }
    }
  });

  it("lets pages of other origins read, without credentials, and not write", async () => {
    const headers = { origin: "https://elsewhere.example" };
    const read = await server.get("/v1/registry", { headers });
    expect(read.headers.get("access-control-allow-origin")).to.equal("*");
    expect(read.headers.get("access-control-allow-credentials")).to.equal(null);
    const missing = await server.get(`/v1/dpps/0x${"00".repeat(20)}`, { headers });
    expect(missing.headers.get("access-control-allow-origin")).to.equal("*");
    const preflight = await server.get("/rpc", { method: "OPTIONS", headers });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get("access-control-allow-methods")).to.equal("POST");
    const write = await server.get("/v1/custody-events", { method: "OPTIONS", headers });
    expect(write.headers.get("allow")).to.equal("POST, OPTIONS");
    expect(write.headers.get("access-control-allow-origin")).to.equal(null);
  });

  it("sets security headers on every answer, problems too", async () => {
    for (const path of ["/v1/registry", "/nowhere", "/docs/"]) {
      const { headers } = await server.get(path);
      expect(headers.get("content-security-policy"), path).to.contain("script-src 'self';");
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("x-powered-by")).to.equal(null);
    }
  });

  it("tells what to do about an address that does not exist", async () => {
    expect(await problemCode(await server.get("/v1/nothing"), 404)).to.equal("route-unknown");
  });

  it("serves the error codes that problems link to, and a page for the API without foreign scripts", async () => {
    expect(await (await server.get("/docs/errors")).text()).to.contain("### stale-head");
    const page = await (await server.get("/docs/")).text();
    expect(page).to.contain("swagger-ui");
    expect([...page.matchAll(/(?:src|href)="(https?:)?\/\//g)]).to.deep.equal([]);
    expect(page.replaceAll(/<script[^>]*src=[^>]*>/g, "")).not.to.match(/<script[^>]*>[^<]*\S/);
  });

  describe("openapi.json", () => {
    type Operation = {
      operationId: string;
      parameters?: { name: string; in: string; required?: boolean; schema: object }[];
      responses: Record<string, { description: string }>;
    };
    let document: {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, object> };
    };
    before(async () => {
      document = await (await server.get("/openapi.json")).json();
    });
    const operations = () =>
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
      );

    it("is OpenAPI 3.1 whose references all resolve and whose schemas compile", () => {
      expect(document.openapi).to.match(/^3\.1\./);
      const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
        ([, reference]) => reference as string,
      );
      expect(references).not.to.have.length(0);
      for (const reference of new Set(references)) {
        const name = reference.replace("#/components/schemas/", "");
        expect(document.components.schemas, reference).to.have.property(name);
      }
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      ajv.addSchema({ $id: "api", ...document });
      for (const name of Object.keys(document.components.schemas)) {
        ajv.compile({ $ref: `api#/components/schemas/${name}` });
      }
    });

    it("declares every parameter of every path, and operation ids once", () => {
      const ids = operations().map(({ operationId }) => operationId);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const { path, method, parameters = [] } of operations()) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const declared = parameters.filter((parameter) => parameter.in === "path");
        expect(
          declared.map(({ name }) => name),
          `${method} ${path}`,
        ).to.include.members(inPath);
        for (const parameter of declared) expect(parameter.required, parameter.name).to.equal(true);
      }
    });

    it("names every route: each answers something else than route-unknown", async () => {
      expect(operations().length).to.be.at.least(30);
      for (const { path, method } of operations()) {
        const address = path.replaceAll(/\{\w+\}/g, "1");
        const response = await server.get(address, { method: method.toUpperCase() });
        const text = await response.text();
        expect(text, `${method} ${path}`).not.to.contain('"route-unknown"');
        expect(response.status, `${method} ${path}`).not.to.equal(405);
      }
    });

    it("describes the answers that are given", async () => {
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      ajv.addSchema({ $id: "api", ...document });
      for (const [path, name] of [
        ["/v1/registry", "Registry"],
        ["/v1/participants/1", "ParticipantHistory"],
      ]) {
        const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` });
        expect(validate(await (await server.get(path!)).json()), JSON.stringify(validate.errors)).to.equal(true);
      }
      const validate = ajv.compile({ $ref: "api#/components/schemas/Problem" });
      expect(validate(await (await server.get("/v1/nothing")).json())).to.equal(true);
    });
  });
});
