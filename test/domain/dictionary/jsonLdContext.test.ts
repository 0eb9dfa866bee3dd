import { createRequire } from "node:module";
import { expect } from "chai";
import { jsonLdContext } from "../../../backend/domain/dictionary/jsonLdContext.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";

type Expand = (document: object, options: object) => Promise<{ readonly [name: string]: JsonValue }[]>;
/** A JSON-LD processor that shares nothing with this project; it has no type declarations. */
const { expand } = createRequire(import.meta.url)("jsonld") as { expand: Expand };

const DICTIONARY = "https://operator.example/v1/dictionary/1";
const XSD = "http://www.w3.org/2001/XMLSchema#";

/** Expands without a network, and fails where a member has no meaning (`safe`). */
const expanded = async (document: JsonObject) => {
  const documentLoader = (url: string) => Promise.reject(new Error(`no network: ${url}`));
  const [node] = await expand({ "@context": jsonLdContext(DICTIONARY), ...document }, { safe: true, documentLoader });
  return node ?? {};
};

describe("jsonLdContext", () => {
  it("gives members their meaning by their place", async () => {
    const node = await expanded({
      digitalProductPassportId: "eip155:31337/erc721:0x00/7",
      lastUpdated: "2027-01-15T08:00:00.000Z",
      model: {
        mass: { value: "304.50", unit: "kg" },
        expectedCycles: 1500,
        recycledContent: { lithium: { value: "6", unit: "%" } },
        markings: ["CE", "separate collection"],
      },
    });
    expect(node["@id"]).to.equal("eip155:31337/erc721:0x00/7");
    expect(node[`${DICTIONARY}#lastUpdated`]).to.deep.equal([
      { "@type": `${XSD}dateTime`, "@value": "2027-01-15T08:00:00.000Z" },
    ]);
    const [model] = node[`${DICTIONARY}#model`] as unknown as [JsonObject];
    expect(model[`${DICTIONARY}#model.mass`]).to.deep.equal([
      {
        [`${DICTIONARY}#value`]: [{ "@type": `${XSD}decimal`, "@value": "304.50" }],
        [`${DICTIONARY}#unit`]: [{ "@value": "kg" }],
      },
    ]);
    expect(model[`${DICTIONARY}#model.expectedCycles`]).to.deep.equal([{ "@type": `${XSD}integer`, "@value": 1500 }]);
    expect(model[`${DICTIONARY}#model.markings`]).to.have.length(2);
    const [content] = model[`${DICTIONARY}#model.recycledContent`] as unknown as [JsonObject];
    expect(content).to.have.property(`${DICTIONARY}#model.recycledContent.lithium`);
  });

  it("leaves no member without a meaning, where a stranger's would be", async () => {
    let refused = "";
    await expanded({ model: { damageReport: "none" } }).catch((error: Error) => {
      refused = error.message;
    });
    expect(refused).not.to.equal("");
  });

  it("makes classes of the element types of the full representation", async () => {
    const node = await expanded({
      elements: [
        { elementId: "mass", objectType: "SingleValuedDataElement", valueDataType: "xsd:decimal", value: "1" },
      ],
    });
    const [element] = node[`${DICTIONARY}#elements`] as unknown as [JsonObject];
    expect(element["@type"]).to.deep.equal([`${DICTIONARY}#SingleValuedDataElement`]);
    expect(element[`${DICTIONARY}#value`]).to.deep.equal([{ "@value": "1" }]);
  });
});
