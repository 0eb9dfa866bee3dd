import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import express from "express";
import { pageRouter } from "../../backend/http/pages.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

describe("pageRouter", () => {
  let folder: string;
  let server: Server;
  let url: string;

  const start = async (pages: string) => {
    const app = express();
    app.use(pageRouter(pages));
    app.use((_request, response) => void response.json({}));
    server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const typeOf = async (path: string, accept?: string) => {
    const response = await fetch(url + path, accept === undefined ? {} : { headers: { accept } });
    await response.text();
    return response.headers.get("content-type")?.split(";")[0];
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pages-"));
    mkdirSync(join(folder, "assets"));
    writeFileSync(join(folder, "index.html"), "<!doctype html>");
    writeFileSync(join(folder, "verify.html"), "<!doctype html>");
    writeFileSync(join(folder, "assets", "a-1234.js"), "1");
    writeFileSync(join(folder, "assets", "a-1234.js.gz"), gzipSync("2"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  for (const path of ["/v1/dpps/0x00", "/v1/dppsByProductId/urn%3Aa%3Ab", "/01/09521002005004/21/A"]) {
    it(`gives a browser the page at ${path}, and everybody else what stands behind it`, async () => {
      await start(folder);
      expect(await typeOf(path, BROWSER)).to.equal("text/html");
      expect(await typeOf(path)).to.equal("application/json");
      expect(await typeOf(path, "application/json")).to.equal("application/json");
      expect((await fetch(url + path)).headers.get("vary")).to.match(/accept/i);
    });
  }

  it("leaves the addresses below a passport alone", async () => {
    await start(folder);
    expect(await typeOf("/v1/dpps/0x00/evidence", BROWSER)).to.equal("application/json");
  });

  it("lets nothing but the page's own files run, and lets it be cached by content only", async () => {
    await start(folder);
    const page = await fetch(url, { headers: { accept: BROWSER } });
    expect(page.headers.get("content-security-policy")).to.match(/default-src 'none'; script-src 'self';/);
    expect(page.headers.get("cache-control")).to.equal("no-cache");
    const asset = await fetch(`${url}/assets/a-1234.js`);
    expect(asset.headers.get("cache-control")).to.match(/immutable/);
  });

  it("sends an asset as the build compressed it, to whoever takes it", async () => {
    await start(folder);
    const ask = (encoding: string) => fetch(`${url}/assets/a-1234.js`, { headers: { "accept-encoding": encoding } });
    const compressed = await ask("gzip, br");
    expect(compressed.headers.get("content-encoding")).to.equal("gzip");
    expect(compressed.headers.get("content-type")).to.match(/^text\/javascript/);
    expect(compressed.headers.get("vary")).to.match(/accept-encoding/i);
    expect(await compressed.text()).to.equal("2");
    expect(await (await ask("identity")).text()).to.equal("1");
    expect((await fetch(`${url}/assets/..%2Findex.html`)).headers.get("content-type")).to.match(/json/);
  });

  it("hands out verify.html to be saved", async () => {
    await start(folder);
    const saved = await fetch(`${url}/verify.html`);
    expect(saved.headers.get("content-disposition")).to.match(/^attachment/);
  });

  it("does nothing where no page was built", async () => {
    await start(join(folder, "nowhere"));
    expect(await typeOf("/v1/dpps/0x00", BROWSER)).to.equal("application/json");
  });
});
