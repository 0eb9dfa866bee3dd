import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { connectJsonRpc } from "../../backend/chain/jsonRpc.ts";
import { readCodeHash } from "../../backend/chain/readCodeHash.ts";
import { parseTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { createKeystore } from "../../scripts/cli/keys/keystore.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";

describe("npm run deploy", function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), "deploy-"));
  const key = join(folder, "payer.json");
  const passwordFile = join(folder, "password");
  const governors = [1, 2, 3].map(() => Wallet.createRandom().address);
  let chain: TestChain;

  before(async () => {
    chain = await startTestChain();
    writeFileSync(passwordFile, "a password\n");
    const { address } = await createKeystore(key, "a password", 2 ** 12);
    await chain.rpc("anvil_setBalance", address, "0xde0b6b3a7640000");
  });
  after(async () => {
    await chain.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function deploy(...further: string[]) {
    const args = [
      "--rpc",
      chain.url,
      "--key",
      key,
      "--password-file",
      passwordFile,
      "--resolver",
      "https://example.org/",
    ];
    return spawnSync(process.execPath, ["scripts/deploy.ts", ...args, "--governor", ...governors, ...further], {
      encoding: "utf8",
    });
  }

  it("deploys a contract and prints what an operator is configured with", async () => {
    const { status, stdout, stderr } = deploy();
    expect(status, stderr).to.equal(0);
    const root = parseTrustRoot(/TRUST_ROOT=(\S+)/.exec(stdout)?.[1]);
    expect(await readCodeHash(connectJsonRpc(chain.url), root.contract)).to.equal(root.codeHash);
    expect(stdout).to.match(/DEPLOYMENT_BLOCK=\d+/);
  });

  it("refuses a threshold that one governor alone could meet", () => {
    const { status, stderr } = deploy("--threshold", "1");
    expect(status).to.not.equal(0);
    expect(stderr).to.include("threshold must be from 2");
  });
});
