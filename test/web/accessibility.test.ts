import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe, { type AxeResults } from "axe-core";
import { expect } from "chai";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { en } from "../../backend/web/language/en.ts";
import { scanInto, startBrowser, verdictOn, visit } from "./browser.ts";
import { builtPage } from "./builtPage.ts";
import { LIES } from "./lies.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";
import { PACK_PATH, PACK_UID } from "./shownChain.ts";

/** EU law asks public bodies for WCAG 2.1 AA (EN 301 549); serious findings of axe are what it can prove by machine. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** How far the page can be scrolled sideways, in pixels. */
const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

const openAll = (page: Page): Promise<void> =>
  page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");

describe("the page for everybody", function () {
  this.timeout(30_000);
  let server: PageServer;
  let browser: Browser;
  let savedUrl: string;

  before(async () => {
    const folder = await builtPage();
    savedUrl = pathToFileURL(join(folder, "verify.html")).href;
    [server, browser] = await Promise.all([startPageServer(folder), startBrowser()]);
  });
  beforeEach(() => server.reset());
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function lie(): Promise<void> {
    const forged = LIES.find(({ name }) => name === "forges an acceptance");
    const evidence = await forged?.evidence(server);
    server.answers.evidence = async () => evidence ?? null;
  }

  const STATES: readonly [name: string, path: () => string, arrange?: () => Promise<void> | void][] = [
    ["the look-up", () => "/"],
    ["a verified passport with two claimants", () => PACK_PATH],
    [
      "a passport with events on their way",
      () => `/v1/dpps/${server.pack}`,
      () => {
        server.answers.pending = ["accepted", "rejected"].map((state, i) => ({
          digest: `0x${`d${i}`.repeat(32)}`,
          kind: "handover",
          actor: 1,
          counterparty: 2,
          acceptedAt: 1_800_000_000,
          items: [{ passportId: server.pack, state, ...(i === 0 ? {} : { reason: "stale-head" }) }],
        }));
      },
    ],
    ["a failed passport", () => PACK_PATH, lie],
    [
      "a passport that could not be checked",
      () => `/v1/dpps/${server.pack}`,
      () => {
        server.answers.rpc = "down";
      },
    ],
    ["verify.html", () => savedUrl],
  ];

  for (const [name, path, arrange] of STATES) {
    for (const locale of ["en", "zh-CN"]) {
      it(`has nothing that axe calls serious and no sideways scrolling at 360 px: ${name}, ${locale}, ${locale === "en" ? "light" : "dark"}`, async () => {
        await arrange?.();
        const colorScheme = locale === "en" ? "light" : "dark";
        const options: BrowserContextOptions = { locale, colorScheme, viewport: { width: 360, height: 740 } };
        const { page, context } = await visit(browser, options);
        await page.goto(new URL(path(), server.url).href);
        if (path() !== "/" && path() !== savedUrl) await verdictOn(page);
        expect(await sidewaysScroll(page), "closed").to.equal(0);
        await openAll(page);
        expect(await sidewaysScroll(page), "with everything open").to.equal(0);
        expect(await seriousFindings(page)).to.deep.equal([]);
        await context.close();
      });
    }
  }

  it("can be used with the keyboard alone: look-up, verdict, a check, another RPC, the language", async () => {
    const { page, context, faults } = await visit(browser);
    await page.goto(server.url);
    await scanInto(page, PACK_UID);
    await page.waitForURL(server.url + PACK_PATH);
    await verdictOn(page);

    const focused = () => page.evaluate<string>("document.activeElement.textContent.trim()");
    const outline = () => page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        expect(await outline(), `the focus on "${await focused()}" can be seen`).to.equal("solid");
        if ((await focused()).includes(text)) return;
      }
      throw new Error(`the keyboard does not reach "${text}"`);
    };

    await tabTo(en.site.skip);
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).to.equal("content");
    await tabTo(en.rpc.title);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type(server.ownRpcUrl);
    await tabTo(en.rpc.save);
    await page.keyboard.press("Space");
    await page.getByText("chosen by you").waitFor();
    await verdictOn(page); // until then the page has no checks to reach
    await tabTo(en.check.signatures.title);
    await page.keyboard.press("Enter");
    expect(await page.locator("[data-check=signatures]").getAttribute("open")).to.equal("");
    await page.locator("main").focus();
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).to.equal("中文");
    await page.keyboard.press("Enter");
    expect(await page.locator("html").getAttribute("lang")).to.equal("zh-CN");
    expect(faults).to.deep.equal([]);
    await context.close();
  });
});
