import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { reveal } from "../../backend/domain/records/disclosures.ts";
import type { Uid } from "../../backend/domain/types.ts";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { cli, cliError, cliJson } from "./cli.ts";
import { startInstallation, type TestInstallation } from "./installation.ts";

const UID = "https://id.gs1.org/01/09521000000018/21/R1";
const HEALTH = {
  measuredAt: "2026-03-03T10:15:00+08:00",
  ratedCapacity: { value: "166", unit: "Ah" },
  measuredCapacity: { value: "126.2", unit: "Ah" },
  stateOfHealth: { value: "76.0", unit: "%" },
};

describe("data records by the command line", function () {
  this.timeout(60_000);
  let installation: TestInstallation;
  let server: string[];
  let root: string;
  let as: (key: string) => string[];
  let passportId: string;
  let health: string;
  let measured: string;

  const write = async (name: string, content: unknown): Promise<string> => {
    const file = join(installation.dataDir, "work", name);
    await writeFile(file, JSON.stringify(content));
    return file;
  };
  const record = (...words: string[]) => cliJson(["record", ...words, "--timeout", "50"]);

  before(async () => {
    installation = await startInstallation();
    const { dataDir, url } = installation;
    await mkdir(join(dataDir, "work"));
    root = formatTrustRoot(installation.deployment);
    server = ["--operator", url];
    const keys = join(dataDir, "keys");
    as = (key) => [...server, "--key", join(keys, `${key}.json`), "--password-file", join(keys, "password")];
    health = await write("health.json", HEALTH);
    const firms = [
      ["1", "producer", "producer,custodian", ["--prefix", "gs1:9521000"]],
      ["5", "test-lab", "test_lab", []],
      ["7", "operator", "operator", []],
    ] as const;
    for (const [id, key, roles, more] of firms) await admit(id, key, roles, more);
    const { events } = await cliJson(["mint", "--uid", UID, ...as("producer"), "--wait", "included"]);
    passportId = events[0].passports[0].passportId;
  });
  after(() => installation?.stop());

  async function admit(id: string, key: string, roles: string, more: readonly string[] = []): Promise<void> {
    const keystore = JSON.parse(await readFile(join(installation.dataDir, "keys", `${key}.json`), "utf8"));
    const words = ["--id", id, "--signer", `0x${keystore.address}`, "--roles", roles, "--name", key, "--kind", "firm"];
    const { digest } = await cliJson(["propose", "admission", ...words, ...more, ...as("governor-1")]);
    await cliJson(["approve", digest, ...as("governor-2")]);
    await waitUntil("the firm is admitted", async () => {
      const { proposals } = await cliJson(["list", "proposals", "--state", "executed", ...server]);
      return proposals.some((one: { digest: string }) => one.digest === digest);
    });
  }

  it("tell in their help what each kind must say", async () => {
    const { out } = await cli(["record", "--help"]);
    expect(out)
      .to.match(/state-of-health +measuredAt, stateOfHealth/)
      .and.to.match(/correction +supersedes, corrections/)
      .and.to.not.include("--valid-days");
  });

  it("are signed about a battery by its uid, and shown without what they say", async () => {
    const words = ["--kind", "state-of-health", "--uid", UID, "--fields", health, ...as("test-lab")];
    const done = await record(...words);
    expect(done).to.include({ kind: "state-of-health", passportId, state: "accepted" });
    measured = done.digest;
    const shown = await cli(["show", UID, ...server]);
    expect(shown.out).to.match(new RegExp(`data record +test-lab \\(5\\) .*${measured}`));
    expect(shown.out).to.not.include("76.0").and.to.not.include("state-of-health");
  });

  it("are corrected by their author, field by field, and final when the command returns", async () => {
    const value = JSON.stringify({ value: "75.9", unit: "%" });
    const words = ["--kind", "correction", "--supersedes", measured, "--field", "stateOfHealth", "--value", value];
    const kept = join(installation.dataDir, "work", "kept.json");
    const done = await record(
      ...words,
      ...["--reason", "misread", "--keep", kept, "--wait", "finalized"],
      ...as("test-lab"),
    );
    expect(done).to.include({ kind: "correction", passportId, state: "finalized" });
    const { dataRecords } = await cliJson(["show", passportId, ...server]);
    expect(dataRecords.map(({ digest }: { digest: string }) => digest)).to.have.members([measured, done.digest]);
    const { records } = JSON.parse(await readFile(kept, "utf8"));
    expect(reveal(records[0].record, records[0].disclosures).value).to.deep.include({
      kind: "correction",
      supersedes: measured,
      corrections: [{ path: "$.stateOfHealth", value: { value: "75.9", unit: "%" } }],
    });
  });

  it("verify against the chain, each with its author, time and block", async () => {
    const words = ["verify", UID, ...server, "--rpc", installation.rpcUrl, "--trust-root", root];
    const run = await cli(words);
    expect(run.code, run.out + run.err).to.equal(0);
    expect(run.out).to.match(/passed +data-records +All 2 shown data records/);
    expect(run.out.match(/^ {6}data record \d: participant 5, at \S+Z, block \d+$/gm)).to.have.length(2);
  });

  it("are about a plant that its operator names, then about its id for everybody else", async () => {
    const plant = await write("plant.json", {
      name: "Works 3",
      facility: "pack",
      validFrom: "2026-01-01",
      capacities: [{ of: "packs", capacity: { value: "90000", unit: "pack/year" } }],
    });
    const audit = await write("audit.json", { inspectedAt: "2026-03-01T08:00:00Z", result: "sound" });
    const gln = "https://id.gs1.org/414/9520123456788";
    const opened = await record("--kind", "facility", "--subject", gln, "--fields", plant, ...as("producer"));
    expect(opened.subjectId).to.equal(passportIdOf(1, gln as Uid));
    const about = ["--kind", "inspection", "--fields", audit];
    await record(...about, "--passport", opened.subjectId, "--wait", "finalized", ...as("test-lab"));
    const answer = await fetch(`${installation.url}/v1/data-records?subject=${opened.subjectId}`);
    const { dataRecords } = (await answer.json()) as { dataRecords: { dataRecord: { author: number } }[] };
    expect(dataRecords.map(({ dataRecord }) => dataRecord.author)).to.have.members([1, 5]);
    const elsewhere = ["record", ...about, "--subject", "urn:example:nothing-there", ...as("test-lab")];
    expect(await cliError(elsewhere, 1)).to.equal("subject-unknown");
    const vin = await cli(["record", "--kind", "vehicle", "--subject", "LSVAU2180N2183294", "--fields", plant]);
    expect(vin.code).to.equal(2);
    expect(vin.err).to.include("urn:uuid:");
  });

  it("are not signed by somebody else's key, nor when the fields break the kind's rules", async () => {
    const lab = as("test-lab");
    const about = ["--passport", passportId];
    const bad = await write("bad.json", { ...HEALTH, stateOfHealth: { value: "80.0", unit: "%" } });
    const empty = await write("empty.json", {});
    const correction = ["--kind", "correction", "--field", "$.stateOfHealth", "--value", "1"];
    const healthOf = (file: string) => ["record", "--kind", "state-of-health", "--fields", file];
    expect(await cliError([...healthOf(bad), ...about, ...lab], 1)).to.equal("record-fields-invalid");
    expect(await cliError([...healthOf(empty), ...about, ...lab], 1)).to.equal("record-fields-invalid");
    const foreign = ["record", ...correction, "--supersedes", measured, ...as("producer")];
    expect(await cliError(foreign, 1)).to.equal("correction-not-by-author");
    const unknown = ["record", ...correction, "--supersedes", `0x${"11".repeat(32)}`, ...lab];
    expect(await cliError(unknown, 1)).to.equal("data-record-unknown");
    const nowhere = [...healthOf(health), "--passport", `0x${"00".repeat(19)}01`, ...lab];
    expect(await cliError(nowhere, 1)).to.equal("subject-unknown");
    const future = [...healthOf(health), ...about, "--at", "2999-01-01T00:00:00Z", ...lab];
    expect(await cliError(future, 1)).to.equal("occurred-in-future");
  });

  it("need the options that go together, and only those", async () => {
    const lab = as("test-lab");
    const health5 = ["record", "--kind", "state-of-health"];
    for (const words of [
      [...health5, "--fields", health],
      [...health5, "--uid", UID],
      [...health5, "--uid", UID, "--passport", passportId, "--fields", health],
      [...health5, "--uid", UID, "--subject", "urn:example:plant", "--fields", health],
      [...health5, "--uid", UID, "--fields", health, "--supersedes", measured],
      ["record", "--kind", "correction"],
      ["record", "--kind", "correction", "--supersedes", measured],
      ["record", "--kind", "correction", "--supersedes", measured, "--field", "a", "--field", "b", "--value", "1"],
      ["record", "--kind", "correction", "--supersedes", measured, "--uid", UID, "--field", "a", "--value", "1"],
    ]) {
      expect(await cliError([...words, ...lab], 2), words.join(" ")).to.equal("usage");
    }
    expect((await cli([...health5, "--uid", UID, "--at", "yesterday", ...lab])).code).to.equal(2);
    expect((await cli(["record", "--kind", "gossip", ...lab])).code).to.equal(2);
  });
});
