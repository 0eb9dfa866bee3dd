import { expect } from "chai";
import { readConfig } from "../backend/config.ts";
import { DomainError } from "../backend/domain/errors.ts";

describe("readConfig", () => {
  it("needs nothing: every embedded part on loopback", () => {
    const config = readConfig({});
    expect(config).to.include({ port: 8080, host: "127.0.0.1", databaseUrl: null, contract: null, sample: true });
    expect(config.publicUrl).to.equal("http://127.0.0.1:8080");
    expect(config.rpcUrls).to.deep.equal([]);
  });

  it("reads lists of URLs without blanks and trailing slashes, and folds the contract's case", () => {
    const config = readConfig({
      RPC_URL: "https://one.example/ , http://two.example",
      PEERS: ",",
      CONTRACT_ADDRESS: `0x${"AB".repeat(20)}`,
      DEPLOYMENT_BLOCK: "7",
    });
    expect(config.rpcUrls).to.deep.equal(["https://one.example", "http://two.example"]);
    expect(config.peers).to.deep.equal([]);
    expect(config.contract).to.equal(`0x${"ab".repeat(20)}`);
  });

  it("reads the roles of this process; all of them unless some are named", () => {
    expect([...readConfig({}).roles]).to.deep.equal(["api", "relayer", "follower", "content"]);
    const config = readConfig({ ROLES: "API, follower", RPC_URL: "http://rpc.example", DATABASE_URL: "postgres://db" });
    expect([...config.roles]).to.deep.equal(["api", "follower"]);
    expect(() => readConfig({ ROLES: "api" })).to.throw("ROLES needs RPC_URL");
    expect(() => readConfig({ ROLES: "miner", RPC_URL: "http://rpc.example" })).to.throw("ROLES must name some of");
  });

  it("treats a blank variable as not set", () => {
    expect(readConfig({ PORT: " ", DATABASE_URL: "" }).port).to.equal(8080);
  });

  it("names everything that is wrong in one sentence, and no secret", () => {
    const environment = {
      PORT: "80 80",
      DATABASE_URL: "mysql://root:secret@host/db",
      RPC_URL: "https://ok.example,file:///etc/passwd",
      CONTRACT_ADDRESS: "0x12",
      SAMPLE: "maybe",
      LOG_LEVEL: "loud",
    };
    try {
      readConfig(environment);
      expect.fail("accepted");
    } catch (error) {
      expect(error).to.be.instanceOf(DomainError).with.property("code", "config-invalid");
      const { message } = error as DomainError;
      for (const name of Object.keys(environment)) expect(message).to.contain(name);
      expect(message).not.to.contain("secret");
      expect(message).not.to.contain("\n");
    }
  });

  it("wants the deployment block of a contract on a chain of somebody else's", () => {
    const environment = { RPC_URL: "https://rpc.example", CONTRACT_ADDRESS: `0x${"11".repeat(20)}` };
    expect(() => readConfig(environment)).to.throw("DEPLOYMENT_BLOCK");
  });
});
