import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { DomainError } from "../../backend/domain/errors.ts";
import type { PassportId } from "../../backend/domain/types.ts";
import type { VerificationReport } from "../../backend/domain/verification/report.ts";
import { describeReport } from "../../scripts/cli/actions/verifyBundle.ts";
import { describeFailure, exitCodeOf, failureJson } from "../../scripts/cli/failure.ts";
import { readAll } from "../../scripts/cli/operator/answers.ts";
import { connectOperator, type Operator } from "../../scripts/cli/operator/connectOperator.ts";
import { readPendingEvents } from "../../scripts/cli/operator/pendingEvents.ts";
import { refusal } from "../support/refusal.ts";
import { cli, cliError } from "./cli.ts";

const PASSPORT = `0x${"ab".repeat(20)}` as PassportId;

describe("connectOperator", () => {
  const servers: Server[] = [];

  async function serve(listener: RequestListener): Promise<Operator> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return connectOperator(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("tells what is on its way for a passport, and nothing where the operator's software does not tell", async () => {
    const digest = `0x${"d1".repeat(32)}` as const;
    const told = { digest, kind: "handover", actor: 1, counterparty: 2, acceptedAt: 1_800_000_000 };
    const items = [{ passportId: PASSPORT, position: 0, state: "rejected", reason: "stale-head" }];
    const operator = await serve((_, response) => response.end(JSON.stringify({ events: [{ ...told, items }] })));
    expect(await readPendingEvents(operator, PASSPORT)).to.deep.equal([
      { ...told, state: "rejected", reason: "stale-head" },
    ]);
    const older = await serve((_, response) => response.writeHead(404).end('{"code":"route-unknown"}'));
    expect(await readPendingEvents(older, PASSPORT)).to.deep.equal([]);
    const liar = await serve((_, response) => response.end('{"events":[{}]}'));
    expect((await refusal(readPendingEvents(liar, PASSPORT))).code).to.be.a("string");
  });

  it("is shown with what is on its way after the history, as its word", async () => {
    const event = {
      digest: `0x${"d1".repeat(32)}`,
      kind: "handover",
      actor: 1,
      counterparty: 2,
      acceptedAt: 1_800_000_000,
    };
    const items = [{ passportId: PASSPORT, position: 0, state: "rejected", reason: "stale-head" }];
    const nothing = { code: "dpp-unknown", detail: "No such passport." };
    const party = (id: number) => ({ id, account: `0x${"a0".repeat(20)}`, signer: `0x${"a1".repeat(20)}`, roles: [] });
    const operator = await serve((request, response) => {
      const path = request.url ?? "";
      const [, id] = /participants\/(\d+)$/.exec(path) ?? [];
      if (path.endsWith("/custody")) response.writeHead(404).end(JSON.stringify(nothing));
      else if (path.endsWith("/pending")) response.end(JSON.stringify({ events: [{ ...event, items }] }));
      else if (path.startsWith("/v1/data-records")) response.end('{"dataRecords":[],"nextCursor":null}');
      else if (id !== undefined) response.end(JSON.stringify({ ...party(Number(id)), active: true, record: null }));
      else response.end(JSON.stringify({ passportId: PASSPORT }));
    });
    const { out } = await cli(["show", PASSPORT, "--operator", operator.url]);
    expect(out).to.match(
      /as the operator says.*\n2027-.* handover +participant 1 → participant 2 +\(rejected: stale-head\)/,
    );
  });

  it("is shown by what is on its way where nothing of it is on the chain, by its id and by its uid", async () => {
    const uid = "urn:example:new";
    const event = {
      digest: `0x${"d1".repeat(32)}`,
      kind: "mint",
      actor: 1,
      counterparty: 0,
      acceptedAt: 1_800_000_000,
    };
    const items = [{ passportId: PASSPORT, position: 0, state: "sealed" }];
    const problem = { code: "dpp-pending", detail: "On its way.", values: { passportId: PASSPORT, state: "sealed" } };
    const party = { id: 1, account: `0x${"a0".repeat(20)}`, signer: `0x${"a1".repeat(20)}`, roles: [], active: true };
    const operator = await serve((request, response) => {
      const path = request.url ?? "";
      if (path.endsWith("/pending")) response.end(JSON.stringify({ events: [{ ...event, items }] }));
      else if (path.includes("/participants/")) response.end(JSON.stringify({ ...party, record: null }));
      else response.writeHead(404).end(JSON.stringify(problem));
    });
    for (const text of [PASSPORT, uid]) {
      const { code, out } = await cli(["show", text, "--operator", operator.url]);
      expect(code).to.equal(0);
      expect(out).to.match(new RegExp(`^${PASSPORT} is not on the chain yet`));
      expect(out).to.match(/2027-.* mint +participant 1 +\(sealed\)/);
      const json = JSON.parse((await cli(["show", text, "--operator", operator.url, "--json"])).out);
      expect([json.passport, json.pending[0].state]).to.deep.equal([null, "sealed"]);
      expect(await cliError(["verify", text, "--operator", operator.url], 2)).to.equal("dpp-pending");
    }
  });

  it("comes again as long as a server that starts asks for it", async () => {
    let asked = 0;
    const operator = await serve((_, response) => {
      asked += 1;
      if (asked > 2) response.end('{"ok":true}');
      else response.writeHead(503, { "retry-after": "0.01" }).end("{}");
    });
    expect(await operator.post("/v1/custody-events", {})).to.deep.equal({ ok: true });
    expect(asked).to.equal(3);
  });

  it("passes on the code, the sentence and the values of a problem", async () => {
    const problem = {
      type: "https://o.example/e#stale-head",
      code: "stale-head",
      detail: "No.",
      values: { items: [1] },
    };
    const operator = await serve((_, response) => void response.writeHead(409).end(JSON.stringify(problem)));
    const error = await refusal(operator.get("/x"));
    expect(error).to.include({ code: "stale-head", message: "No." });
    expect(error.details).to.deep.include({ status: 409, items: [1] });
  });

  it("calls what is no JSON, no list or too long by its name", async () => {
    const operator = await serve((request, response) => {
      if (request.url === "/long") response.end("x".repeat(1001));
      else if (request.url?.startsWith("/page")) response.end('{"things":{}}');
      else response.writeHead(request.url === "/gone" ? 404 : 200).end("<html>");
    });
    for (const work of [
      operator.get("/html"),
      operator.get("/gone"),
      operator.getBytes("/long", 1000),
      readAll(operator, "/page", "things", String),
    ]) {
      expect((await refusal(work)).code).to.equal("operator-answer-malformed");
    }
  });

  it("reads a list to its last page", async () => {
    const operator = await serve((request, response) => {
      const cursor = new URL(request.url ?? "", "http://x").searchParams.get("cursor");
      response.end(JSON.stringify(cursor === null ? { things: [1, 2], nextCursor: "a&b" } : { things: [cursor] }));
    });
    expect(await readAll(operator, "/page?to=2", "things", String)).to.deep.equal(["1", "2", "a&b"]);
  });
});

describe("failures", () => {
  const error = (code: string, details = {}) => new DomainError(code, "It is so.", details);

  it("end with 1 where something was refused, and with 2 where nothing is known", () => {
    expect(["stale-head", "signature-wrong"].map((code) => exitCodeOf(error(code)))).to.deep.equal([1, 1]);
    const unknown = ["operator-unreachable", "usage", "rpc-timeout", "chain-state-missing", "wait-timeout"];
    expect(unknown.map((code) => exitCodeOf(error(code)))).to.deep.equal([2, 2, 2, 2, 2]);
    expect(exitCodeOf(new TypeError("a fault of ours"))).to.equal(2);
  });

  it("say a sentence, the code and what to do", () => {
    expect(describeFailure(error("key-missing"))).to.match(
      /^error: It is so\. \[key-missing\]\n {2}Name your keystore/,
    );
    const page = { type: "https://o.example/docs/errors#x" };
    expect(describeFailure(error("x", page))).to.include("See https://o.example/docs/errors#x");
    expect(failureJson(error("x", { advice: "Do y.", passportId: "0x" }))).to.deep.equal({
      error: { code: "x", message: "It is so.", advice: "Do y.", details: { passportId: "0x" } },
    });
  });

  it("and reports keep texts from elsewhere on their line", () => {
    const hostile = "Evil Ltd\n\u001b[2K\rVERIFIED\u202e";
    expect(describeFailure(new DomainError("x", hostile))).to.equal(
      "error: Evil Ltd\ufffd\ufffd[2K\ufffdVERIFIED\ufffd [x]",
    );
    const line = { check: "issuer", status: "failed", code: "x", values: {} } as const;
    const compared = [{ what: "name", expected: "a", found: hostile }];
    const report: VerificationReport = {
      verdict: "failed",
      passportId: null,
      uid: hostile,
      head: null,
      block: null,
      rpcs: [],
      trustRoot: { chainId: 1, contract: "0x", codeHash: "0x" } as unknown as VerificationReport["trustRoot"],
      successor: null,
      heldUntil: null,
      pendingEvents: 0,
      checks: [{ ...line, reason: `Issued by ${hostile}.`, compared }],
    };
    const text = describeReport(report, []);
    expect(text).to.not.match(/^VERIFIED/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).to.not.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
