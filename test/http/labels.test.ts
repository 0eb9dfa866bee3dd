import { expect } from "chai";
import type { Browser } from "playwright-core";
import type { PassportId } from "../../backend/domain/types.ts";
import { labelLink, labelSheet, qrPng, qrSvg } from "../../backend/http/labels.ts";
import { startBrowser } from "../web/browser.ts";

const passportId = `0x${"ab".repeat(20)}` as PassportId;
const content = (uid: string | null, batteryCode: string | null = null) => ({ passportId, uid, batteryCode });
const HOST = "https://passports.example/";

describe("labels", function () {
  this.timeout(30_000);

  it("carry a GS1 Digital Link on the operator's host", () => {
    const link = labelLink(HOST, content("https://id.gs1.org/01/09521002005004/21/A%2F1"));
    expect(link).to.equal("https://passports.example/01/09521002005004/21/A%2F1");
  });

  it("carry the look-up for other identifiers, and the passport where none is known", () => {
    expect(labelLink(HOST, content("urn:example:a"))).to.equal(
      "https://passports.example/v1/dppsByProductId/urn%3Aexample%3Aa",
    );
    expect(labelLink(HOST, content(null))).to.equal(`https://passports.example/v1/dpps/${passportId}`);
    expect(labelLink(HOST, content("no identifier"))).to.equal(`https://passports.example/v1/dpps/${passportId}`);
  });

  it("are an SVG and a PNG", async () => {
    expect(await qrSvg("https://passports.example/")).to.match(/^<svg .*<\/svg>\s*$/s);
    const png = await qrPng("https://passports.example/");
    expect(png.subarray(1, 4).toString()).to.equal("PNG");
    expect(png.readUInt32BE(16)).to.be.within(600, 720);
  });

  it("say in plain text what the code holds, as many times as asked", async () => {
    const uid = "https://id.gs1.org/01/09521002005004/21/PACK-1";
    const sheet = await labelSheet(HOST, content(uid, "001PE0400000A1G3C0000417"), 3);
    for (const shown of ["09521002005004", ">PACK-1<", "001PE0400000A1G3C0000417"]) {
      expect(sheet.split(shown), shown).to.have.length.at.least(4);
    }
  });

  it("let nothing that an issuer wrote become markup", async () => {
    const sheet = await labelSheet(HOST, content("urn:x:a", `<script>alert("1")</script>`), 1);
    expect(sheet).to.not.contain("<script");
    expect(sheet).to.contain("&lt;script&gt;");
  });

  it("fit their frames when printed", async () => {
    const browser: Browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const uid = "https://id.gs1.org/01/09521002005004/10/LOT-2026-0003/21/12345678901234567890";
      await page.setContent(await labelSheet(HOST, content(uid, "001PE0400000A1G3C0000417"), 2));
      await page.emulateMedia({ media: "print" });
      const overflow = await page
        .locator(".label")
        .evaluateAll((all) => all.map((one) => one.scrollHeight - one.clientHeight));
      expect(overflow).to.deep.equal([0, 0]);
    } finally {
      await browser.close();
    }
  });
});
