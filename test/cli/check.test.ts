import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { JsonObject } from "../../backend/domain/types.ts";
import { DATA_SAMPLES, TYPE_SAMPLES } from "../domain/records/sampleFields.ts";
import { cli, cliError } from "./cli.ts";

describe("battery-passport check", () => {
  let folder: string;
  const place = async (name: string, fields: unknown): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(fields));
    return file;
  };
  const { subject: _subject, ...MINT } = TYPE_SAMPLES["mint/2"] as JsonObject;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "battery-passport-check-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("names every data point with its article and state, and ends with 1 while one is missing", async () => {
    const run = await cli(["check", await place("mint.json", MINT)]);
    expect(run.code, run.err).to.equal(1);
    expect(run.out).to.match(/^ev: not complete \(/m);
    expect(run.out).to.match(/^ {2}10 {2}present +mandatory +Annex VI A \(5\) +mass$/m);
    expect(run.out).to.match(/^ {2}23 {2}missing +mandatory +Annex XIII 1 \(e\) +recycled lead$/m);
    expect(run.out.match(/^ +\d+ {2}/gm)).to.have.length(71);
  });

  it("counts what other records say, by their kind", async () => {
    const files = [await place("mint.json", MINT), await place("health.json", DATA_SAMPLES["state-of-health"])];
    const states = async (...words: string[]) => {
      const { readiness } = JSON.parse((await cli(["check", ...words, "--json"])).out);
      return [52, 61].map((number) => readiness[0].points[number - 1].state);
    };
    expect(await states(...files)).to.deep.equal(["present", "present"]);
    expect(await states(...files.slice(0, 1))).to.deep.equal(["missing", "missing"]);
    expect(await states(...files, "--category", "lmt")).to.deep.equal(["present", "not-applicable"]);
  });

  it("names broken rules by path", async () => {
    const file = await place("bad.json", { ...DATA_SAMPLES["state-of-health"], measuredAt: "yesterday", cycles: 1.5 });
    const { problems } = JSON.parse((await cli(["check", file, "--json"])).out);
    expect(problems.map(({ path, rule }: Record<string, string>) => `${path} ${rule}`)).to.deep.equal([
      "$.measuredAt time",
      "$.cycles count",
    ]);
  });

  it("takes files or one passport, and no type that is unknown", async () => {
    expect(await cliError(["check"], 2)).to.equal("usage");
    expect(await cliError(["check", "a.json", "--uid", "urn:example:1"], 2)).to.equal("usage");
    expect(await cliError(["check", await place("odd.json", { type: "mint/99" })], 2)).to.equal("usage");
    expect((await cli(["check", await place("kind.json", { kind: "horoscope" })])).out).to.include("[data-kind]");
  });
});
