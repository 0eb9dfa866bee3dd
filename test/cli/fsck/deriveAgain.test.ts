import { expect } from "chai";
import { deriveAgain } from "../../../scripts/cli/fsck/deriveAgain.ts";
import { type CheckedInstallation, startCheckedInstallation } from "../../services/fsck/fsckFixture.ts";

describe("deriveAgain", function () {
  this.timeout(60_000);
  let installation: CheckedInstallation;
  before(async () => {
    installation = await startCheckedInstallation();
  });
  after(() => installation.stop());

  const derive = (repair = false) => {
    const { database, contract } = installation;
    const parts = { pool: database.pool, databaseUrl: database.url, rpc: contract.rpc, deployment: contract };
    return deriveAgain({ ...parts, repair, onProgress: () => undefined });
  };
  const schemas = () => installation.query("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'fsck%'");

  it("arrives at the same rows, and leaves nothing behind", async () => {
    expect(await derive()).to.include({ state: "holds", count: 0 });
    expect(await schemas()).to.have.length(0);
  });

  it("finds a row that the chain does not give and one that is missing, and puts the chain's in their place", async () => {
    await installation.query("UPDATE chain_passport SET custodian = 7 WHERE id = (SELECT min(id) FROM chain_passport)");
    await installation.query("DELETE FROM chain_participant_change WHERE participant_id = 2");
    const found = await derive();
    expect(found).to.include({ state: "broken", count: 3 });
    expect(found.examples.map((one) => [one.table, one.missing, one.surplus])).to.deep.equal([
      ["chain_participant_change", 1, 0],
      ["chain_passport", 1, 1],
    ]);
    expect(await derive(true)).to.include({ state: "repaired", count: 3 });
    expect(await derive()).to.include({ state: "holds" });
    expect(await schemas()).to.have.length(0);
  });

  it("lets accepted items follow the history that it derived", async () => {
    await installation.query("UPDATE chain_custody_step SET digest = reverse(digest) WHERE sequence = 1");
    await installation.query("UPDATE accepted_item SET state = 'open' WHERE state = 'applied'");
    expect(await derive(true)).to.include({ state: "repaired" });
    expect(await installation.query("SELECT DISTINCT state FROM accepted_item ORDER BY 1")).to.deep.equal([
      { state: "applied" },
      { state: "declined" },
    ]);
  });

  it("cannot tell where the chain does not have the block that the tables stand at", async () => {
    await installation.query("UPDATE chain_cursor SET head_hash = reverse(head_hash)");
    expect(await derive()).to.include({ state: "unavailable" });
    await installation.query("UPDATE chain_cursor SET head_hash = reverse(head_hash)");
    expect(await schemas()).to.have.length(0);
  });
});
