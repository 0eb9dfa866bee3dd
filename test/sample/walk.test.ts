import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { DomainError } from "../../backend/domain/errors.ts";
import { parseBundle } from "../../backend/domain/verification/bundle.ts";
import type { Signer } from "../../scripts/cli/keys/keystore.ts";
import { readCustody, readDataRecords, readParticipants } from "../../scripts/cli/operator/answers.ts";
import { connectOperator } from "../../scripts/cli/operator/connectOperator.ts";
import { openSession } from "../../scripts/cli/session.ts";
import { admitFirms } from "../../scripts/sample/admitFirms.ts";
import { OBSERVATIONS } from "../../scripts/sample/observations.ts";
import { SAMPLE_FIRMS, TEST_LAB } from "../../scripts/sample/sampleFirms.ts";
import { createSampleKeys } from "../../scripts/sample/sampleKeys.ts";
import { RECOVERY, RECYCLED_PACK } from "../../scripts/sample/samplePacks.ts";
import { playSampleWalk, type SampleWalk } from "../../scripts/sample/walk.ts";
import { IN_USE, RECYCLED, WALK } from "../../scripts/sample/walkSteps.ts";
import { cli, cliJson } from "../cli/cli.ts";
import { startForgetfulProxy } from "../cli/forgetfulProxy.ts";
import { startInstallation, type TestInstallation } from "../cli/installation.ts";

