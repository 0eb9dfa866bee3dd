import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { openKeystore, type Signer } from "../../scripts/cli/keys/keystore.ts";
import { connectOperator } from "../../scripts/cli/operator/connectOperator.ts";
import { readRegistry } from "../../scripts/cli/session.ts";
import { cli, cliJson } from "../cli/cli.ts";
import { hasInterop, repaired, SAMPLES } from "../domain/documents/interop.ts";
import { type RunningServer, runServer } from "../main/runServer.ts";
import { freePort } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

const UID = (serial: number) => `https://id.gs1.org/01/09521000000018/21/D${serial}`;
const WHOLE = SAMPLES.map(({ model, bytes }) => ({
  format: model.startsWith("catena") ? "catena-x" : model.replace("/1.2", ""),
  /** As its publisher sent it, but for the one that breaks its own schema: that one as its sender would mend it. */
  bytes: () => (model.endsWith("MaterialComposition") ? repaired(bytes()) : bytes()),
}));
const SUBMODELS = WHOLE.filter(({ format }) => format !== "catena-x");

const parsed = (bytes: Uint8Array) =>
  JSON.parse(new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-8").decode(bytes).replace(/^\ufeff/, ""));

/** A passport made of documents, and what must come out of it again. */
type Minted = { readonly passportId: string; readonly formats: Readonly<Record<string, () => Uint8Array>> };

describe("the publishers' samples, from partners' files to the chain and back", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  const dataDir = join(folder, "installation");
  const place = (name: string) => join(folder, name);
  let server: RunningServer;
  let port: number;
  let trustRoot: string;
  let operator: string[];
  let as: (key: string) => string[];
  const minted: Minted[] = [];

  const start = async () => {
    server = runServer(dataDir, { port, env: { LOG_LEVEL: "error" } });
    await server.ready(90_000);
  };
  const stop = async () => {
    server.signal("SIGTERM");
    await server.ended;
  };
  const base = () => `http://127.0.0.1:${port}`;
  const post = async (path: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(base() + path, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, answer: (await response.json()) as ReturnType<typeof JSON.parse> };
  };
  const save = (format: string, bytes: Uint8Array) => {
    const file = place(`${format.replace("/", "-")}.json`);
    writeFileSync(file, bytes);
    return file;
  };

  before(async function () {
    if (!hasInterop) this.skip();
    port = await freePort();
    await start();
    operator = ["--operator", base()];
    const password = join(dataDir, "keys", "password");
    as = (key) => [...operator, "--key", join(dataDir, "keys", `${key}.json`), "--password-file", password];
    trustRoot = formatTrustRoot((await readRegistry(connectOperator(base()))).trustRoot);
    await admit("1", "producer", "producer,custodian", ["gs1:9521000", "urn:urn:bmwk", "urn:urn:uuid"]);
    await admit("2", "fleet", "custodian", []);
  });
  after(async () => {
    server?.signal("SIGKILL");
    await server?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const keyOf = async (name: string): Promise<Signer> => {
    const password = readFileSync(join(dataDir, "keys", "password"), "utf8").trim();
    return await openKeystore(join(dataDir, "keys", `${name}.json`), password);
  };

  async function admit(id: string, key: string, roles: string, prefixes: readonly string[]): Promise<void> {
    const { address } = await keyOf(key);
    const named = ["--id", id, "--signer", address, "--roles", roles, "--name", key, "--kind", "battery-maker"];
    const may = prefixes.flatMap((prefix) => ["--prefix", prefix]);
    const { digest } = await cliJson(["propose", "admission", ...named, ...may, ...as("governor-1")]);
    await cliJson(["approve", digest, ...as("governor-2")]);
    await waitUntil(`${key} is admitted`, async () => (await cli(["participants", id, ...operator])).code === 0);
  }

  it("are minted from their files: alone by what they name their battery, and all of them together", async () => {
    const [catenaX, general] = WHOLE as [(typeof WHOLE)[number], (typeof WHOLE)[number]];
    const files = WHOLE.map(({ format, bytes }) => save(format, bytes()));
    const kept = (name: string) => ["--keep", place(`${name}.kept.json`)];
    const mint = async (words: string[]) =>
      (await cliJson(["mint", ...words, ...as("producer")])).events[0].passports[0];

    const own = await mint(["--file", files[0] as string, ...kept("catena-x")]);
    expect(own.uid).to.equal("urn:uuid:550e8400-e29b-41d4-a716-446655440000");
    minted.push({ ...own, formats: { "catena-x": catenaX.bytes } });
    const named = await mint(["--file", files[1] as string]);
    expect(named.uid).to.equal("urn:bmwk:123456687678");
    minted.push({ ...named, formats: { [general.format]: general.bytes } });

    const all = files.flatMap((file) => ["--file", file]);
    const together = await mint([...all, "--uid", UID(1), ...kept("together")]);
    expect(statSync(place("together.kept.json")).mode & 0o077).to.equal(0);
    const submodels = Object.fromEntries(WHOLE.map(({ format, bytes }) => [format, bytes]));
    minted.push({ ...together, formats: submodels });
  });

  it("are minted by HTTP as well, each submodel alone under a uid that its sender names", async () => {
    const { sign } = await keyOf("producer");
    const submissions = [];
    for (const [i, { format, bytes }] of SUBMODELS.entries()) {
      const documents = [Buffer.from(bytes()).toString("base64")];
      const { status, answer } = await post("/v1/document-mints", { issuer: 1, documents, uid: UID(10 + i) });
      expect(status, JSON.stringify(answer)).to.equal(200);
      const { passportId, event, digest, record, disclosures } = answer;
      submissions.push({ event: { ...event, actorSignature: sign(digest) }, records: [{ record, disclosures }] });
      minted.push({ passportId, formats: { [format]: bytes } });
    }
    const { answer } = await post("/v1/custody-events", submissions);
    expect(answer.results.map(({ state }: { state: string }) => state)).to.deep.equal(SUBMODELS.map(() => "accepted"));
  });

  it("are refused without an identifier, and where one breaks its own schema by JSON path and rule", async () => {
    for (const { format, bytes } of SUBMODELS.slice(1)) {
      const run = await cli(["mint", "--file", save(format, bytes()), ...as("producer")]);
      expect([run.code, run.err]).to.satisfy(
        ([code, err]: [number, string]) => code === 1 && err.includes("[document-without-identifier]"),
      );
    }
    const broken = SAMPLES.find(({ model }) => model.endsWith("MaterialComposition"))?.bytes() as Uint8Array;
    const file = save("broken", broken);
    const { code, err } = await cli(["mint", "--file", file, "--uid", UID(99), ...as("producer")]);
    expect(code).to.equal(1);
    expect(err).to.include("[document-invalid]").and.to.include(file);
    expect(err).to.include("$.batteryMaterials[0].batteryMaterialIdentifier breaks pattern");
    const documents = [Buffer.from(broken).toString("base64")];
    const { status, answer } = await post("/v1/document-mints", { issuer: 1, documents, uid: UID(99) });
    expect([status, answer.values.problems[0].path]).to.deep.equal([
      422,
      "$.batteryMaterials[0].batteryMaterialIdentifier",
    ]);
  });

  it("are handed over in one consignment, signed by both", async () => {
    await waitUntil("all are on the chain", async () => {
      const { passports } = await cliJson(["list", "passports", "--custodian", "1", ...operator]);
      return passports.length === minted.length;
    });
    const offered = minted.flatMap(({ passportId }) => ["--passport", passportId]);
    const { digest } = await cliJson(["offer", "--to", "2", ...offered, ...as("producer")]);
    const accepted = await cliJson(["accept", digest, ...as("fleet"), "--wait", "finalized", "--timeout", "60"]);
    expect(accepted.taken).to.have.length(minted.length);
  });

  /** Every passport verifies against the chain, and its new custodian gets every document back. */
  async function expectAllBack(): Promise<void> {
    const { rpcUrl } = JSON.parse(readFileSync(join(dataDir, "chain", "endpoint.json"), "utf8"));
    for (const [i, { passportId, formats }] of minted.entries()) {
      const run = await cli(["verify", passportId, "--rpc", rpcUrl, "--trust-root", trustRoot, ...operator]);
      expect([run.code, /^VERIFIED/m.test(run.out)], run.out + run.err).to.deep.equal([0, true]);
      for (const [format, bytes] of Object.entries(formats)) {
        const { out, err } = await cli(["export", passportId, "--format", format, "-o", "-", ...as("fleet")]);
        expect(err).to.equal("");
        expect(JSON.parse(out), `${i}: ${format}`).to.deep.equal(parsed(bytes()));
      }
    }
  }

  it("verify, and come out equal for their new custodian", expectAllBack);

  it("come out equal from the copy that their signer kept, and for nobody without one or the right", async () => {
    const [own, , together] = minted as [Minted, Minted, Minted];
    const fromFile = async ({ passportId }: Minted, name: string, format: string) => {
      const kept = ["--disclosures", place(`${name}.kept.json`)];
      return await cli(["export", passportId, "--format", format, ...kept, "-o", "-", ...operator]);
    };
    expect(JSON.parse((await fromFile(own, "catena-x", "catena-x")).out)).to.deep.equal(parsed(WHOLE[0]!.bytes()));
    const several = JSON.parse((await fromFile(together, "together", "batterypass")).out);
    for (const { format, bytes } of SUBMODELS) {
      expect(several[format.slice("batterypass/".length)], format).to.deep.equal(parsed(bytes()));
    }
    expect((await fromFile(own, "together", "catena-x")).err).to.include("[document-not-kept]");
    expect((await fromFile(own, "catena-x", "batterypass")).err).to.include("[document-not-kept]");
    expect((await fromFile(own, "catena-x", "pdf")).err).to.include("[format-unknown]");
    const unsaid = ["export", own.passportId, "--format", "catena-x", "-o", "-", ...operator];
    const stranger = [...as("recycler")];
    expect((await cli(unsaid)).err).to.include("[usage]");
    expect((await cli([...unsaid, ...stranger])).code).to.equal(1);
    const file = place("own.disclosures.json");
    const saved = ["export", own.passportId, "--format", "disclosures", "-o", file, ...as("fleet")];
    expect((await cliJson(saved)).file).to.equal(file);
    const again = ["export", own.passportId, "--format", "catena-x", "--disclosures", file, "-o", "-", ...operator];
    expect(JSON.parse((await cli(again)).out)).to.deep.equal(parsed(WHOLE[0]!.bytes()));
  });

  it("verify and come out equal after a restart", async () => {
    await stop();
    await start();
    await expectAllBack();
  });
});
