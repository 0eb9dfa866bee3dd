import { expect } from "chai";
import { annexPointOf } from "../../../backend/domain/access/annexPoints.ts";
import { parseJsonPath } from "../../../backend/domain/records/jsonPath.ts";
import { publicPathsOf, RECORD_TYPES, type RecordType } from "../../../backend/domain/records/recordTypes.ts";

const point = (type: string, path: string) => annexPointOf(type, parseJsonPath(path));

describe("annex points", () => {
  it("count every field that stands in clear to point 1", () => {
    for (const type of Object.keys(RECORD_TYPES) as RecordType[]) {
      for (const path of publicPathsOf(type)) expect(point(type, path.replaceAll("[*]", "[0]")), path).to.equal(1);
    }
  });

  it("give a field the point of the nearest listed field around it", () => {
    expect(point("mint/1", "model.composition")).to.equal(2);
    expect(point("mint/1", "model.composition.cathode[3].mass")).to.equal(2);
    expect(point("mint/1", "model.testReports[0].number")).to.equal(3);
  });

  it("count what nothing lists to the point with the fewest readers, also the legal status", () => {
    for (const path of ["status", "condition", "model.compositions", "composition", "model.thing", "__proto__"]) {
      expect(point("mint/1", path), path).to.equal(4);
    }
    expect(point("data/1", "kind")).to.equal(4);
    expect(annexPointOf("data/1", ["stateOfHealth"], "state-of-health")).to.equal(4);
    expect(annexPointOf("data/1", ["number"], "certificate")).to.equal(3);
    expect(point("of the future/9", "model.mass")).to.equal(4);
  });
});
