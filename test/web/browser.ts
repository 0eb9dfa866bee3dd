import chromiumPackage from "@sparticuz/chromium";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** No sandbox, because tests run as root in containers; no talk to anyone but the pages under test. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A real Chromium: the system's by `CHROMIUM_PATH`, else the one that comes with the packages. */
export async function startBrowser(further: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromiumPackage.executablePath());
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...further], headless: true });
}

export type Visit = { readonly page: Page; readonly context: BrowserContext; readonly faults: readonly string[] };

/** A browser window of its own, with nothing remembered; `faults` collects what the page itself got wrong. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Asia/Shanghai", ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // What a server refuses the browser reports by itself; policy breaches and the page's own errors are faults.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      faults.push(message.text());
  });
  page.setDefaultTimeout(10_000);
  return { page, context, faults };
}

/** Waits until the page has reached a verdict, and returns it. */
export async function verdictOn(page: Page): Promise<string> {
  const verdict = page.locator("[data-verdict]:not([data-verdict=checking])");
  return (await verdict.getAttribute("data-verdict")) ?? "none";
}

/** Names of the checks with this status, as the page shows them. */
export const checksWith = (page: Page, status: string): Promise<string[]> =>
  page.locator(`[data-check][data-status=${status}]`).evaluateAll((all) => all.map((one) => one.dataset.check ?? ""));

/** Types into the start page as a hand scanner does: into whatever has the focus, once something has it. */
export async function scanInto(page: Page, text: string): Promise<void> {
  await page.locator("#identifier:focus").waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}