/** A command line as typed, without `npx battery-passport`. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "").slice(2);

class Interruption extends Error {}
const interrupt = (): never => {
  throw new Interruption();
};

describe("the sample walk", function () {
  this.timeout(180_000);
  let installation: TestInstallation;
  let walk: SampleWalk;

  const play = (log: (line: string) => void) =>
    playSampleWalk({ dataDir: installation.dataDir, operatorUrl: installation.url, log });

  before(async () => {
    installation = await startInstallation();
    // Interrupted after every line it says and after everything it sends, and begun anew each time.
    const proxy = await startForgetfulProxy(installation.url);
    for (let finished = false; !finished; ) {
      try {
        const { dataDir } = installation;
        walk = await playSampleWalk({ dataDir, operatorUrl: proxy.url, log: interrupt });
        finished = true;
      } catch (error) {
        const lost = error instanceof DomainError && error.code === "operator-unreachable";
        if (!lost && !(error instanceof Interruption)) throw error;
      }
    }
    expect(proxy.lost()).to.be.at.least(2 * SAMPLE_FIRMS.length + 2 + 2 * 3 + OBSERVATIONS.length);
    await proxy.stop();
  });
  after(() => installation?.stop());

  it("admits seven firms once each, though it was interrupted after every step", async () => {
    const participants = await readParticipants(connectOperator(installation.url));
    expect(participants.map(({ id, roles }) => [id, roles.join()])).to.deep.equal([
      [1, "PRODUCER,CUSTODIAN"],
      [2, "CUSTODIAN"],
      [3, "CUSTODIAN"],
      [4, "CUSTODIAN,DISMANTLER,RECYCLER"],
      [5, "TEST_LAB"],
      [6, "REGULATOR"],
      [7, "OPERATOR"],
    ]);
  });

  it("takes one pack from hand to hand to its closure, and leaves the other with the fleet", async () => {
    const operator = connectOperator(installation.url);
    const steps = async (id: typeof RECYCLED) =>
      (await readCustody(operator, id))?.steps.map(({ kind, actor, counterparty }) => [kind, actor, counterparty]);
    expect(await steps(RECYCLED)).to.deep.equal([
      ["mint", 1, 0],
      ["handover", 1, 2],
      ["handover", 2, 3],
      ["handover", 3, 4],
      ["closure", 4, 0],
    ]);
    expect(await steps(IN_USE)).to.deep.equal([
      ["mint", 1, 0],
      ["handover", 1, 2],
    ]);
    expect(await readCustody(operator, IN_USE)).to.include({ phase: "active", custodian: 2 });
    expect(await readCustody(operator, RECYCLED)).to.include({ phase: "closed", custodian: 4 });
  });

  it("has a test lab measure the retired pack and correct one figure, once each, both anchored and final", async () => {
    const dataRecords = await readDataRecords(connectOperator(installation.url), RECYCLED);
    expect(dataRecords.map(({ author, state }) => [author, state])).to.deep.equal([
      [TEST_LAB.id, "finalized"],
      [TEST_LAB.id, "finalized"],
    ]);
    const bundle = parseBundle(await readFile((walk.bundles[0] as { file: string }).file));
    expect(bundle.dataRecords.map(({ dataRecord }) => dataRecord.author)).to.deep.equal([TEST_LAB.id, TEST_LAB.id]);
  });

  it("changes nothing when it is played again", async () => {
    const before = await readFile((walk.bundles[0] as { file: string }).file);
    const lines: string[] = [];
    expect(await play((line) => void lines.push(line))).to.deep.equal(walk);
    expect(lines).to.deep.equal([]);
    expect(await readFile((walk.bundles[0] as { file: string }).file)).to.deep.equal(before);
  });

  it("still gives its line when a firm's key was changed after it", async () => {
    const file = join(installation.dataDir, "keys", "fleet.json");
    const kept = await readFile(file);
    await rm(file);
    expect(await play(() => undefined)).to.deep.equal(walk);
    await writeFile(file, kept, { mode: 0o600 });
  });

  it("admits nobody where others took the firms' numbers", async () => {
    const keys = await createSampleKeys(installation.dataDir);
    const session = await openSession({ operatorUrl: installation.url });
    const fleet = keys.firms.get("producer") as Signer;
    const others = { ...keys, firms: new Map([...keys.firms, ["fleet", fleet]]) };
    const refused = await admitFirms(session, others, () => undefined).catch((error) => error);
    expect(refused).to.include({ code: "sample-not-empty" });
    expect(refused.details.id).to.equal(2);
  });

  it("keeps keys, password and disclosures to their owner", async () => {
    const files = (await readdir(join(installation.dataDir, "keys"))).map((name) => join("keys", name));
    const steps = (await readdir(join(installation.dataDir, "sample", "steps"))).map((name) =>
      join("sample", "steps", name),
    );
    expect([files.length, steps.length]).to.deep.equal([
      3 + SAMPLE_FIRMS.length + 1,
      WALK.length + OBSERVATIONS.length,
    ]);
    for (const file of [...files, ...steps]) {
      expect((await stat(join(installation.dataDir, file))).mode & 0o077, file).to.equal(0);
    }
  });

  it("shows nothing of the closure and of the withheld fields in what it exports", async () => {
    for (const { file } of walk.bundles) {
      const text = await readFile(file, "utf8");
      for (const word of [
        "stateOfHealth",
        "state-of-health",
        "black mass",
        "30.404",
        "composition",
        "original",
        "waste",
      ]) {
        expect(text).to.not.include(word);
      }
    }
  });

  it("recovers no more of a metal than the pack holds, and balances the mass", () => {
    type Mass = { readonly value: string };
    const grams = ({ value }: Mass) => Math.round(Number(value) * 1000);
    const model = RECYCLED_PACK.model as unknown as { composition: { metals: Record<string, Mass> }; mass: Mass };
    const recovery = RECOVERY as unknown as {
      input: Mass;
      loss: Mass;
      recovered: readonly { element: string; contained: Mass; mass: Mass }[];
      products: readonly { mass: Mass }[];
      residues: readonly { mass: Mass }[];
    };
    for (const { element, contained, mass } of recovery.recovered) {
      expect(contained, element).to.deep.equal(model.composition.metals[element]);
      const rate = grams(mass) / grams(model.composition.metals[element] as Mass);
      expect(rate, element).to.be.within(0.9, 1);
    }
    const parts = [...recovery.products, ...recovery.residues].map(({ mass }) => grams(mass));
    expect(parts.reduce((sum, part) => sum + part, grams(recovery.loss))).to.equal(grams(recovery.input));
    expect(grams(recovery.input)).to.equal(grams(model.mass));
  });

  describe("verified without our server", () => {
    before(() => installation.stopServer());

    it("holds by the line that it returns, against the running chain", async () => {
      const report = await cliJson(wordsOf(walk.verifyCommand));
      expect(report).to.include({ verdict: "verified", passportId: RECYCLED });
    });

    it("holds against the saved chain when the chain's node is stopped too", async () => {
      await installation.stopChain();
      const run = await cli(wordsOf(walk.verifyCommand));
      expect(run.code, run.out + run.err).to.equal(0);
      expect(run.out).to.include("VERIFIED").and.to.include("(saved)");
    });
  });
});
