import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { buildWeb, FIRST_VIEW_LIMIT, firstViewBytes } from "../../scripts/buildWeb.ts";
import { builtPage } from "./builtPage.ts";

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length), readFileSync(file, "base64")]),
  );

describe("the built page", function () {
  this.timeout(30_000);
  let folder: string;

  before(async () => {
    folder = await builtPage();
  });

  it(`loads at most ${FIRST_VIEW_LIMIT / 1000} kB, compressed, for the first view`, () => {
    expect(firstViewBytes(folder)).to.be.lessThan(FIRST_VIEW_LIMIT).and.greaterThan(50_000);
  });

  it("is the same, byte for byte, when it is built again", async () => {
    const again = mkdtempSync(join(tmpdir(), "page-again-"));
    try {
      await buildWeb(again);
      expect(contents(again)).to.deep.equal(contents(folder));
    } finally {
      rmSync(again, { recursive: true });
    }
  });

  it("names no path of the machine that built it", () => {
    for (const [file, content] of Object.entries(contents(folder))) {
      expect(Buffer.from(content, "base64").includes(process.cwd()), file).to.equal(false);
    }
  });

  it("has verify.html in one file, without a reference to another", () => {
    const html = readFileSync(join(folder, "verify.html"), "utf8");
    expect(html)
      .to.match(/<script>/)
      .and.not.match(/<script[^>]+(src|type)=|<link|@import|url\(/);
  });
});
