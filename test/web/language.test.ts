import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { DATA_RECORD_FAULTS } from "../../backend/domain/verification/judgeDataRecord.ts";
import { CHECKS } from "../../backend/domain/verification/report.ts";
import { en } from "../../backend/web/language/en.ts";
import { zh } from "../../backend/web/language/zh.ts";

type Texts = { readonly [name: string]: string | Texts };

/** Every text by its path. */
const textsOf = (texts: Texts, prefix = ""): [path: string, text: string][] =>
  Object.entries(texts).flatMap(([name, value]) =>
    typeof value === "string" ? [[`${prefix}${name}`, value]] : textsOf(value, `${prefix}${name}/`),
  );

const variablesOf = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name).sort();

describe("the page's languages", () => {
  it("say the same with the same values", () => {
    const english = new Map(textsOf(en));
    for (const [path, text] of textsOf(zh)) {
      const wanted = variablesOf(english.get(path) ?? "").filter((name) => name !== "count");
      expect(
        variablesOf(text).filter((name) => name !== "count"),
        path,
      ).to.deep.equal(wanted);
    }
  });

  it("are Chinese where they should be, with Chinese punctuation", () => {
    const notTranslated = textsOf(zh).filter(
      ([path, text]) => !/[\u4e00-\u9fff]/.test(text) && path !== "saved/chosen",
    );
    expect(notTranslated).to.deep.equal([]);
    expect(textsOf(zh).filter(([, text]) => /[\u4e00-\u9fff][,;!?]/.test(text))).to.deep.equal([]);
  });

  it("never mix up collection and regeneration", () => {
    expect(zh.item.phase.closed).to.equal("已再生利用");
    expect(textsOf(zh).filter(([, text]) => text.includes("回收"))).to.deep.equal([]);
  });

  it("have a title, an explanation and a sentence for whatever the verifier can find", () => {
    const folder = join(import.meta.dirname, "..", "..", "backend", "domain", "verification");
    const sources = readdirSync(folder).filter((name) => name.startsWith("check") || name === "verifyEvidence.ts");
    const codes = sources.flatMap((name) => {
      const source = readFileSync(join(folder, name), "utf8");
      const closing = source.matchAll(/\.(?:fail|unavailable|pending|close)\(\s*"([a-z-]+)"/g);
      const compared = source.matchAll(
        /\.?compare\([^;]*?"([a-z]+(?:-[a-z]+)+)",\s*(?:reason|altered|other|misplaced|"")/g,
      );
      return [...closing, ...compared].map(([, code = ""]) => code);
    });
    codes.push(...DATA_RECORD_FAULTS.map((fault) => `data-record-${fault}`));
    expect(codes.length).to.be.greaterThan(40);
    expect([...new Set(codes)].filter((code) => !Object.hasOwn(en.code, code))).to.deep.equal([]);
    expect(Object.keys(en.check)).to.have.members([...CHECKS]);
  });
});
