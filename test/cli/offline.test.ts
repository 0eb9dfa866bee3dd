import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import { checkRecordFields } from "../../backend/domain/records/checkRecordFields.ts";
import type { RecordType } from "../../backend/domain/records/recordTypes.ts";
import type { JsonObject } from "../../backend/domain/types.ts";
import { HEALTH, PACK, PARAMETERS } from "../domain/valuation/sampleValuation.ts";
import { cli, cliError, cliJson } from "./cli.ts";

describe("commands that ask nobody", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "battery-passport-judge-"));
  });
  after(() => rm(folder, { recursive: true }));

  const write = async (fields: object): Promise<string> => {
    const file = join(folder, "fields.json");
    await writeFile(file, JSON.stringify(fields));
    return file;
  };

  describe("decode", () => {
    it("takes a code apart, and says what it mended", async () => {
      const { identifier } = await cliJson(["decode", "04QCB76836300JBC40000903"]);
      expect(identifier.parts).to.include({ manufacturer: "04Q", level: "cell", date: "2021-12-04" });
      const run = await cli(["decode", "--lenient", "001cb-240000003-B3C-O221953"]);
      expect(run.out).to.contain("B (lithium iron phosphate)").and.contain("character 18, O read as 0");
      expect(await cliError(["decode", "001cb-240000003-B3C-O221953"], 1)).to.equal("uid-malformed");
    });

    it("ends with 1 where codes do not belong together, and names the rule", async () => {
      const fits = ["decode", "04QMB76C700002596RP", "--original", "04QMB76836300JBC40000903"];
      expect((await cli(fits)).code).to.equal(0);
      const cells = await cli(["decode", "001MB240000003B3C0000001", "--part", "001CE240000003B3C0000002"]);
      expect(cells.code).to.equal(1);
      expect(cells.out).to.contain("[part-chemistry]");
    });
  });

  describe("rules", () => {
    it("show what holds on a day, with source and note", async () => {
      const { out } = await cli(["rules", "--date", "2028-06-01"]);
      expect(out).to.contain("eu-material-recovery-2027").and.contain("Annex XII").and.contain("do not share an axis");
      expect(out).not.to.contain("eu-material-recovery-2031");
      expect((await cli(["rules", "cn-reporting-2018"])).out)
        .to.contain("battery-out")
        .and.contain("15 working days");
      expect(await cliError(["rules", "none"], 1)).to.equal("rule-set-unknown");
    });
  });

  describe("judge", () => {
    const kg = (value: string) => ({ value, unit: "kg" });

    it("judges a closure by the rules of the day it was finished", async () => {
      const closure = {
        finishedOn: "2026-06-01",
        input: kg("100"),
        products: [{ material: "black mass", mass: kg("66") }],
        recovered: [{ element: "Co", mass: kg("1"), contained: kg("2") }],
      };
      const file = await write(closure);
      expect((await cli(["judge", file])).code).to.equal(0);
      const later = await cli(["judge", file, "--date", "2028-06-01"]);
      expect(later.code).to.equal(1);
      expect(later.out).to.match(
        /missed +Co: 50\.000000 %; at least 90 % is asked for\. {2}\[eu-material-recovery-2027 Co\]/,
      );
    });

    it("ends with 2 where nobody can say", async () => {
      const report = await cli([
        "judge",
        await write({ duty: "battery-out", occurredOn: "2026-12-30", reportedOn: null }),
      ]);
      expect(report.code).to.equal(2);
      expect(report.out).to.contain("nobody can say");
      const health = await write({ stateOfHealth: { value: "95", unit: "%" }, measuredOn: "2026-05-01" });
      expect((await cli(["judge", health])).code).to.equal(2);
    });

    it("judges records by what is disclosed of them, a state of health with the last inspection beside it", async () => {
      const subject = passportIdOf(1, normaliseUid("urn:example:judged"));
      const sealed = (type: RecordType, fields: JsonObject) => {
        const random = (length: number) => new Uint8Array(randomBytes(length));
        const { record, disclosures } = buildRecord(type, { subject, ...fields }, random);
        return { record, disclosures };
      };
      const health = sealed("data/1", {
        kind: "state-of-health",
        measuredAt: "2026-09-03T09:30:00+08:00",
        stateOfHealth: { value: "84", unit: "%" },
      });
      const inspected = (result: string, inspectedAt: string) =>
        sealed("data/1", { kind: "inspection", inspectedAt, result });
      const judge = async (value: object, ...more: string[]) => cli(["judge", await write(value), ...more]);
      const sound = inspected("sound", "2026-09-03T10:00:00+08:00");
      expect((await judge({ records: [health, sound] })).out).to.match(/^met +REUSE_VEHICLE/m);
      const unsafe = inspected("unsafe", "2026-09-04T10:00:00+08:00");
      expect((await judge({ records: [health, unsafe, sound] })).out).to.match(/^missed +UNSAFE_HOLD/m);
      expect((await judge(health)).code).to.equal(2);
      const questions = [
        { asks: "Does it leak?", answer: false },
        { asks: "是否浸水？", answer: true },
      ];
      const handover = sealed("handover/2", { transportSafety: { list: "A", questions, mayTravel: false } });
      const travel = await judge(handover, "--date", "2026-09-05");
      expect(travel.out)
        .to.match(/^met +Does it leak/m)
        .and.match(/^missed +Was it under water/m);
      const closure = sealed("closure/2", {
        finishedOn: "2028-06-01",
        input: kg("100"),
        recovered: [{ element: "Co", mass: kg("1"), contained: kg("2") }],
      });
      expect((await judge(closure)).out).to.match(/missed +Co: 50/);
      expect(await cliError(["judge", await write(sound)], 2)).to.equal("usage");
      const forged = await write({ ...health, disclosures: [closure.disclosures[0]] });
      expect(await cliError(["judge", forged], 1)).to.equal("disclosure-unknown");
    });

    it("judges transport and recycled content, and refuses what no rule set is about", async () => {
      const transport = await write({ transport: { leakage: true }, checkedOn: "2026-05-01" });
      expect((await cli(["judge", transport])).code).to.equal(1);
      const content = { cobalt: 16, lithium: 6, nickel: 6, lead: 85 };
      const recycledContent = Object.fromEntries(
        Object.entries(content).map(([name, value]) => [name, { value, unit: "%" }]),
      );
      const model = await write({ model: { recycledContent }, placedOn: "2032-01-01" });
      expect((await cli(["judge", model])).code).to.equal(0);
      expect((await cli(["judge", model, "--date", "2037-01-01"])).code).to.equal(1);
      expect(await cliError(["judge", await write({ colour: "red" })], 2)).to.equal("usage");
      expect(await cliError(["judge", await write({ recovered: [] })], 2)).to.equal("usage");
    });
  });

  describe("value", () => {
    const save = async (name: string, content: object): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, JSON.stringify(content));
      return file;
    };
    const sealed = (type: RecordType, fields: JsonObject) => {
      const random = (length: number) => new Uint8Array(randomBytes(length));
      const { record, disclosures } = buildRecord(type, fields, random);
      return { record, disclosures };
    };

    it("shows the range, every step, the dates of prices and the hash of the parameters", async () => {
      const files = [await save("prices.json", PARAMETERS), await save("pack.json", { ...PACK, ...HEALTH })];
      const { out, code } = await cli(["value", ...files]);
      expect(code).to.equal(0);
      expect(out)
        .to.match(/^1134\.71 EUR as cascade \(1046\.76 to 1211\.79\): not an appraisal/)
        .and.contain("30.9624 kg × 0.95 recovered × 16 EUR/kg × 0.7 paid = 329.439936")
        .and.contain("new battery, per kWh: 95 EUR, quoted on 2026-11-01")
        .and.match(/parameters example\/2026-11 0x[0-9a-f]{64}/);
      expect((await cli(["value", ...files])).out).to.equal(out);
    });

    it("reads records that its caller may open, and writes what `record --kind residual-value` signs", async () => {
      const subject = passportIdOf(1, normaliseUid("urn:example:valued"));
      const prices = await save("prices.json", PARAMETERS);
      const mint = sealed("mint/2", { subject, uid: "urn:example:valued", ...PACK });
      const health = sealed("data/1", { subject, kind: "state-of-health", ...HEALTH });
      const kept = await save("kept.json", { records: [mint, health] });
      const file = join(folder, "value.json");
      const valuation = await cliJson(["value", prices, kept, "--fields", file, "--date", "2026-11-05"]);
      const fields = JSON.parse(await readFile(file, "utf8"));
      expect(fields).to.deep.include({
        kind: "residual-value",
        estimatedOn: "2026-11-05",
        parameters: valuation.parameters,
        note: "not an appraisal",
      });
      expect(fields.value.base).to.deep.equal({ value: "1134.71", unit: "EUR" });
      expect(checkRecordFields("data/1", { ...fields, type: "data/1", subject })).to.deep.equal([]);
    });

    it("refuses parameters by path, a battery by what it lacks, and records of two batteries", async () => {
      const prices = await save("prices.json", PARAMETERS);
      const wrong = await save("wrong.json", { ...PARAMETERS, recyclingCostPerKg: 1.2 });
      const pack = await save("pack.json", PACK);
      const run = await cli(["value", wrong, pack]);
      expect(run.code).to.equal(1);
      expect(run.err).to.contain("$.recyclingCostPerKg").and.contain("valuation-input-invalid");
      expect(await cliError(["value", prices, await save("empty.json", {})], 1)).to.equal(
        "valuation-battery-incomplete",
      );
      const two = ["a", "b"].map((name) => {
        const uid = `urn:example:${name}`;
        return sealed("mint/2", { subject: passportIdOf(1, normaliseUid(uid)), uid, ...PACK });
      });
      expect(await cliError(["value", prices, await save("two.json", { records: two })], 2)).to.equal("usage");
      expect(await cliError(["value", prices, pack, "--date", "2026-11-05"], 2)).to.equal("usage");
    });
  });
});
