import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type RunningServer, runServer } from "../main/runServer.ts";
import { freePort } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The command line as a person runs it. */
async function cli(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["scripts/cli/main.ts", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

type Passports = { passports: { passportId: string; phase: string; custodian: number }[] };
type Custody = { phase: string; custodian: number; steps: { kind: string; actor: number; counterparty: number }[] };

describe("the walk, from mint to closure", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "battery passport é电-"));
  const dataDir = join(folder, "first");
  let port: number;
  let base: string;
  let first: RunningServer;
  let trustRoot: string;
  let verifyArgs: string[];
  const passports: string[] = [];

  before(async () => {
    port = await freePort();
    base = `http://127.0.0.1:${port}`;
    first = runServer(dataDir, { port, env: { SAMPLE: "true" } });
    await first.ready(120_000);
    trustRoot = /trust root\s+(\S+)/.exec(first.output())?.[1] ?? "";
    verifyArgs = [
      "verify",
      join(dataDir, "sample", "recycled-pack.bundle.json"),
      "--chain",
      dataDir,
      "--trust-root",
      trustRoot,
    ];
    for (const { passportId } of (await json<Passports>(`${base}/v1/passports`)).passports) passports.push(passportId);
  });

  after(async () => {
    first.signal("SIGKILL");
    await first.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it("ends with one pack recycled and one in use, every handover signed by both", async () => {
    expect(passports.length).to.equal(2);
    const all = await Promise.all(passports.map((id) => json<Custody>(`${base}/v1/dpps/${id}/custody`)));
    const recycled = all.find(({ phase }) => phase === "closed");
    const inUse = all.find(({ phase }) => phase === "active");
    expect(recycled?.steps.map(({ kind }) => kind)).to.deep.equal([
      "mint",
      "handover",
      "handover",
      "handover",
      "closure",
    ]);
    expect(inUse?.steps.map(({ kind }) => kind)).to.deep.equal(["mint", "handover"]);
  });

  it("shows the test lab's record of the retired pack and its correction, and of neither what it is", async () => {
    const text = await (await fetch(`${base}/v1/data-records?author=5`)).text();
    const { dataRecords } = JSON.parse(text) as { dataRecords: { state: string }[] };
    expect(dataRecords.map(({ state }) => state)).to.deep.equal(["finalized", "finalized"]);
    expect(text).to.not.match(/health|correction/i);
  });

  it("prints a line that verifies the recycled pack", async () => {
    expect(first.output()).to.include("npx battery-passport verify");
    const { code, output } = await cli(...verifyArgs);
    expect(code, output).to.equal(0);
    expect(output).to.include("VERIFIED");
  });

  it("gives a second installation, with an empty database, the same custody, evidence and public record", async () => {
    const registry = await json<{ deploymentBlock: number }>(`${base}/v1/registry`);
    const chain = JSON.parse(readFileSync(join(dataDir, "chain", "endpoint.json"), "utf8")) as { rpcUrl: string };
    const otherPort = await freePort();
    const second = runServer(join(folder, "second"), {
      port: otherPort,
      env: {
        RPC_URL: chain.rpcUrl,
        TRUST_ROOT: trustRoot,
        DEPLOYMENT_BLOCK: String(registry.deploymentBlock),
        PEERS: base,
        LOG_LEVEL: "error",
      },
    });
    try {
      await second.ready();
      const other = `http://127.0.0.1:${otherPort}`;
      const views = (id: string) => [`/v1/dpps/${id}`, `/v1/dpps/${id}/custody`, `/v1/dpps/${id}/evidence`];
      const paths = [
        "/v1/passports",
        "/v1/participants",
        "/v1/data-records",
        "/v1/anchors",
        ...passports.flatMap(views),
      ];
      // Terms are explained at the operator's own address: of the whole record only that is each one's own.
      const text = async (operator: string, path: string) =>
        (await (await fetch(operator + path)).text()).replaceAll(`${operator}/v1/dictionary/`, "/v1/dictionary/");
      const differing = async () => {
        const pairs = await Promise.all(paths.map(async (path) => [await text(base, path), await text(other, path)]));
        return paths.filter((_, i) => pairs[i]?.[0] !== pairs[i]?.[1]);
      };
      await waitUntil("both installations tell the same", async () => (await differing()).length === 0, 30_000);
      expect(await differing()).to.deep.equal([]);
    } finally {
      second.signal("SIGTERM");
      await second.ended;
    }
  });

  it("fails, naming the check, when one bit of the bundle is changed", async () => {
    const file = join(folder, "changed.json");
    const bytes = readFileSync(verifyArgs[1] as string);
    const at = bytes.indexOf('"NMC622"') + 1;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(file, bytes);
    const { code, output } = await cli("verify", file, ...verifyArgs.slice(2));
    expect(code, output).to.equal(1);
    expect(output).to.match(/failed\s+records/);
  });

  it("cannot tell, and says so, when the chain does not answer", async () => {
    const { code, output } = await cli(
      ...verifyArgs.slice(0, 2),
      "--rpc",
      "http://127.0.0.1:1",
      "--trust-root",
      trustRoot,
    );
    expect(code, output).to.equal(2);
    expect(output).to.include("COULD NOT TELL");
  });

  it("verifies against the chain alone after the server has stopped", async () => {
    const begun = performance.now();
    first.signal("SIGTERM");
    expect((await first.ended).code).to.equal(0);
    expect(performance.now() - begun).to.be.below(5_000);
    const { code, output } = await cli(...verifyArgs);
    expect(code, output).to.equal(0);
  });

  it("goes on with the same data after a restart", async () => {
    first = runServer(dataDir, { port, env: { SAMPLE: "true" } });
    await first.ready();
    expect((await json<Passports>(`${base}/v1/passports`)).passports.map(({ passportId }) => passportId)).to.deep.equal(
      passports,
    );
    expect((await cli(...verifyArgs)).code).to.equal(0);
  });
});
