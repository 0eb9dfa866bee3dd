import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { formatTrustRoot } from "../backend/domain/verification/trustRoot.ts";
import { trustRoot } from "../test/domain/verification/simulatedChain.ts";
import { startBrowser, verdictOn, visit } from "../test/web/browser.ts";
import { builtPage } from "../test/web/builtPage.ts";
import { LIES } from "../test/web/lies.ts";
import { type PageServer, startPageServer } from "../test/web/pageServer.ts";

/**
 * `npm run screenshots`: writes the pictures of the documentation to backend/docs/images, from the page as it is built
 * now and the passports that its tests use. Needs a font with Chinese characters (Debian: fonts-noto-cjk).
 */
const IMAGES = join(dirname(dirname(fileURLToPath(import.meta.url))), "backend", "docs", "images");

/** Stand in for the ports of this run, so that the same page gives the same picture. */
const HOST = "passports.example";
const RPC_HOST = "rpc.example";

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5 };
const DESKTOP: BrowserContextOptions = { viewport: { width: 1180, height: 860 }, deviceScaleFactor: 1 };

const TALL: BrowserContextOptions = { viewport: { width: 1180, height: 1010 }, deviceScaleFactor: 1 };

type Picture = {
  readonly name: string;
  readonly window: BrowserContextOptions;
  readonly show: (page: Page, server: PageServer) => Promise<void>;
};

async function showPassport(page: Page, server: PageServer): Promise<void> {
  await page.goto(`http://${HOST}/v1/dpps/${server.pack}`);
  await verdictOn(page);
}

async function showForgery(page: Page, server: PageServer): Promise<void> {
  const forged = await LIES.find(({ name }) => name === "forges an acceptance")?.evidence(server);
  server.answers.evidence = async () => forged ?? null;
  await showPassport(page, server);
}

async function showSaved(page: Page, server: PageServer): Promise<void> {
  await page.goto(pathToFileURL(join(await builtPage(), "verify.html")).href);
  const buffer = Buffer.from(await server.chain.bytes(server.pack));
  await page.setInputFiles("#evidence", { name: "XN622-2026-00417.json", mimeType: "application/json", buffer });
  await page.fill("#rpcs", `http://${RPC_HOST}/`);
  await page.fill("#root", formatTrustRoot(trustRoot));
  await page.locator("h1").click();
}

const showLookUp = async (page: Page): Promise<void> => {
  await page.goto(`http://${HOST}/`);
  await page.locator("#identifier").waitFor();
};

const chinese = (window: BrowserContextOptions): BrowserContextOptions => ({ ...window, locale: "zh-CN" });

const PICTURES: readonly Picture[] = [
  { name: "passport-phone-en", window: PHONE, show: showPassport },
  { name: "passport-phone-zh", window: { ...chinese(PHONE), colorScheme: "dark" }, show: showPassport },
  { name: "passport-desktop-en", window: DESKTOP, show: showPassport },
  { name: "passport-desktop-zh", window: chinese(DESKTOP), show: showPassport },
  { name: "forged-phone-en", window: PHONE, show: showForgery },
  { name: "forged-phone-zh", window: chinese(PHONE), show: showForgery },
  { name: "look-up-phone-en", window: PHONE, show: showLookUp },
  { name: "look-up-phone-zh", window: chinese(PHONE), show: showLookUp },
  { name: "saved-page-desktop-en", window: TALL, show: showSaved },
  { name: "saved-page-desktop-zh", window: chinese(TALL), show: showSaved },
];

async function take(browser: Browser, server: PageServer, { name, window, show }: Picture): Promise<void> {
  server.reset();
  const { page, context } = await visit(browser, window);
  await show(page, server);
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  writeFileSync(join(IMAGES, `${name}.png`), png);
  console.log(`${name}.png ${(png.length / 1000).toFixed(0)} kB`);
  await context.close();
}

/** Without a font for them, every Chinese character is the same empty box: such pictures are worse than none. */
async function hasChinese(browser: Browser): Promise<boolean> {
  const { page, context } = await visit(browser);
  const pictures: string[] = [];
  for (const character of ["池", "照"]) {
    await page.setContent(`<p style="font-size: 40px">${character}</p>`);
    pictures.push((await page.locator("p").screenshot()).toString("base64"));
  }
  await context.close();
  return pictures[0] !== pictures[1];
}

mkdirSync(IMAGES, { recursive: true });
const server = await startPageServer(await builtPage());
const browser = await startBrowser([
  `--host-resolver-rules=MAP ${HOST}:80 ${new URL(server.url).host}, MAP ${RPC_HOST}:80 ${new URL(server.ownRpcUrl).host}`,
]);
try {
  if (!(await hasChinese(browser))) throw new Error("This machine has no font with Chinese characters.");
  for (const picture of PICTURES) await take(browser, server, picture);
} finally {
  await browser.close();
  await server.stop();
}
