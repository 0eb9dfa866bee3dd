import { expect } from "chai";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { checkTables, type Finding, worstOf } from "../../../backend/services/fsck/checkTables.ts";
import { type CheckedInstallation, startCheckedInstallation } from "./fsckFixture.ts";

/** Something that a crash, a disk or a hand in the tables could do, what notices it, and what takes it back. */
type Damage = {
  readonly what: string;
  readonly sql: string;
  readonly noticedBy: string;
  /** Absent: `--repair` mends it. */
  readonly undo?: string;
};

const DAMAGES: readonly Damage[] = [
  {
    what: "an applied item counts as open",
    sql: "UPDATE accepted_item SET state = 'open' WHERE position = 0",
    noticedBy: "items-on-chain-are-applied",
  },
  {
    what: "an applied item counts as rejected",
    sql: "UPDATE accepted_item SET state = 'rejected', reason = 'stale-head' WHERE position = 0",
    noticedBy: "items-on-chain-are-applied",
  },
  {
    what: "the counter of accepted events went back",
    sql: "UPDATE accept_counter SET next = 1",
    noticedBy: "the-counter-is-ahead",
  },
  {
    what: "a record that is published lost a byte",
    sql: `WITH unpublished AS (DELETE FROM content_outbox)
      UPDATE record SET bytes = substring(bytes FROM 2) WHERE hash = (SELECT min(hash) FROM record)`,
    noticedBy: "records-are-their-hash",
  },
  {
    what: "an item's row is lost",
    sql: "CREATE TABLE kept AS SELECT * FROM accepted_item WHERE position = 2; DELETE FROM accepted_item WHERE position = 2",
    noticedBy: "events-have-their-items",
    undo: "INSERT INTO accepted_item SELECT * FROM kept; DROP TABLE kept",
  },
  {
    what: "a step is lost",
    sql: "CREATE TABLE kept AS SELECT * FROM chain_custody_step WHERE sequence = 0; DELETE FROM chain_custody_step WHERE sequence = 0",
    noticedBy: "histories-have-no-gap",
    undo: "INSERT INTO chain_custody_step SELECT * FROM kept; DROP TABLE kept",
  },
  {
    what: "a passport's custodian was changed by hand",
    sql: "UPDATE chain_passport SET custodian = custodian + 10",
    noticedBy: "passports-stand-at-their-last-step",
    undo: "UPDATE chain_passport SET custodian = custodian - 10",
  },
  {
    what: "a log was changed by hand",
    sql: "UPDATE chain_custody_log SET digest = reverse(digest)",
    noticedBy: "steps-come-from-logs",
    undo: "UPDATE chain_custody_log SET digest = reverse(digest)",
  },
  {
    what: "an accepted event's deadline was changed by hand",
    sql: "UPDATE accepted_event SET event = jsonb_set(event, '{deadline}', to_jsonb((event->>'deadline')::bigint + 1))",
    noticedBy: "events-are-their-digest",
    undo: "UPDATE accepted_event SET event = jsonb_set(event, '{deadline}', to_jsonb((event->>'deadline')::bigint - 1))",
  },
  {
    what: "a receipt promises another time than was signed",
    sql: "UPDATE accepted_event SET receipt = jsonb_set(receipt, '{acceptedAt}', '1')",
    noticedBy: "events-are-their-digest",
    undo: "UPDATE accepted_event SET receipt = jsonb_set(receipt, '{acceptedAt}', event->'occurredAt')",
  },
  {
    what: "a final block has another hash than the chain's",
    sql: "UPDATE chain_block SET hash = reverse(hash) WHERE logs > 0",
    noticedBy: "final-blocks-are-the-chains",
    undo: "UPDATE chain_block SET hash = reverse(hash) WHERE logs > 0",
  },
  {
    what: "the tables are an older backup than the chain",
    sql: "CREATE TABLE kept AS SELECT * FROM attempt; UPDATE attempt SET nonce = nonce - 5",
    noticedBy: "the-book-knows-every-transaction",
    undo: "UPDATE attempt SET nonce = nonce + 5; DROP TABLE kept",
  },
  {
    what: "a nonce was burnt without a transaction",
    sql: "UPDATE attempt SET nonce = nonce + 5",
    noticedBy: "nonces-have-no-gap",
    undo: "UPDATE attempt SET nonce = nonce - 5",
  },
  {
    what: "a stored transaction lost a byte",
    sql: "UPDATE attempt SET raw = raw || '\\x00'",
    noticedBy: "attempts-are-their-hash",
    undo: "UPDATE attempt SET raw = substring(raw FROM 1 FOR length(raw) - 1)",
  },
];

describe("checkTables", function () {
  this.timeout(60_000);
  let installation: CheckedInstallation;
  before(async () => {
    installation = await startCheckedInstallation();
  });
  after(() => installation.stop());

  const check = (repair = false, quick = false): Promise<Finding[]> =>
    checkTables(installation.setting, { quick, repair });
  const ids = (findings: readonly Finding[], state: Finding["state"]): string[] =>
    findings.filter((finding) => finding.state === state).map((finding) => finding.check);

  it("finds nothing after an ordinary day", async () => {
    const findings = await check();
    expect(findings.filter(({ state }) => state !== "holds")).to.deep.equal([]);
    expect(worstOf(findings)).to.equal("holds");
    expect(new Set(findings.map((finding) => finding.check)).size).to.equal(findings.length);
  });

  for (const { what, sql, noticedBy, undo } of DAMAGES) {
    it(`notices that ${what}${undo === undefined ? ", and mends it" : ""}`, async () => {
      await installation.query(sql);
      const broken = (await check()).find((finding) => finding.check === noticedBy);
      expect(broken).to.include({ state: "broken" });
      expect(broken?.count).to.be.greaterThan(0);
      expect(broken?.examples).to.have.length.within(1, 5);
      if (undo === undefined) expect(ids(await check(true), "repaired")).to.include(noticedBy);
      else await installation.query(undo);
      expect(ids(await check(), "broken").filter((id) => id !== "accepted-records-are-here")).to.deep.equal([]);
    });
  }

  it("cannot tell, and does not say clean, when the chain does not answer", async () => {
    const setting = { ...installation.setting, rpc: connectJsonRpc("http://127.0.0.1:9") };
    const findings = await checkTables(setting, { quick: true, repair: false });
    expect(ids(findings, "unavailable")).to.include("the-chain-is-the-deployments");
    expect(worstOf(findings)).to.equal("unavailable");
  });

  it("notices that the RPC serves another contract", async () => {
    const deployment = { ...installation.contract, codeHash: installation.contract.codeHash.replace(/.$/, "x") };
    const setting = { ...installation.setting, deployment: deployment as typeof installation.contract };
    const findings = await checkTables(setting, { quick: true, repair: false });
    expect(ids(findings, "broken")).to.include("the-chain-is-the-deployments");
  });
});
