import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { en } from "../../backend/web/language/en.ts";
import { trustRoot } from "../domain/verification/simulatedChain.ts";
import { startBrowser, type Visit, verdictOn, visit } from "./browser.ts";
import { builtPage } from "./builtPage.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";
import { SECOND_UID } from "./shownChain.ts";

describe("verify.html, opened from a disk", function () {
  this.timeout(30_000);
  let server: PageServer;
  let browser: Browser;
  let opened: Visit;
  let url: string;

  before(async () => {
    const folder = await builtPage();
    url = pathToFileURL(join(folder, "verify.html")).href;
    [server, browser] = await Promise.all([startPageServer(folder), startBrowser()]);
  });
  beforeEach(async () => {
    server.reset();
    opened = await visit(browser);
    await opened.page.goto(url);
  });
  afterEach(async () => {
    const faults = [...opened.faults];
    await opened.context.close();
    expect(faults).to.deep.equal([]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const submit = () => opened.page.getByRole("button", { name: en.saved.submit, exact: true }).click();
  const choose = async (evidence: Uint8Array) =>
    opened.page.setInputFiles("#evidence", {
      name: "evidence.json",
      mimeType: "application/json",
      buffer: Buffer.from(evidence),
    });

  async function fill(root = formatTrustRoot(trustRoot)): Promise<void> {
    await choose(await server.chain.bytes(server.pack));
    await opened.page.fill("#rpcs", server.ownRpcUrl);
    await opened.page.fill("#root", root);
  }

  it("verifies evidence from a file against the RPC and trust root that the reader names", async () => {
    await fill();
    await submit();
    expect(await verdictOn(opened.page)).to.equal("verified");
    expect(await opened.page.locator(".trust").textContent()).to.contain(formatTrustRoot(trustRoot));
  });

  it("takes a file that is dropped anywhere on it", async () => {
    const bytes = [...(await server.chain.bytes(server.pack))];
    const transfer = await opened.page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], "dropped.json"));
      return transfer;
    })()`);
    await opened.page.dispatchEvent("h1", "drop", { dataTransfer: transfer });
    await opened.page.getByText("dropped.json").waitFor();
  });

  it("fills in nothing by itself, and says what is missing", async () => {
    expect(await opened.page.inputValue("#root")).to.equal("");
    await submit();
    await opened.page.getByText(en.saved.needFile).waitFor();
    await choose(await server.chain.bytes(server.pack));
    expect(await opened.page.inputValue("#root")).to.equal("");
    await submit();
    await opened.page.getByText(en.saved.needRpc).waitFor();
    await opened.page.fill("#rpcs", server.ownRpcUrl);
    await submit();
    await opened.page.getByText(en.saved.rootBad).waitFor();
    expect(await opened.page.locator("#verdict").count()).to.equal(0);
  });

  it("fails another trust root than the evidence's", async () => {
    await fill(`eip155:31337:0x${"22".repeat(20)}:0x${"33".repeat(32)}`);
    await submit();
    expect(await verdictOn(opened.page)).to.equal("failed");
  });

  it("fails evidence about another battery than the one in hand, and refuses what is no identifier", async () => {
    await fill();
    await opened.page.fill("#subject", "PACK?");
    await submit();
    await opened.page.getByText(en.saved.subjectBad).waitFor();
    await opened.page.fill("#subject", SECOND_UID);
    await submit();
    expect(await verdictOn(opened.page)).to.equal("failed");
  });

  it("says could not check when the RPC does not answer", async () => {
    await fill();
    await opened.page.fill("#rpcs", "http://127.0.0.1:9/");
    await submit();
    expect(await verdictOn(opened.page)).to.equal("unavailable");
  });

  it("contacts nobody but that RPC", async () => {
    const asked: string[] = [];
    opened.page.on("request", (request) => asked.push(request.url()));
    await opened.page.reload();
    await fill();
    await submit();
    await verdictOn(opened.page);
    expect([...new Set(asked)]).to.deep.equal([url, server.ownRpcUrl]);
  });
});
