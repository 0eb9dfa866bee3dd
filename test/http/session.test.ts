import { expect } from "chai";
import { RpcError } from "../../backend/chain/jsonRpc.ts";
import { personalDigest } from "../../backend/domain/access/signIn.ts";
import { walletJudge } from "../../backend/services/access/judgeWallet.ts";
import {
  buildMint,
  FLEET,
  LAB,
  NOW,
  PRODUCER,
  passportOf,
  projectEvent,
  SUSPENDED,
  signerOf,
} from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";
import { signed, signIn, signInMessage } from "./signIn.ts";

describe("sessions", () => {
  let server: TestServer;
  let path: string;
  before(async () => {
    server = await startServer();
    const mint = buildMint();
    await server.post("/v1/custody-events", mint.submission);
    await projectEvent(server.world.database, mint, 10);
    path = `/v1/dpps/${passportOf(mint)}/disclosures`;
  });
  after(() => server.close());
  afterEach(() => {
    server.world.clock.now = NOW;
  });

  const registered = (id: number, change: object) =>
    server.world.database.prisma.chainParticipant.update({ where: { id }, data: change });
  const refusal = async (body: unknown, status: number) => problemCode(await server.post("/v1/session", body), status);

  it("give a participant's signer a token that nothing in between keeps, for a quarter of an hour", async () => {
    const response = await server.post("/v1/session", signed(await signInMessage(server, PRODUCER), PRODUCER));
    expect(response.status).to.equal(201);
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(response.headers.get("set-cookie")).to.equal(null);
    const { token, participantId, expiresAt } = await response.json();
    expect(participantId).to.equal(PRODUCER);
    expect(Date.parse(expiresAt) / 1000).to.equal(NOW + 900);
    const headers = { authorization: `Bearer ${token}` };
    const read = await server.get(path, { headers });
    expect([read.status, read.headers.get("cache-control")]).to.deep.equal([200, "no-store"]);
    server.world.clock.now = NOW + 899;
    expect((await server.get(path, { headers })).status).to.equal(200);
    server.world.clock.now = NOW + 900;
    expect(await problemCode(await server.get(path, { headers }), 401)).to.equal("session-invalid");
  });

  it("keep no token, only its hash, and log none", async () => {
    const { headers } = await signIn(server, PRODUCER);
    const token = headers.authorization.slice("Bearer ".length);
    const { rows } = await server.world.database.pool.query("SELECT * FROM access_session");
    expect(JSON.stringify(rows)).not.to.contain(token);
    expect(server.logged.join("")).not.to.contain(token);
  });

  it("end no later than the message itself says", async () => {
    const expirationTime = new Date((NOW + 60) * 1000).toISOString();
    const message = await signInMessage(server, PRODUCER, { expirationTime });
    expect((await (await server.post("/v1/session", signed(message, PRODUCER))).json()).expiresAt).to.equal(
      expirationTime,
    );
  });

  it("are asked for by 401 that names the scheme, with and without another kind of credential", async () => {
    for (const authorization of [undefined, "Basic eDp5", "Bearer", "Bearer x", `Bearer ${"a".repeat(44)}`]) {
      const response = await server.get(path, authorization === undefined ? {} : { headers: { authorization } });
      expect(response.headers.get("www-authenticate")).to.equal("Bearer");
      expect(await problemCode(response, 401)).to.equal("session-missing");
    }
    const response = await server.get(path, {
      headers: { cookie: "token=x", authorization: `Bearer ${"a".repeat(43)}` },
    });
    expect(await problemCode(response, 401)).to.equal("session-invalid");
    expect(await problemCode(await server.get(`${path}?access_token=${"a".repeat(43)}`), 400)).to.equal(
      "request-invalid",
    );
  });

  it("use a nonce once, also when ten sign in with it at the same time", async () => {
    const body = signed(await signInMessage(server, PRODUCER), PRODUCER);
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.post("/v1/session", body)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, ...Array(9).fill(403)]);
    expect(await refusal(body, 403)).to.equal("nonce-refused");
  });

  it("refuse a nonce that was made up, changed, or has expired", async () => {
    const { nonce } = await (await server.post("/v1/session/nonce", undefined)).json();
    const flipped = nonce.replace(/^./, (digit: string) => (digit === "0" ? "1" : "0"));
    for (const other of ["0123456789abcdef", flipped, nonce.toUpperCase(), `${nonce}00`, nonce.slice(2)]) {
      const message = await signInMessage(server, PRODUCER, { nonce: other });
      expect(await refusal(signed(message, PRODUCER), 403), other).to.equal("nonce-refused");
    }
    server.world.clock.now = NOW + 600;
    const late = await signInMessage(server, PRODUCER, { nonce });
    expect(await refusal(signed(late, PRODUCER), 403)).to.equal("nonce-refused");
  });

  it("refuse a signature by another, over another text, or of another length", async () => {
    const message = await signInMessage(server, PRODUCER);
    const { signature } = signed(message, PRODUCER);
    for (const wrong of [
      signed(message, FLEET).signature,
      signed(`${message} `, PRODUCER).signature,
      "0x",
      `${signature}00`,
    ]) {
      expect(await refusal({ message, signature: wrong }, 403)).to.equal("signature-wrong");
    }
    // Refused signatures used nothing up.
    expect((await server.post("/v1/session", { message, signature })).status).to.equal(201);
  });

  it("refuse a message for another site, chain or time, and one with another line", async () => {
    for (const change of [{ domain: "evil.example" }, { uri: "https://evil.example" }, { chainId: 1 }]) {
      const message = await signInMessage(server, PRODUCER, change);
      expect(await refusal(signed(message, PRODUCER), 403)).to.equal("sign-in-field-wrong");
    }
    const broken = (await signInMessage(server, PRODUCER)).replaceAll("\n", "\r\n");
    expect(await refusal(signed(broken, PRODUCER), 400)).to.equal("sign-in-malformed");
  });

  it("refuse strangers, the suspended, and another participant's name", async () => {
    const stranger = await signInMessage(server, 77);
    expect(await refusal(signed(stranger, 77), 403)).to.equal("participant-unknown");
    const gone = await signInMessage(server, SUSPENDED);
    expect(await refusal(signed(gone, SUSPENDED), 403)).to.equal("participant-suspended");
    const other = await signInMessage(server, PRODUCER);
    expect(await refusal(signed(other, PRODUCER, { participantId: FLEET }), 403)).to.equal("participant-unknown");
  });

  it("ask which one is meant where one key signs for two participants", async () => {
    await registered(LAB, { signer: signerOf(PRODUCER).signer });
    try {
      const message = await signInMessage(server, PRODUCER);
      expect(await refusal(signed(message, PRODUCER), 409)).to.equal("participant-unclear");
      const named = await server.post("/v1/session", signed(message, PRODUCER, { participantId: LAB }));
      expect((await named.json()).participantId).to.equal(LAB);
    } finally {
      await registered(LAB, { signer: signerOf(LAB).signer });
    }
  });

  it("end by themselves when the participant is suspended, and when its signer changes", async () => {
    const own = await signIn(server, FLEET);
    for (const [change, back] of [
      [{ active: false }, { active: true }],
      [{ signer: signerOf(99).signer }, { signer: signerOf(FLEET).signer }],
    ] as const) {
      await registered(FLEET, change);
      expect(await problemCode(await server.get(path, own), 401)).to.equal("session-revoked");
      await registered(FLEET, back);
    }
    expect((await server.get(path, own)).status).to.equal(200);
  });

  it("are signed out of at once", async () => {
    const own = await signIn(server, PRODUCER);
    expect((await server.get("/v1/session", { ...own, method: "DELETE" })).status).to.equal(204);
    expect(await problemCode(await server.get(path, own), 401)).to.equal("session-invalid");
    expect(await problemCode(await server.get("/v1/session", { ...own, method: "DELETE" }), 401)).to.equal(
      "session-invalid",
    );
  });

  it("refuse a body with more in it than a sign-in", async () => {
    const message = await signInMessage(server, PRODUCER);
    for (const more of [{ roles: ["REGULATOR"] }, { expiresAt: "2099-01-01T00:00:00Z" }, { participantId: 0 }]) {
      expect(await refusal(signed(message, PRODUCER, more), 400)).to.equal("request-invalid");
    }
    expect(personalDigest(message)).to.match(/^0x/);
  });

  it("leave no row of what has expired", async () => {
    await signIn(server, PRODUCER);
    server.world.clock.now = NOW + 2000;
    await signIn(server, PRODUCER);
    const { rows } = await server.world.database.pool.query(
      "SELECT (SELECT count(*)::int FROM access_session) AS sessions, (SELECT count(*)::int FROM used_nonce) AS nonces",
    );
    expect(rows[0]).to.deep.equal({ sessions: 1, nonces: 1 });
  });
});

