import { expect } from "chai";
import { buildMint, nextUid, passportOf, projectEvent } from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

describe("labels by HTTP", () => {
  let server: TestServer;
  let path: string;
  const uid = nextUid();

  before(async () => {
    server = await startServer();
    const mint = buildMint(uid);
    path = `/v1/dpps/${passportOf(mint)}`;
    expect((await server.post("/v1/custody-events", mint.submission)).status).to.equal(202);
    await projectEvent(server.world.database, mint, 10);
  });
  after(() => server.close());

  it("are a QR code as SVG and as PNG, and a sheet with as many as asked", async () => {
    const svg = await server.get(`${path}/qr.svg`);
    expect(svg.headers.get("content-type")).to.match(/^image\/svg\+xml/);
    expect(await svg.text()).to.match(/^<svg/);
    expect((await server.get(`${path}/qr.png`)).headers.get("content-type")).to.equal("image/png");
    const sheet = await server.get(`${path}/label?copies=2`);
    expect(sheet.headers.get("content-security-policy")).to.contain("default-src 'none'");
    expect((await sheet.text()).match(/class="label"/g)).to.have.length(2);
  });

  it("are refused for a passport that there is not, and in numbers that nobody prints", async () => {
    expect(await problemCode(await server.get(`/v1/dpps/0x${"00".repeat(20)}/qr.svg`), 404)).to.equal("dpp-unknown");
    expect(await problemCode(await server.get(`${path}/label?copies=100000`), 400)).to.equal("request-invalid");
  });
});
