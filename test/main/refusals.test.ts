import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type TestContract } from "../support/contract.ts";
import { freePort } from "../support/database.ts";
import { runServer } from "./runServer.ts";

/** What a server says, and with which code it ends, when its chain or contract is not what it should be. */
describe("a server with a wrong chain or contract", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "refusals-"));
  let chain: TestChain;
  let contract: TestContract;

  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
  });
  after(async () => {
    await chain.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function refusal(env: Record<string, string>): Promise<string> {
    const port = await freePort();
    const server = runServer(join(folder, "data"), {
      port,
      env: { RPC_URL: chain.url, DEPLOYMENT_BLOCK: "1", ...env },
    });
    const { code } = await server.ended;
    expect(code, server.output()).to.equal(1);
    const last = server.output().trimEnd().split("\n").at(-1) ?? "";
    expect(last, server.output()).to.match(/^[A-Z].*\.$/);
    return last;
  }

  it("says that the chain does not answer", async () => {
    expect(await refusal({ RPC_URL: "http://127.0.0.1:9", TRUST_ROOT: formatTrustRoot(contract) })).to.include(
      "127.0.0.1:9",
    );
  });

  it("says that the chain has another id", async () => {
    const said = await refusal({ TRUST_ROOT: formatTrustRoot({ ...contract, chainId: 5 }) });
    expect(said).to.include("has id 31337, not 5");
  });

  it("says that there is no contract at the address", async () => {
    expect(await refusal({ CONTRACT_ADDRESS: `0x${"12".repeat(20)}` })).to.include("There is no contract at");
  });

  it("says that the contract has other code than the trusted one", async () => {
    const other = { ...contract, codeHash: `0x${"12".repeat(32)}` as typeof contract.codeHash };
    expect(await refusal({ TRUST_ROOT: formatTrustRoot(other) })).to.include("its code is not the trusted code");
  });

  it("says that a contract is no battery passport contract", async () => {
    // The deterministic deployment proxy, which anvil has at genesis.
    const said = await refusal({ CONTRACT_ADDRESS: "0x4e59b44847b379578588920ca78fbf26c0b4956c" });
    expect(said).to.include("does not answer as a battery passport contract");
  });

  it("says that it does not know its contract", async () => {
    const port = await freePort();
    const server = runServer(join(folder, "data"), { port, env: { RPC_URL: chain.url } });
    expect((await server.ended).code).to.equal(1);
    expect(server.output()).to.include("set TRUST_ROOT and DEPLOYMENT_BLOCK");
  });

  it("names everything that is wrong with its configuration at once", async () => {
    const said = await refusal({ PORT: "70000", TRUST_ROOT: "eip155:1", RPC_URL: "ftp://x" });
    for (const name of ["PORT", "TRUST_ROOT", "RPC_URL"]) expect(said).to.include(name);
  });
});