describe("sessions of contract wallets", () => {
  const MAGIC = `0x1626ba7e${"0".repeat(56)}`;
  let server: TestServer;
  let answer: (params: readonly unknown[]) => unknown;
  const asked: (readonly unknown[])[] = [];
  before(async () => {
    server = await startServer({
      rpc: {
        url: "http://rpc.invalid",
        call: async (method, ...params) => {
          if (method !== "eth_call") return "0x64"; // the block that the world's follower has reached
          asked.push(params);
          return await answer(params);
        },
        batch: async () => [],
      },
    });
  });
  after(() => server.close());
  beforeEach(() => {
    asked.length = 0;
  });

  /** Signed by a key that is not the address in the message: so it is for the wallet at that address to say. */
  const byWallet = async () => signed(await signInMessage(server, PRODUCER), FLEET);
  const refusal = async (body: unknown, status: number) => problemCode(await server.post("/v1/session", body), status);

  it("begin where the wallet approves the message's EIP-191 hash, at the block that was read last", async () => {
    answer = () => MAGIC;
    const body = await byWallet();
    const response = await server.post("/v1/session", body);
    expect([response.status, (await response.json()).participantId]).to.deep.equal([201, PRODUCER]);
    const [[call, block]] = asked as [[{ to: string; data: string; gas: string }, { blockHash: string }]];
    expect(call.to).to.equal(signerOf(PRODUCER).signer);
    expect(call.data.slice(0, 74)).to.equal(`0x1626ba7e${personalDigest(body.message).slice(2)}`);
    expect(Number(call.gas)).to.be.within(71_000, 76_000);
    const cursor = await server.world.database.prisma.chainCursor.findFirstOrThrow();
    expect(block).to.deep.equal({ blockHash: cursor.headHash });
    // Used up, as every nonce is.
    expect(await refusal(body, 403)).to.equal("nonce-refused");
  });

  it("do not begin where it refuses, reverts or runs out of gas, or answers more or less than one word", async () => {
    const refuse = (rpcCode: number, rpcMessage: string) => () => {
      throw new RpcError("rpc-refused", rpcMessage, "retry", { rpcCode, rpcMessage });
    };
    const answers = [
      () => `0xffffffff${"0".repeat(56)}`,
      () => "0x",
      () => "0x1626ba7e",
      () => `${MAGIC}00`,
      () => `0x1626ba7e${"0".repeat(55)}1`,
      refuse(3, "execution reverted"),
      refuse(-32000, "out of gas"),
    ];
    const body = await byWallet();
    for (const one of answers) {
      answer = one;
      expect(await refusal(body, 403), String(one)).to.equal("signature-wrong");
    }
    // Refused signatures used nothing up.
    answer = () => MAGIC;
    expect((await server.post("/v1/session", body)).status).to.equal(201);
  });

  it("are not refused, but not begun, while the chain gives no answer: 503, and the nonce stays", async () => {
    const body = await byWallet();
    const troubles = [
      new RpcError("rpc-unreachable", "down", "retry", {}),
      new RpcError("rpc-http-status", "429", "retry", {}),
      new RpcError("rpc-refused", "header not found", "retry", { rpcCode: -32000, rpcMessage: "header not found" }),
    ];
    for (const trouble of troubles) {
      answer = () => Promise.reject(trouble);
      const response = await server.post("/v1/session", body);
      expect(response.headers.get("retry-after")).to.equal("2");
      expect(await problemCode(response, 503), trouble.message).to.equal("wallet-not-checked");
    }
    answer = () => null;
    expect(await refusal(body, 503)).to.equal("wallet-not-checked");
    answer = () => MAGIC;
    expect((await server.post("/v1/session", body)).status).to.equal(201);
  });

  it("wait for no chain that hangs, and ask it for a few at a time", async () => {
    const { database } = server.world;
    const judge = walletJudge({ database, rpc: { call: () => new Promise(() => undefined) } }, 50);
    const digest = personalDigest("x");
    const codeOf = () =>
      judge(signerOf(PRODUCER).signer, digest, "0x").then(
        () => "approved",
        ({ code, message }) => `${code}: ${message}`,
      );
    const codes = await Promise.all(Array.from({ length: 10 }, codeOf));
    expect(codes.filter((code) => /^wallet-not-checked: .*no answer in time/.test(code))).to.have.length(8);
    expect(codes.filter((code) => /^wallet-not-checked: .*8 wallets/.test(code))).to.have.length(2);
    expect(await codeOf()).to.match(/no answer in time/);
  });

  it("cost the chain no question for strangers, the suspended, and nonces that were made up", async () => {
    answer = () => MAGIC;
    const forged = signed(await signInMessage(server, PRODUCER, { nonce: "0".repeat(76) }), FLEET);
    expect(await refusal(forged, 403)).to.equal("nonce-refused");
    expect(await refusal(signed(await signInMessage(server, 77), FLEET), 403)).to.equal("participant-unknown");
    const suspended = signed(await signInMessage(server, SUSPENDED), FLEET);
    expect(await refusal(suspended, 403)).to.equal("participant-suspended");
    expect(asked).to.deep.equal([]);
  });
});
