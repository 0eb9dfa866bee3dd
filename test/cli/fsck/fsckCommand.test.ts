import { expect } from "chai";
import { formatTrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { type CheckedInstallation, startCheckedInstallation } from "../../services/fsck/fsckFixture.ts";
import { cli } from "../cli.ts";

describe("battery-passport fsck", function () {
  this.timeout(60_000);
  let installation: CheckedInstallation;
  before(async () => {
    installation = await startCheckedInstallation();
  });
  after(() => installation.stop());

  function fsck(...words: string[]) {
    const { database, contract } = installation;
    const where = ["--database", database.url, "--trust-root", formatTrustRoot(contract)];
    where.push("--deployment-block", String(contract.deploymentBlock));
    if (!words.includes("--rpc")) where.push("--rpc", contract.rpc.url);
    return cli(["fsck", ...where, ...words]);
  }

  it("ends with 0 where all is well, and says what it has checked", async () => {
    const { code, out } = await fsck();
    expect(code, out).to.equal(0);
    expect(out).to.match(/^✓ I8 {2}a follower that starts on an empty database arrives at the same rows$/m);
    expect(out).to.match(/checks: clean\.\n$/);
  });

  it("ends with 1 where something is broken, and with 0 once it has repaired it", async () => {
    await installation.query("UPDATE chain_passport SET custodian = 7");
    const broken = await fsck("--json");
    expect(broken.code).to.equal(1);
    const { state, findings } = JSON.parse(broken.out);
    expect(state).to.equal("broken");
    const named = findings.filter((one: { state: string }) => one.state === "broken");
    expect(named.map((one: { check: string }) => one.check)).to.include("derived-again-is-the-same");
    expect((await fsck("--repair")).code).to.equal(0);
    expect((await fsck()).out).to.match(/checks: clean/);
  });

  it("ends with 2 where the chain does not answer", async () => {
    const { code, err } = await fsck("--rpc", "http://127.0.0.1:9", "--quick");
    expect(code, err).to.equal(2);
  });
});
