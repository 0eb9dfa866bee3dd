import { expect } from "chai";
import { cidOf } from "../../backend/domain/records/cid.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import { jpeg, pdf, png, withTail } from "../domain/attachments/samples.ts";
import { FLEET, PRODUCER } from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";
import { signIn } from "./signIn.ts";

describe("attachments by HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const bring = async (bytes: Uint8Array, by = PRODUCER, query = "", type = "application/pdf") =>
    server.send(`/v1/attachments${query}`, bytes, { ...(await signIn(server, by)).headers, "content-type": type });
  const outbox = async (cid: string) => {
    const { rows } = await server.world.database.pool.query("SELECT hash FROM content_outbox");
    return rows.some(({ hash }: { hash: `0x${string}` }) => cidOf(hash as never) === cid);
  };

  it("are stored under their CID by a participant, once", async () => {
    const first = await bring(pdf());
    expect(first.status).to.equal(201);
    const stored = await first.json();
    expect(stored).to.deep.equal({ cid: cidOf(recordHash(pdf())), type: "pdf", size: pdf().length, isPublic: false });
    const again = await bring(pdf());
    expect([again.status, await again.json()]).to.deep.equal([200, stored]);
    expect((await bring(pdf(), FLEET)).status).to.equal(201);
  });

  it("are served as a download that a browser runs nothing of, whatever they were sent as", async () => {
    const { cid, type } = await (await bring(png(), PRODUCER, "?public=true", "application/octet-stream")).json();
    expect(type).to.equal("png");
    for (const [path, ending] of [
      [`/v1/attachments/${cid}`, "png"],
      [`/ipfs/${cid}`, "bin"],
    ]) {
      const response = await server.get(path as string);
      expect(new Uint8Array(await response.arrayBuffer())).to.deep.equal(png());
      expect(response.headers.get("content-type")).to.equal("application/octet-stream");
      expect(response.headers.get("content-disposition")).to.equal(`attachment; filename="${cid}.${ending}"`);
      expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(response.headers.get("content-security-policy")).to.equal("default-src 'none'; sandbox");
    }
  });

  it("go where everybody finds them only when their sender says so", async () => {
    const withheld = await (await bring(jpeg())).json();
    expect(await outbox(withheld.cid)).to.equal(false);
    expect(await problemCode(await server.get(`/ipfs/${withheld.cid}`), 404)).to.equal("block-unknown");
    expect((await server.get(`/v1/attachments/${withheld.cid}`)).headers.get("cache-control")).to.match(/^private/);
    const shown = await (await bring(jpeg(), PRODUCER, "?public=true")).json();
    expect(shown).to.deep.equal({ ...withheld, isPublic: true });
    expect(await outbox(shown.cid)).to.equal(true);
    expect((await server.get(`/ipfs/${shown.cid}`)).status).to.equal(200);
  });

  it("are taken from nobody who has not signed in, and nothing is read from them", async () => {
    const anonymous = await server.send("/v1/attachments", pdf(), { "content-type": "application/pdf" });
    expect(await problemCode(anonymous, 401)).to.equal("session-missing");
  });

  it("are refused by their content, size and declared type, each by name", async () => {
    const html = new TextEncoder().encode("<script>alert(1)</script>");
    expect(await problemCode(await bring(html), 422)).to.equal("attachment-type-unsupported");
    expect(await problemCode(await bring(withTail(png(), "<html>")), 422)).to.equal("attachment-malformed");
    expect(await problemCode(await bring(new Uint8Array()), 400)).to.equal("body-empty");
    expect(await problemCode(await bring(new Uint8Array(1_048_577)), 413)).to.equal("body-too-large");
    expect(await problemCode(await bring(pdf(), PRODUCER, "", "text/html"), 415)).to.equal("content-type-unsupported");
  });

  it("are bounded by day and participant", async () => {
    const { pool } = server.world.database;
    await pool.query(
      `INSERT INTO attachment SELECT 'bulk', participant, 'pdf', 300000000, created_at, false FROM attachment
        WHERE participant = $1 LIMIT 1`,
      [FLEET],
    );
    expect(await problemCode(await bring(png(), FLEET), 429)).to.equal("attachment-quota-exceeded");
    expect((await bring(png(), PRODUCER)).status).to.equal(200);
    server.world.clock.now += 86_401;
    expect((await bring(png(), FLEET)).status).to.equal(201);
  });

  it("are unknown by another CID, and refused by what is none", async () => {
    const other = cidOf(`0x${"00".repeat(32)}` as never);
    expect(await problemCode(await server.get(`/v1/attachments/${other}`), 404)).to.equal("attachment-unknown");
    expect(await problemCode(await server.get("/v1/attachments/certificate.pdf"), 400)).to.equal("cid-unsupported");
  });
});
