import { expect } from "chai";
import { checkRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import { codesLink } from "../../../backend/domain/records/codeLinks.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";

const found = (fields: JsonObject) => codesLink(fields).map(([path, { rule }]) => [path.join("."), rule]);

const PACK = "001PB240000003B3C0000001";
const CASCADE = "001PB24B3C0221953RM";
const ORIGINAL = "001PB240000003B3B0000001";

describe("codesLink", () => {
  it("finds nothing wrong with parts of a whole, and with originals that are kept", () => {
    expect(found({ batteryCode: PACK, parts: [{ batteryCode: "001CB240000003B3B0000002" }] })).to.deep.equal([]);
    expect(
      found({ batteryCode: CASCADE, originalCodes: [ORIGINAL], parents: [{ batteryCode: ORIGINAL }] }),
    ).to.deep.equal([]);
  });

  it("names the place of a part that does not belong there", () => {
    const parts = [{ batteryCode: "001CB240000003B3B0000002" }, { batteryCode: "001CE240000003B3B0000003" }];
    expect(found({ batteryCode: PACK, parts })).to.deep.equal([["parts.1.batteryCode", "part-chemistry"]]);
    const twice = [parts[0] as JsonObject, parts[0] as JsonObject];
    expect(found({ batteryCode: PACK, parts: twice })).to.deep.equal([["parts.1.batteryCode", "part-repeated"]]);
  });

  it("asks a cascade product for the code of every parent", () => {
    const parents = [{ batteryCode: ORIGINAL }];
    expect(found({ batteryCode: CASCADE, parents })).to.deep.equal([["parents.0.batteryCode", "original-missing"]]);
    expect(found({ batteryCode: CASCADE, originalCodes: ["001MB240000003B3B0000001"] })).to.deep.equal([
      ["originalCodes.0", "cascade-level"],
    ]);
  });

  it("leaves codes that are none to the rule of their field, and new products without originals", () => {
    expect(found({ batteryCode: "none", parts: [{ batteryCode: PACK }] })).to.deep.equal([]);
    expect(found({ batteryCode: PACK, parts: [{ batteryCode: "none" }, { level: "cell" }, "none"] })).to.deep.equal([]);
    expect(found({ batteryCode: PACK, originalCodes: [ORIGINAL] })).to.deep.equal([]);
  });

  it("is asked of the records that can name such codes", () => {
    const fields = { batteryCode: PACK, parts: [{ level: "pack", batteryCode: ORIGINAL }] };
    const rules = checkRecordFields("mint/2", fields).map(({ path, rule }) => `${path} ${rule}`);
    expect(rules).to.include("$.parts[0].batteryCode part-level");
    const cascade = { batteryCode: CASCADE, originalCodes: ["001PE240000003B3B0000001"] };
    expect(checkRecordFields("transformation/2", cascade).map(({ path, rule }) => `${path} ${rule}`)).to.include(
      "$.originalCodes[0] cascade-chemistry",
    );
  });
});
