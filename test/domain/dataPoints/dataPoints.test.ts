import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CATEGORIES, type Duty } from "../../../backend/domain/dataPoints/dataPoint.ts";
import { DATA_POINTS } from "../../../backend/domain/dataPoints/dataPoints.ts";
import { pointOf } from "../../../backend/domain/dataPoints/pointOf.ts";
import { DATA_KINDS, isDataKind, specOfKind } from "../../../backend/domain/records/dataKinds.ts";
import { parseJsonPath } from "../../../backend/domain/records/jsonPath.ts";
import { kindOfType, RECORD_TYPES, type RecordType, specOf } from "../../../backend/domain/records/recordTypes.ts";

type Published = {
  readonly nr: number;
  readonly source: string | null;
  readonly accessTier: "public" | "legitimateInterest" | "notifiedBodiesAndAuthorities";
  readonly applicability: Readonly<Record<string, { readonly status: string }>>;
};

/** Paths that some version of a type, or a kind of data record, knows, without positions. */
function pathsOf(record: string): string[] {
  const specs = isDataKind(record)
    ? [specOfKind(record)]
    : (Object.keys(RECORD_TYPES) as RecordType[]).filter((type) => kindOfType(type) === record).map(specOf);
  return specs.flatMap(({ fields }) => Object.keys(fields).map((path) => path.replaceAll("[*]", "")));
}

describe("the data points", () => {
  it("are 71, in order, each with a name of its own", () => {
    expect(DATA_POINTS.map(({ number }) => number)).to.deep.equal(Array.from({ length: 71 }, (_, i) => i + 1));
    expect(new Set(DATA_POINTS.map(({ name }) => name)).size).to.equal(71);
  });

  it("have places that our records know, unless they are never to be filled", () => {
    for (const { number, places, duties } of DATA_POINTS) {
      if (places.length === 0)
        expect(Object.values(duties), String(number)).to.deep.equal(Array(3).fill("not-to-be-filled"));
      for (const { records, paths } of places) {
        for (const record of records) {
          const known = pathsOf(record);
          for (const path of paths) {
            const isKnown = known.some((one) => one === path || one.startsWith(`${path}.`));
            // A performance test has no fades; a place names both kinds, and one of them must know it.
            if (record !== "performance-test") expect(isKnown, `${number} ${record} ${path}`).to.equal(true);
          }
        }
      }
    }
  });

  it("of point 1 are public in our records where a record of an item has them, and the others never", () => {
    for (const { point, places } of DATA_POINTS) {
      for (const { paths } of places.filter(({ records }) => records.includes("mint"))) {
        for (const path of paths) {
          const fields = Object.entries(specOf("mint/2").fields).filter(([one]) => {
            const bare = one.replaceAll("[*]", "");
            return bare === path || bare.startsWith(`${path}.`);
          });
          expect(fields, path).to.not.have.length(0);
          for (const [one, spec] of fields) expect(spec.public ?? false, one).to.equal(point === 1);
        }
      }
    }
  });

  describe("beside the Commission's guidance", () => {
    const file = join(process.env.INTEROP_DIR ?? "", "ec-guidance-1.0", "datapoints.json");
    before(function () {
      if (process.env.INTEROP_DIR === undefined || !existsSync(file)) this.skip();
    });

    it("have the same numbers, articles, tiers and duties", () => {
      const { dataPoints } = JSON.parse(readFileSync(file, "utf8")) as { dataPoints: readonly Published[] };
      expect(dataPoints).to.have.length(71);
      for (const { nr, source, accessTier, applicability } of dataPoints) {
        const ours = DATA_POINTS[nr - 1]!;
        // It leaves out the article of the one point that is asked for in parts.
        if (source === null) expect([nr, ours.article]).to.deep.equal([16, "Annex XIII 1 (b)"]);
        else expect(`BR ${ours.article}`, String(nr)).to.equal(source);
        expect(TIERS[ours.point], String(nr)).to.equal(accessTier);
        for (const category of CATEGORIES) {
          expect(STATUSES[ours.duties[category]], `${nr} ${category}`).to.equal(applicability[category]?.status);
        }
      }
    });
  });
});

const TIERS = { 1: "public", 2: "legitimateInterest", 3: "notifiedBodiesAndAuthorities", 4: "legitimateInterest" };
const STATUSES: Readonly<Record<Duty, string>> = {
  mandatory: "mandatory",
  optional: "optional",
  conditional: "conditional",
  pending: "pending",
  "not-to-be-filled": "notToBeFilled",
};

describe("the point of a field", () => {
  const point = (record: string, path: string) => pointOf(record, parseJsonPath(path));

  it("is that of the data point at it or around it, in every version of the type", () => {
    for (const type of ["mint/1", "mint/2", "model/1", "transformation/2"]) {
      expect(point(type, "model.mass"), type).to.equal(1);
      expect(point(type, "model.composition.materials[3].mass"), type).to.equal(2);
      expect(point(type, "model.testReports[0].result"), type).to.equal(3);
    }
    expect(point("mint/2", "status")).to.equal(4);
    expect(point("state-of-health", "ratedCapacity")).to.equal(4);
    expect(point("certificate", "validUntil")).to.equal(3);
  });

  it("is nothing where no data point is", () => {
    for (const path of ["condition", "models.mass", "model", "mass", "__proto__", "constructor"]) {
      expect(point("mint/2", path), path).to.equal(undefined);
    }
    expect(point("constructor", "model.mass")).to.equal(undefined);
    expect(point("handover/2", "model.mass")).to.equal(undefined);
  });

  it("is never 1 for a field of a data record", () => {
    for (const kind of Object.keys(DATA_KINDS)) {
      for (const path of pathsOf(kind)) expect(point(kind, path) ?? 4, `${kind} ${path}`).to.be.above(1);
    }
  });
});
