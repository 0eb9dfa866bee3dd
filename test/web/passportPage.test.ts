import { expect } from "chai";
import type { Browser, BrowserContextOptions } from "playwright-core";
import type { Item } from "../../backend/domain/custody/events.ts";
import type { PassportState } from "../../backend/domain/custody/state.ts";
import { dppIdOf } from "../../backend/domain/identifiers/dppId.ts";
import { formatBundle, type PassportHistory } from "../../backend/domain/verification/bundle.ts";
import type { DataRecordEvidence } from "../../backend/domain/verification/dataRecordEvidence.ts";
import { CHECKS } from "../../backend/domain/verification/report.ts";
import { en } from "../../backend/web/language/en.ts";
import { zh } from "../../backend/web/language/zh.ts";
import { FIRST_VIEW_LIMIT } from "../../scripts/buildWeb.ts";
import { trustRoot } from "../domain/verification/simulatedChain.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { checksWith, scanInto, startBrowser, type Visit, verdictOn, visit } from "./browser.ts";
import { builtPage } from "./builtPage.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";
import { PACK_PATH, PACK_UID, SECOND_UID } from "./shownChain.ts";

describe("the passport page", function () {
  this.timeout(30_000);
  let server: PageServer;
  let browser: Browser;
  const visits: Visit[] = [];

  before(async () => {
    [server, browser] = await Promise.all([startPageServer(await builtPage()), startBrowser()]);
  });
  beforeEach(() => server.reset());
  afterEach(async () => {
    const faults = visits.flatMap((one) => [...one.faults]);
    for (const { context } of visits.splice(0)) await context.close();
    expect(faults, "errors in the page").to.deep.equal([]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(path: string, options: BrowserContextOptions = {}) {
    const opened = await visit(browser, options);
    visits.push(opened);
    await opened.page.goto(server.url + path);
    return opened.page;
  }

  it("verifies a good passport in the visitor's browser, with every check passed", async () => {
    const page = await open(`/v1/dpps/${server.pack}`);
    expect(await verdictOn(page)).to.equal("verified");
    expect(await checksWith(page, "passed")).to.have.length(CHECKS.length);
    const text = await page.locator("main").textContent();
    for (const shown of [
      "XN-622 96s1p",
      "XN622-2026-00417",
      "001PE0400000A1G3C0000417",
      "NMC622",
      "166 Ah",
      "304 kg",
    ]) {
      expect(text).to.contain(shown);
    }
    expect(text).to.contain("Handed over from Xingnuo Power to Jialing City Buses");
    expect(text).to.contain(server.answers.view.block.number.toLocaleString("en"));
  });

  it("shows it in Chinese to a browser that asks for it, down to the firms' names", async () => {
    const page = await open(`/v1/dpps/${server.pack}`, { locale: "zh-CN" });
    await verdictOn(page);
    expect(await page.locator("#verdict").textContent()).to.equal(zh.verdict.verified);
    expect(await page.locator("html").getAttribute("lang")).to.equal("zh-CN");
    expect(await page.locator("main").textContent()).to.contain("由 星诺动力电池 移交给 嘉陵城市公交");
  });

  it("shows a disclosed field of a custody event's record where the event stands, and of the mint's with the item", async () => {
    const bundle = await server.chain.bundle(server.pack);
    const [history] = bundle.histories as [PassportHistory];
    const steps = history.steps.map((step) => {
      const { recordHash } = step.items[step.position] as Item;
      return { ...step, disclosures: server.chain.records.get(recordHash)?.disclosures ?? [] };
    });
    server.answers.evidence = async () =>
      formatBundle({ ...bundle, histories: [{ ...history, steps }, ...bundle.histories.slice(1)] });
    const page = await open(`/v1/dpps/${server.pack}`);
    expect(await verdictOn(page)).to.equal("verified");
    const timeline = page.locator("section[aria-labelledby=custody]");
    expect(await timeline.locator("li > dl").first().textContent()).to.contain("sound");
    expect(await page.locator("main").textContent()).to.contain("0.98");
  });

  it("says who signed data records about it and when, and what they say only where that is disclosed", async () => {
    const page = await open(`/v1/dpps/${server.pack}`);
    await verdictOn(page);
    const section = page.locator("section[aria-labelledby=data-records]");
    const entries = section.locator("li");
    expect(await entries.count()).to.equal(2);
    expect(await section.textContent())
      .to.contain("Signed by Yuzhong Battery Test Lab")
      .and.to.contain("published by Passport Operator");
    expect(await page.locator("main").textContent()).to.not.contain("76.0");
    const bundle = await server.chain.bundle(server.pack);
    const [first, ...others] = bundle.dataRecords as [DataRecordEvidence];
    const disclosures = server.chain.records.get(first.dataRecord.recordHash)?.disclosures ?? [];
    const disclosing = formatBundle({ ...bundle, dataRecords: [{ ...first, disclosures }, ...others] });
    server.answers.evidence = async () => disclosing;
    for (const [button, texts] of [
      ["English", en],
      ["中文", zh],
    ] as const) {
      await page.reload();
      await page.getByRole("button", { name: button }).click();
      expect(await verdictOn(page)).to.equal("verified");
      const shown = await entries.first().locator("> dl").textContent();
      expect(shown)
        .to.contain(texts.fields.stateOfHealth)
        .and.to.contain("76.0 %")
        .and.to.contain(texts.dataRecords.kind["state-of-health"]);
      expect(await entries.nth(1).locator("> dl").count()).to.equal(0);
    }
  });

  describe("of events that the operator has accepted", () => {
    const onItsWay = (state: string, reason?: string) => ({
      digest: `0x${"d1".repeat(32)}`,
      kind: "handover",
      actor: 1,
      counterparty: 2,
      occurredAt: 1_800_000_000,
      deadline: 1_800_086_400,
      acceptedAt: 1_800_000_060,
      items: [{ passportId: server.pack, position: 0, state, ...(reason === undefined ? {} : { reason }) }],
    });

    it("tells as the operator's word, unverified, in both languages and as they change, and judges none of it", async () => {
      server.answers.pending = [onItsWay("accepted")];
      const page = await open(`/v1/dpps/${server.pack}`);
      expect(await verdictOn(page)).to.equal("verified");
      const section = page.locator("section[aria-labelledby=on-its-way]");
      for (const [button, { onItsWay: texts }] of [
        ["中文", zh],
        ["English", en],
      ] as const) {
        await page.getByRole("button", { name: button }).click();
        await section.getByText(texts.lead).waitFor();
        expect(await section.locator(".badge").textContent()).to.equal(texts.state.accepted);
      }
      await waitUntil("the page follows", () => server.tellChange(onItsWay("submitted")) === 1);
      await section.getByText(en.onItsWay.state.submitted).waitFor();
      server.tellChange(onItsWay("rejected", "stale-head"));
      await section.getByText(en.onItsWay.reason["stale-head"]).waitFor();
      expect(await section.locator("li").count()).to.equal(1);
      expect(await verdictOn(page)).to.equal("verified");
    });

    it("asks again and again where the stream is refused", async () => {
      server.answers.streams = false;
      server.answers.pending = [onItsWay("accepted")];
      const page = await open(`/v1/dpps/${server.pack}`);
      await page.getByText(en.onItsWay.state.accepted, { exact: true }).waitFor();
      server.answers.pending = [onItsWay("included")];
      await page.getByText(en.onItsWay.again).waitFor({ timeout: 15_000 });
    });

    it("shows nothing where there is none, and follows nothing", async () => {
      const page = await open(`/v1/dpps/${server.pack}`);
      await verdictOn(page);
      expect(await page.locator("section[aria-labelledby=on-its-way]").count()).to.equal(0);
      expect(server.tellChange(onItsWay("accepted"))).to.equal(0);
    });

    it("is shown also before a passport is on the chain, and never instead of a verdict", async () => {
      server.answers.pending = [{ ...onItsWay("sealed"), kind: "mint", counterparty: 0 }];
      server.answers.evidence = async () => null;
      server.answers.claimants = () => [];
      server.answers.missing = { code: "dpp-pending", values: { passportId: server.pack, state: "sealed" } };
      for (const path of [`/v1/dpps/${server.pack}`, `/v1/dppsByProductId/${encodeURIComponent("urn:example:new")}`]) {
        const page = await open(path);
        await page.getByText(en.trouble["passport-pending"]).waitFor();
        await page.getByText(en.onItsWay.state.sealed).waitFor();
        expect(await page.locator("[data-verdict]").getAttribute("data-verdict")).to.equal("unavailable");
      }
    });

    it("ignores an operator that tells nonsense", async () => {
      server.answers.pending = [{ ...onItsWay("accepted"), kind: "<b>gift</b>" }];
      const page = await open(`/v1/dpps/${server.pack}`);
      expect(await verdictOn(page)).to.equal("verified");
      expect(await page.locator("section[aria-labelledby=on-its-way]").count()).to.equal(0);
    });
  });

  it("says that there may be data records where the evidence shows none, and confirms none that fail", async () => {
    const page = await open(`/v1/dpps/${server.claimed}`);
    await verdictOn(page);
    const section = page.locator("section[aria-labelledby=data-records]");
    expect(await section.textContent()).to.contain(en.dataRecords.none);
    const bundle = await server.chain.bundle(server.pack);
    const shortened = { ...bundle, dataRecords: bundle.dataRecords.map((one) => ({ ...one, proof: [] })) };
    server.answers.evidence = async () => formatBundle(shortened);
    await page.goto(`${server.url}/v1/dpps/${server.pack}`);
    expect(await verdictOn(page)).to.equal("failed");
    expect(await section.locator(".note").textContent()).to.equal(en.dataRecords.unconfirmed);
  });

  it("remembers the language that was chosen", async () => {
    const page = await open(`/v1/dpps/${server.pack}`);
    await page.getByRole("button", { name: "中文" }).click();
    await page.reload();
    await verdictOn(page);
    expect(await page.locator("#verdict").textContent()).to.equal(zh.verdict.verified);
  });

  it("reaches its verdict on a history of 20 events within a second of loading", async () => {
    for (let i = 0; i < 9; i++) {
      server.chain.handover(2, 3, [server.second]);
      server.chain.handover(3, 2, [server.second]);
    }
    server.reset();
    const page = await open("/");
    const times: number[] = [];
    for (let visits = 0; visits < 3; visits++) {
      await page.goto(`${server.url}/v1/dpps/${server.second}`);
      const loaded = performance.now();
      expect(await verdictOn(page)).to.equal("verified");
      times.push(performance.now() - loaded);
    }
    // The quickest of three: other work on this machine is not the page's.
    expect(Math.min(...times)).to.be.lessThan(1000);
  });

  it("is reached by the passport's URI as well as by its id", async () => {
    const page = await open(`/v1/dpps/${encodeURIComponent(dppIdOf(trustRoot, server.pack))}`);
    // The stub knows bare ids only; that the page asks under the same address and judges the same subject is the point.
    await page.locator("[data-verdict=unavailable]").waitFor();
    server.answers.evidence = () => server.chain.bytes(server.second);
    await page.getByRole("button", { name: en.verdict.again }).click();
    await page.locator("[data-verdict=failed]").waitFor();
    expect(await checksWith(page, "failed")).to.deep.equal(["identifier"]);
  });

  it("lists everybody who claims a scanned identifier, with a warning", async () => {
    const page = await open(PACK_PATH);
    expect(await verdictOn(page)).to.equal("verified");
    const warning = page.locator(".warning");
    expect(await warning.locator("h2").textContent()).to.equal("2 issuers claim this identifier");
    const entries = warning.locator("li > span:first-child");
    expect(await entries.allTextContents()).to.deep.equal(["Firm 1 (no. 1) · recycled", "Firm 5 (no. 5) · in use"]);
    await page.getByRole("button", { name: "中文" }).click();
    expect((await entries.allTextContents())[1]).to.match(/^企业 5（5 号）/);
    await page.getByRole("button", { name: "English" }).click();
    await warning.getByRole("link").click();
    expect(await verdictOn(page)).to.equal("failed");
    expect(await checksWith(page, "failed")).to.deep.equal(["issuer"]);
  });

  it("leads from a product to what it was made of and back, and says what was ordered and what is on hold", async () => {
    const { chain } = server;
    const uid = (name: string) => `https://id.gs1.org/01/09521002005004/21/${name}`;
    chain.admit(20, "workshop", ["CUSTODIAN", "SECOND_LIFE"], "9521002");
    const pack = chain.mint(1, uid("WORN"));
    chain.handover(1, 20, [pack]);
    const [module = pack, twin = pack] = chain.transform(20, [pack], [uid("MODULE-1"), uid("MODULE-2")]);
    chain.keys.set(0, chain.keys.get(1) as Uint8Array); // the quorum's signatures are the contract's to judge
    chain.apply("reassignment", 0, 2, [chain.item("reassignment", module)]);
    server.reset();
    const { view } = server.answers;
    const until = view.block.time + 3600;
    const state = { ...(view.passports.get(module) as PassportState), held: true };
    server.answers.view = {
      ...view,
      passports: new Map([...view.passports, [module, state]]),
      holds: new Map([[module, until]]),
    };
    const page = await open(`/v1/dpps/${module}`);
    expect(await verdictOn(page)).to.equal("verified");
    const text = await page.locator("main").textContent();
    expect(text).to.contain(
      "Assigned to Jialing City Buses by order of the governors, not signed by the holder before",
    );
    expect(await page.locator(".hold").textContent()).to.match(/^An authority has put it on hold: .* until .*202\d/);
    await page.getByRole("link", { name: pack }).click();
    expect(await verdictOn(page)).to.equal("verified");
    expect(await page.locator(".hold").count()).to.equal(0);
    const products = await page.locator(".timeline .passports a").allTextContents();
    expect(products).to.have.members([module, twin]);
  });

  it("says that a hold has expired by not saying that it stands", async () => {
    const { view } = server.answers;
    const state = { ...(view.passports.get(server.second) as PassportState), held: true };
    server.answers.view = {
      ...view,
      passports: new Map([...view.passports, [server.second, state]]),
      holds: new Map([[server.second, view.block.time - 1]]),
    };
    const page = await open(`/v1/dpps/${server.second}`, { locale: "zh-CN" });
    expect(await verdictOn(page)).to.equal("verified");
    expect(await page.locator(".hold").count()).to.equal(0);
  });

  it("does not warn where one issuer claims the identifier", async () => {
    const page = await open(`/v1/dppsByProductId/${encodeURIComponent(SECOND_UID)}`);
    expect(await verdictOn(page)).to.equal("verified");
    expect(await page.locator(".warning").count()).to.equal(0);
  });

  it("holds the identifier that was scanned against what the server names for it", async () => {
    server.answers.claimants = () => [server.second];
    const page = await open(PACK_PATH);
    expect(await verdictOn(page)).to.equal("failed");
    expect(await checksWith(page, "failed")).to.deep.equal(["identifier"]);
  });

  it("fails a trust root that the chain does not hold", async () => {
    server.answers.trustRoot = server.answers.trustRoot.replace(/.{4}$/, "0000");
    const page = await open(`/v1/dpps/${server.pack}`);
    expect(await verdictOn(page)).to.equal("failed");
    expect(await checksWith(page, "failed")).to.deep.equal(["trust-root"]);
  });

  it("says could not check, never verified, when the RPC is down, and recovers", async () => {
    server.answers.rpc = "down";
    const page = await open(`/v1/dpps/${server.pack}`);
    expect(await verdictOn(page)).to.equal("unavailable");
    expect(await checksWith(page, "unavailable")).to.include("trust-root");
    expect(await page.locator("#verdict").textContent()).to.equal(en.verdict.unavailable);
    const text = await page.locator("main").textContent();
    expect(text).to.contain(en.item.unverified).and.to.contain("The access answered with HTTP status 502.");
    server.answers.rpc = "answers";
    await page.getByRole("button", { name: en.verdict.again }).click();
    await page.locator("[data-verdict=verified]").waitFor();
  });

  it("says could not check when the RPC accepts the question and never answers", async () => {
    server.answers.rpc = "silent";
    const page = await open(`/v1/dpps/${server.pack}`);
    await page.locator("[data-verdict=unavailable]").waitFor({ timeout: 15_000 });
  });

  it("says could not check when the server hands out no evidence, or knows no such passport", async () => {
    server.answers.evidence = async () => null;
    const page = await open(`/v1/dpps/${server.pack}`);
    expect(await verdictOn(page)).to.equal("unavailable");
    expect(await page.locator(".reason").textContent()).to.equal(en.trouble["passport-unknown"]);
    await page.route("**/evidence", (route) => route.abort());
    await page.getByRole("button", { name: en.verdict.again }).click();
    await page.getByText(en.trouble["server-unreachable"]).waitFor();
  });

  it("shows what was looked for in vain, and takes it corrected or scanned anew", async () => {
    server.answers.claimants = () => [];
    const page = await open("/01/09521002005004/21/MISREAD");
    expect(await verdictOn(page)).to.equal("unavailable");
    await page.getByText("https://id.gs1.org/01/09521002005004/21/MISREAD").waitFor();
    server.reset();
    const field = page.locator("#identifier:focus");
    expect(await field.inputValue()).to.equal("https://id.gs1.org/01/09521002005004/21/MISREAD");
    await scanInto(page, `https://id.gs1.org${PACK_PATH}`);
    await page.locator("[data-verdict=verified]").waitFor();
  });

  it("asks the RPC that the visitor names, says so, and remembers it", async () => {
    const page = await open(`/v1/dpps/${server.pack}`);
    await verdictOn(page);
    expect(await page.locator(".asked").textContent()).to.contain("operator's own");
    server.answers.rpc = "down";
    await page.getByText(en.rpc.title).click();
    await page.fill("#rpcs", "not an address");
    await page.getByRole("button", { name: en.rpc.save }).click();
    await page.getByText(en.rpc.bad).waitFor();
    await page.fill("#rpcs", server.ownRpcUrl);
    await page.getByRole("button", { name: en.rpc.save }).click();
    await page.getByText("chosen by you", { exact: false }).waitFor();
    expect(await verdictOn(page)).to.equal("verified");
    const asked = server.ownRpcRequests();
    expect(asked).to.be.greaterThan(0);
    await page.reload();
    expect(await verdictOn(page)).to.equal("verified");
    expect(server.ownRpcRequests()).to.be.greaterThan(asked);
  });

  it("opens every check to what was compared with what", async () => {
    const page = await open(`/v1/dpps/${server.pack}`);
    await verdictOn(page);
    const currency = page.locator("[data-check=currency]");
    await currency.locator("> summary").click();
    await currency.locator(".agreeing > summary").click();
    const head = server.chain.passports.get(server.pack)?.state.head ?? "";
    expect(await currency.textContent())
      .to.contain(head)
      .and.to.contain(en.check.currency.about);
  });

  it("loads nothing from anywhere else, and runs under its own policy", async () => {
    const opened = await visit(browser);
    visits.push(opened);
    const asked: string[] = [];
    opened.page.on("request", (request) => asked.push(new URL(request.url()).origin));
    const response = await opened.page.goto(`${server.url}/v1/dpps/${server.pack}`);
    await verdictOn(opened.page);
    expect([...new Set(asked)]).to.deep.equal([server.url]);
    const sizes = await opened.page.evaluate<number[]>(
      "performance.getEntriesByType('resource').map(({ encodedBodySize }) => encodedBodySize)",
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.lessThan(FIRST_VIEW_LIMIT);
    expect(response?.headers()["content-security-policy"]).to.contain("script-src 'self'");
    expect(await opened.page.locator("script:not([src])").count()).to.equal(0);
  });

  it("says that an address names no battery where it does not", async () => {
    const page = await open("/v1/dpps/0x12");
    await page.getByText(en.trouble["address-unknown"]).waitFor();
  });

  describe("the look-up", () => {
    it("leads from what a hand scanner types to the battery", async () => {
      const page = await open("/");
      await scanInto(page, PACK_UID);
      await page.waitForURL(server.url + PACK_PATH);
      expect(await verdictOn(page)).to.equal("verified");
    });

    it("finds a battery by the code in its record, says so, and fails a passport that does not state it", async () => {
      server.answers.claimants = () => [server.pack];
      const page = await open("/v1/dppsByProductId/001PE0400000A1G3C0000417");
      expect(await verdictOn(page)).to.equal("verified");
      expect(await page.locator(".note").textContent()).to.equal(en.item.byBatteryCode);
      server.answers.claimants = () => [server.second];
      await page.reload();
      expect(await verdictOn(page)).to.equal("failed");
      expect(await checksWith(page, "failed")).to.deep.equal(["identifier"]);
    });

    it("takes a passport id, and a battery code in lower case", async () => {
      const page = await open("/");
      await scanInto(page, server.second);
      await page.waitForURL(`${server.url}/v1/dpps/${server.second}`);
      await page.goto(server.url);
      await scanInto(page, "001pe0400000a1g3c0000417");
      await page.waitForURL(`${server.url}/v1/dppsByProductId/001PE0400000A1G3C0000417`);
    });

    it("says what is wrong with an identifier, and goes nowhere", async () => {
      const page = await open("/");
      await scanInto(page, "https://id.gs1.org/01/09521002005005/21/A");
      await page.getByText(en.inputTrouble["gtin-check-digit"]).waitFor();
      expect(page.url()).to.equal(`${server.url}/`);
    });

    it("reads a code with the camera where the browser can", async () => {
      const opened = await visit(browser);
      visits.push(opened);
      await opened.context.addInitScript(`
        globalThis.BarcodeDetector = class { async detect() { return [{ rawValue: ${JSON.stringify(PACK_UID)} }]; } };
        navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
        HTMLMediaElement.prototype.play = async () => {};
      `);
      await opened.page.goto(server.url);
      await opened.page.getByRole("button", { name: en.start.scan }).click();
      await opened.page.waitForURL(server.url + PACK_PATH);
    });
  });
});
