import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { en } from "../../backend/web/language/en.ts";
import { zh } from "../../backend/web/language/zh.ts";
import { cli } from "../cli/cli.ts";
import { trustRoot } from "../domain/verification/simulatedChain.ts";
import { startBrowser, type Visit, verdictOn, visit } from "./browser.ts";
import { builtPage } from "./builtPage.ts";
import { LIES, type Lie } from "./lies.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";
import { PACK_PATH, PACK_UID } from "./shownChain.ts";

/** Names of comparisons that a Chinese page shows without a Chinese character. */
const untranslated = (page: Page): Promise<string[]> =>
  page
    .locator(".comparison > p:first-child")
    .evaluateAll((all) =>
      all.map((one) => one.firstChild?.textContent ?? "").filter((name) => !/[\u4e00-\u9fff]/.test(name)),
    );

describe("a lying server", function () {
  this.timeout(30_000);
  let server: PageServer;
  let browser: Browser;
  let served: Visit;
  let saved: Visit;
  let downloads: string;

  before(async () => {
    const folder = await builtPage();
    downloads = await mkdtemp(join(tmpdir(), "battery-passport-lies-"));
    [server, browser] = await Promise.all([startPageServer(folder), startBrowser()]);
    served = await visit(browser);
    saved = await visit(browser);
    await saved.page.goto(pathToFileURL(join(folder, "verify.html")).href);
    await saved.page.fill("#rpcs", server.ownRpcUrl);
    await saved.page.fill("#root", formatTrustRoot(trustRoot));
    await saved.page.fill("#subject", PACK_UID);
  });
  beforeEach(() => server.reset());
  after(async () => {
    await browser?.close();
    await server?.stop();
    await rm(downloads, { recursive: true, force: true });
  });

  async function tell(lie: Lie): Promise<Uint8Array> {
    const evidence = await lie.evidence(server);
    server.answers.evidence = async () => evidence;
    lie.arrange?.(server);
    return evidence;
  }

  /** The verdict and the check that the lie must be named by, as a visitor reads them in either language. */
  async function expectFound({ page }: Visit, lie: Lie): Promise<void> {
    const verdict = lie.verdict ?? "failed";
    expect(await verdictOn(page)).to.equal(verdict);
    for (const [button, texts] of [
      ["中文", zh],
      ["English", en],
    ] as const) {
      await page.getByRole("button", { name: button }).click();
      expect(await page.locator("#verdict").textContent()).to.equal(texts.verdict[verdict]);
      const line = page.locator(`[data-check=${lie.check}]`);
      expect(await line.getAttribute("data-status")).to.equal(verdict);
      expect(await line.locator(".name").textContent()).to.equal(texts.check[lie.check].title);
      if (texts === zh) expect(await untranslated(page)).to.deep.equal([]);
      if (verdict !== "failed") continue;
      const reason = page.locator(`[data-reason=${lie.check}]`);
      expect(await reason.locator("a").textContent()).to.equal(texts.check[lie.check].title);
      if (texts === zh) expect(await reason.textContent()).to.match(/^[^a-z]*[\u4e00-\u9fff][^a-z]*$/);
    }
  }

  it("is told from one that says the truth, on the served page and on the saved one", async () => {
    await served.page.goto(server.url + PACK_PATH);
    expect(await verdictOn(served.page)).to.equal("verified");
    await check(await server.chain.bytes(server.pack));
    expect(await verdictOn(saved.page)).to.equal("verified");
  });

  it("is told so with the label that stands in the model's record, on both pages and by the command line", async () => {
    const evidence = await server.chain.bytes(server.pack);
    await served.page.goto(server.url + PACK_PATH);
    expect(await verdictOn(served.page)).to.equal("verified");
    await check(evidence);
    expect(await verdictOn(saved.page)).to.equal("verified");
    const file = join(downloads, "told.json");
    await writeFile(file, evidence);
    const root = formatTrustRoot(trustRoot);
    const run = await cli(["verify", file, "--rpc", server.ownRpcUrl, "--trust-root", root]);
    expect(run.code, run.out + run.err).to.equal(0);
    const label = ["Xingnuo Power", "XN-622 96s1p", "NMC622", "166 Ah", "304 kg"];
    for (const text of [await served.page.textContent("main"), await saved.page.textContent("main"), run.out]) {
      for (const words of label) expect(text).to.include(words);
    }
  });

  for (const lie of LIES) {
    it(`that ${lie.name} is caught by the page, which names ${lie.check} in both languages`, async () => {
      await tell(lie);
      await served.page.goto(server.url + PACK_PATH);
      await expectFound(served, lie);
    });

    it(`that ${lie.name} is caught by verify.html, which names ${lie.check} in both languages`, async () => {
      await check(await tell(lie));
      await expectFound(saved, lie);
    });

    it(`that ${lie.name} is caught by the command line, which names ${lie.check}`, async () => {
      const file = join(downloads, "evidence.json");
      await writeFile(file, await tell(lie));
      const root = formatTrustRoot(trustRoot);
      const words = ["verify", file, "--rpc", server.ownRpcUrl, "--trust-root", root, "--uid", PACK_UID];
      const run = await cli(words);
      expect(run.code, run.out + run.err).to.equal(lie.verdict === "pending" ? 2 : 1);
      expect(run.out).to.match(new RegExp(`^ {2}${lie.verdict ?? "failed"} +${lie.check} `, "m"));
    });
  }

  it("makes no page stumble", () => {
    expect([...served.faults, ...saved.faults]).to.deep.equal([]);
  });

  async function check(evidence: Uint8Array): Promise<void> {
    const file = { name: "evidence.json", mimeType: "application/json", buffer: Buffer.from(evidence) };
    await saved.page.setInputFiles("#evidence", file);
    // A new file takes the old verdict away at once: what is read next belongs to this one.
    await saved.page.locator("#verdict").waitFor({ state: "detached" });
    await saved.page.getByRole("button", { name: en.saved.submit, exact: true }).click();
  }
});
