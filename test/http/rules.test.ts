import { expect } from "chai";
import { problemCode, startServer, type TestServer } from "./server.ts";

describe("rules by HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it("are listed, and those of a day alone", async () => {
    const idsOf = async (query: string) =>
      (await (await server.get(`/v1/rules${query}`)).json()).ruleSets.map(({ id }: { id: string }) => id);
    expect(await idsOf("")).to.include.members(["eu-material-recovery-2027", "eu-material-recovery-2031"]);
    expect(await idsOf("?date=2032-01-01"))
      .to.include("eu-material-recovery-2031")
      .and.not.include("eu-material-recovery-2027");
    expect(await problemCode(await server.get("/v1/rules?date=2032-02-30"), 400)).to.equal("request-invalid");
  });

  it("are read one by one, with source and validity", async () => {
    const set = await (await server.get("/v1/rules/cn-industry-conditions-2024")).json();
    expect(set).to.include({ jurisdiction: "cn", until: null, axis: "recycling-smelting-stage" });
    expect(set.note).to.contain("do not share an axis");
    expect(await problemCode(await server.get("/v1/rules/none"), 404)).to.equal("rule-set-unknown");
  });
});
