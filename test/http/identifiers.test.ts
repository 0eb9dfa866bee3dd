import { expect } from "chai";
import { buildMint, PRODUCER, passportOf, projectEvent } from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

describe("identifiers by HTTP", () => {
  const LINK = "https://id.gs1.org/01/09521000000018/21/";
  let server: TestServer;
  const ask = async (text: string, query = "") =>
    (await server.get(`/v1/identifiers/${encodeURIComponent(text)}${query}`)).json();

  before(async () => {
    server = await startServer();
    for (const [i, serial] of ["LOOK0", "LOOKO", "1OOKO", "OTHER"].entries()) {
      const mint = buildMint(LINK + serial);
      expect((await server.post("/v1/custody-events", mint.submission)).status).to.equal(202);
      await projectEvent(server.world.database, mint, 10 + i);
    }
  });
  after(() => server.close());

  it("tell what an identifier says, who claims it, and what looks like it", async () => {
    const answer = await ask("(01)09521000000018(21)LOOKO");
    expect(answer.identifier).to.deep.equal({
      scheme: "gs1",
      uid: `${LINK}LOOKO`,
      granularity: "item",
      parts: { gtin: "09521000000018", serial: "LOOKO" },
    });
    expect(answer.claimants).to.have.length(1);
    expect(answer.claimants[0]).to.include({ passportId: passportOf(buildMint(`${LINK}LOOKO`)), issuer: PRODUCER });
    expect(answer.lookAlikes.map(({ uid }: { uid: string }) => uid)).to.deep.equal([`${LINK}1OOKO`, `${LINK}LOOK0`]);
  });

  it("tell what an identifier says that nobody claims", async () => {
    const answer = await ask("04QCB76836300JBC40000903");
    expect(answer.identifier.parts).to.include({ manufacturer: "04Q", level: "cell", date: "2021-12-04" });
    expect([answer.claimants, answer.lookAlikes, answer.corrections]).to.deep.equal([[], [], []]);
  });

  it("mend a code only for whoever asks for that", async () => {
    const typed = "04QCB-76836300J-BC4-OOOO903";
    expect(await problemCode(await server.get(`/v1/identifiers/${typed}`), 400)).to.equal("uid-malformed");
    const answer = await ask(typed, "?lenient=true");
    expect(answer.identifier.uid).to.equal("04QCB76836300JBC40000903");
    expect(answer.corrections).to.deep.include({ position: 18, written: "O", read: "0" });
  });

  it("know organisations by their check characters", async () => {
    expect((await ask("914403001922038216")).identifier.scheme).to.equal("uscc");
    expect(await problemCode(await server.get("/v1/identifiers/914403001922038215"), 400)).to.equal(
      "organisation-check-character",
    );
  });
});
