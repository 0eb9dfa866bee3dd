import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { connectJsonRpc, type JsonRpc } from "../../backend/chain/jsonRpc.ts";
import type { PassportId } from "../../backend/domain/types.ts";
import { formatTrustRoot, parseTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { readHoldCount } from "../../scripts/cli/actions/orderHold.ts";
import { connectOperator, type Operator } from "../../scripts/cli/operator/connectOperator.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { cli, cliError, cliJson } from "./cli.ts";
import { startInstallation, type TestInstallation } from "./installation.ts";

const PREFIX = "urn:cellworks";
const UID = (name: string) => `${PREFIX}:${name}`;
const REBUILT = (name: string) => `urn:second-life:${name}`;

describe("every kind of event by the command line", function () {
  this.timeout(60_000);
  let installation: TestInstallation;
  let server: string[];
  let root: string;
  let as: (key: string) => string[];
  const packs = { a: "", b: "" };
  let modules: string[] = [];
  let rebuilt = "";

  before(async () => {
    installation = await startInstallation();
    const { dataDir, url } = installation;
    root = formatTrustRoot(installation.deployment);
    server = ["--operator", url];
    const keys = join(dataDir, "keys");
    as = (key) => [...server, "--key", join(keys, `${key}.json`), "--password-file", join(keys, "password")];
    const firms = [
      ["1", "producer", "producer,custodian", `urn:${PREFIX}`],
      ["2", "fleet", "custodian", undefined],
      ["3", "collection-point", "custodian,second_life,dismantler", "urn:urn:second-life"],
      ["6", "regulator", "regulator", undefined],
    ] as const;
    for (const [id, key, roles, prefix] of firms) {
      const named = ["--id", id, "--signer", await addressOf(key), "--roles", roles, "--name", key, "--kind", "firm"];
      await decide(["admission", ...named, ...(prefix === undefined ? [] : ["--prefix", prefix])]);
      await executed();
    }
  });
  after(() => installation?.stop());

  const addressOf = async (key: string): Promise<string> => {
    const keystore = JSON.parse(await readFile(join(installation.dataDir, "keys", `${key}.json`), "utf8"));
    return `0x${keystore.address}`;
  };
  const waiting = ["--wait", "included", "--timeout", "30"];
  let decided = "";
  /** Two governors sign. */
  const decide = async (words: string[]): Promise<string> => {
    const { digest, state } = await cliJson(["propose", ...words, ...as("governor-1")]);
    expect(state).to.equal("open");
    decided = digest;
    const run = await cliJson(["approve", digest, ...as("governor-2")]);
    expect(run.state).to.be.oneOf(["approved", "executed"]);
    return digest;
  };
  const stateOf = async (digest: string) => {
    const response = await fetch(`${installation.url}/v1/proposals/${digest}`);
    return (await response.json()) as { state: string; approvals: { governor: string }[] };
  };
  const executed = () =>
    waitUntil("the decision is executed", async () => (await stateOf(decided)).state === "executed");
  const show = (id: string) => cliJson(["show", id, ...server]);
  const hold = (id: string, ...more: string[]) =>
    cliJson(["hold", id, "--days", "30", "--reason", "recall", ...more, ...as("regulator"), ...waiting]);
  const handOver = async (ids: string[], from: string, to: string, receiver: string) => {
    const { digest } = await cliJson(["offer", "--to", to, ...ids.flatMap((id) => ["--passport", id]), ...as(from)]);
    await cliJson(["accept", digest, ...as(receiver), ...waiting]);
  };

  it("proposes nothing that can never be executed", async () => {
    const fleet = ["--id", "2", "--signer", await addressOf("fleet")];
    const admission = ["admission", ...fleet, "--roles", "custodian", "--name", "Twice", "--kind", "firm"];
    const governors = (await cliJson(["list", "proposals", ...server])).proposals;
    const refused: [string[], string][] = [
      [admission, "participant-exists"],
      [["signer-rotation", ...fleet, "--reason", "x"], "proposal-changes-nothing"],
      [["reinstatement", "--id", "2", "--reason", "x"], "participant-not-suspended"],
      [
        ["governor-change", "--governor", await addressOf("fleet"), "--threshold", "2", "--reason", "x"],
        "request-invalid",
      ],
    ];
    for (const [words, code] of refused) {
      expect(await cliError(["propose", ...words, ...as("governor-1")], 1)).to.equal(code);
    }
    expect((await cliJson(["list", "proposals", ...server])).proposals).to.deep.equal(governors);
  });

  it("voids a misprint that never moved", async () => {
    const mint = async (name: string): Promise<string> => {
      const { events } = await cliJson(["mint", "--uid", UID(name), ...as("producer"), ...waiting]);
      return events[0].passports[0].passportId;
    };
    packs.a = await mint("A");
    packs.b = await mint("B");
    const misprint = await mint("misprint");
    expect(await cliError(["void", misprint, "--reason", "x", ...as("fleet")], 1)).to.equal("not-custodian");
    await cliJson(["void", misprint, "--reason", "label misprinted", ...as("producer"), ...waiting]);
    const { passport, custody } = await show(misprint);
    expect([passport.phase, custody.steps.at(-1).kind]).to.deep.equal(["void", "void"]);
  });

  it("holds what a regulator stops, and says until when", async () => {
    expect(await cliError(["hold", packs.a, "--days", "3", "--reason", "x", ...as("fleet")], 1)).to.equal(
      "actor-lacks-role",
    );
    expect(await cliError(["hold", packs.a, "--reason", "x", ...as("regulator")], 2)).to.equal("usage");
    const { state, order } = await hold(packs.a);
    expect(state).to.be.oneOf(["included", "safe", "finalized"]);
    expect((await show(packs.a)).custody.hold).to.include({ counter: 1, regulator: 6, until: order.until });
    expect((await cli(["show", packs.a, ...server])).out).to.match(/^on hold until \d{4}-/m);
    const offer = ["offer", "--to", "3", "--passport", packs.a, ...as("producer")];
    expect(await cliError(offer, 1)).to.equal("held");
    expect(await cliError([...offer, "--rpc", installation.rpcUrl], 1)).to.equal("held");
  });

  it("shows a hold in the verifier's report, from the chain itself", async () => {
    await waitUntil("the hold is final", async () => {
      const run = await cli(["verify", packs.a, "--rpc", installation.rpcUrl, "--trust-root", root, ...server]);
      return run.code === 0 && /^ON HOLD until \d{4}-/m.test(run.out);
    });
  });

  it("lets it go by the regulator, and another hold by the quorum", async () => {
    await cliJson(["release", packs.a, "--reason", "inspected", ...as("regulator"), ...waiting]);
    expect((await show(packs.a)).custody).to.include({ hold: null, holds: 1 });
    expect(await cliError(["release", packs.a, "--reason", "x", ...as("regulator")], 1)).to.equal("hold-missing");
    await hold(packs.b, "--rpc", installation.rpcUrl);
    const digest = await decide([
      "release",
      "--passport",
      packs.b,
      "--reason",
      "authority dissolved",
      "--rpc",
      installation.rpcUrl,
    ]);
    await executed();
    expect((await show(packs.b)).custody.hold).to.equal(null);
    const listed = await cliJson(["list", "proposals", "--state", "executed", ...server]);
    expect(listed.proposals.map((one: { digest: string }) => one.digest)).to.include(digest);
  });

  it("numbers a hold as the chain does where RPCs are named, whatever the operator says, and only where they agree", async () => {
    const passportId = packs.a as PassportId;
    const operator: Operator = {
      ...connectOperator(installation.url),
      get: async () => ({
        ...((await connectOperator(installation.url).get(`/v1/dpps/${packs.a}/custody`)) as object),
        holds: 7,
      }),
    };
    const rpc = connectJsonRpc(installation.rpcUrl);
    const behind: JsonRpc = {
      ...rpc,
      call: async (method, ...params) => (method === "eth_call" ? `0x${"0".repeat(128)}` : rpc.call(method, ...params)),
    };
    const session = { operator, trustRoot: parseTrustRoot(root), rpcs: [] };
    expect(await readHoldCount(session, passportId)).to.equal(7);
    expect(await readHoldCount({ ...session, rpcs: [rpc, rpc] }, passportId)).to.equal(1);
    const contradicted = readHoldCount({ ...session, rpcs: [rpc, behind] }, passportId);
    expect(await contradicted.catch((error) => error.code)).to.equal("rpc-unavailable");
  });

  it("splits a pack into modules, whose passports are found by what is printed on them", async () => {
    await handOver([packs.a, packs.b], "producer", "3", "collection-point");
    const uids = ["m1", "m2", "m3"].flatMap((name) => ["--uid", REBUILT(name)]);
    const split = ["transform", packs.a, ...uids, "--level", "module", ...as("collection-point")];
    const { products } = await cliJson([...split, ...waiting]);
    modules = products.map(({ passportId }: { passportId: string }) => passportId);
    expect((await show(packs.a)).passport.phase).to.equal("transformed");
    expect((await show(REBUILT("m2"))).passport).to.include({
      passportId: modules[1],
      level: "module",
      phase: "active",
    });
    const foreign = ["transform", modules[0] as string, "--uid", "urn:elsewhere:x", ...as("collection-point")];
    expect(await cliError(foreign, 1)).to.equal("identifier-outside-prefixes");
  });

  it("merges modules and a pack into a second-life pack, and verifies it back to both producers' packs", async () => {
    const inputs = [modules[0], modules[1], packs.b] as string[];
    const merge = ["transform", ...inputs, "--uid", REBUILT("pack"), "--level", "pack", ...as("collection-point")];
    const { products } = await cliJson([...merge, "--wait", "finalized", "--timeout", "30"]);
    rebuilt = products[0].passportId;
    const again = ["transform", packs.b, "--uid", REBUILT("twice"), ...as("collection-point")];
    expect(await cliError(again, 1)).to.equal("not-active");
    const run = await cli(["verify", rebuilt, "--rpc", installation.rpcUrl, "--trust-root", root, ...server]);
    expect(run.code, run.out + run.err).to.equal(0);
    expect(run.out).to.include("All 4 ancestors are there, and each was used up once.");
    const [made] = (await show(rebuilt)).custody.steps;
    expect([made.inputs, made.products]).to.deep.equal([[...inputs].sort(), [rebuilt]]);
    expect((await cli(["show", modules[0] as string, ...server])).out).to.include(`made ${rebuilt}`);
  });

  it("reassigns by quorum and receiver, visibly ordered by the quorum", async () => {
    const order = ["reassignment", "--passport", rebuilt, "--to", "2", "--reason", "custodian insolvent"];
    const digest = await decide(order);
    expect(await cliError(["accept", digest, ...as("regulator")], 1)).to.equal("offer-not-for-me");
    const { handovers } = await cliJson(["list", "offers", "--to", "2", ...server]);
    expect(handovers.map((one: { digest: string }) => one.digest)).to.deep.equal([digest]);
    await cliJson(["accept", digest, ...as("fleet"), "--wait", "finalized", "--timeout", "30"]);
    await executed();
    expect((await show(rebuilt)).custody.custodian).to.equal(2);
    expect((await cli(["show", rebuilt, ...server])).out).to.match(/reassignment the quorum → fleet/);
    const run = await cli(["verify", rebuilt, "--rpc", installation.rpcUrl, "--trust-root", root, ...server]);
    expect(run.code, run.out + run.err).to.equal(0);
    expect(run.out).to.include("1 reassignments were ordered by the quorum, not signed by the giver.");
  });

  it("lets an account rotate its signer, whose old signatures stay valid", async () => {
    const account = await addressOf("fleet");
    await connectJsonRpc(installation.rpcUrl).call("anvil_setBalance", account, "0xde0b6b3a7640000");
    const signer = Wallet.createRandom().address.toLowerCase();
    const words = ["rotate", "--id", "2", "--signer", signer, "--rpc", installation.rpcUrl];
    expect(await cliError([...words, ...as("producer")], 1)).to.equal("participant-not-mine");
    await cliJson([...words, ...as("fleet")]);
    await waitUntil("it is followed", async () => (await cliJson(["participants", "2", ...server])).signer === signer);
    const run = await cli(["verify", rebuilt, "--rpc", installation.rpcUrl, "--trust-root", root, ...server]);
    expect(run.code, run.out + run.err).to.be.oneOf([0, 2]);
    expect(await cliError(["withdraw", rebuilt, ...as("fleet")], 1)).to.equal("signer-unknown");
  });
});
