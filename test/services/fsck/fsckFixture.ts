import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { receiptKey } from "../../../backend/services/custody/receiptKey.ts";
import { signReceipt } from "../../../backend/services/custody/signReceipt.ts";
import type { CheckSetting } from "../../../backend/services/fsck/check.ts";
import { startTestChain } from "../../support/chain.ts";
import { deployTestContract, newPassportId, type TestContract } from "../../support/contract.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { waitUntil } from "../../support/waitUntil.ts";
import { catchUp, followerOf } from "../../workers/followerFixture.ts";
import { accept, relayerOf } from "../../workers/relayerFixture.ts";

export type CheckedInstallation = {
  readonly database: TestDatabase;
  readonly contract: TestContract;
  readonly setting: CheckSetting;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The follower's steps until nothing is left to do. */
  follow(): Promise<void>;
  stop(): Promise<void>;
};

const OPERATOR = receiptKey(`0x${"09".repeat(32)}`, 9);

/** Tables, chain and relayer after an ordinary day: a mint of three, handed over, one of them declined; all final. */
export async function startCheckedInstallation(): Promise<CheckedInstallation> {
  const chain = await startTestChain();
  const database = await createDatabase();
  const contract = await deployTestContract(chain);
  const producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN"]);
  const fleet = await contract.admit(2, ["CUSTODIAN"]);
  const query = async (sql: string) => (await database.pool.query(sql)).rows;
  const follower = followerOf(database, contract);

  const recordHashes: Hash[] = [];
  for (let i = 0; i < 3; i++) {
    const bytes = Buffer.from(`{"number":${i}}`);
    recordHashes.push(recordHash(bytes));
    await database.pool.query("INSERT INTO record (hash, bytes, type, subject) VALUES ($1, $2, 'mint/1', '')", [
      recordHashes[i],
      bytes,
    ]);
  }
  const minted = await contract.sign(
    { kind: "mint", actor: producer },
    recordHashes.map((hash) => ({ passportId: newPassportId(1), recordHash: hash })),
  );
  const heads = contract.headsOf(minted);
  const handed = await contract.sign(
    { kind: "handover", actor: producer, receiver: fleet, declined: 0b010n },
    minted.items.map((item, i) => ({ ...item, prevHead: heads[i]! })),
  );
  for (const event of [minted, handed]) {
    const digest = await accept(database, contract, event);
    const promise = { digest, publisher: 9, acceptedAt: event.occurredAt, anchorBefore: event.deadline };
    const receipt = JSON.stringify(signReceipt(contract.separator, OPERATOR, promise));
    await database.pool.query("UPDATE accepted_event SET receipt = $2 WHERE digest = $1", [digest, receipt]);
  }
  await database.pool.query("UPDATE accept_counter SET next = (SELECT max(position) + 1 FROM accepted_event)");
  await catchUp(follower);
  const relayer = relayerOf(database, contract);
  await waitUntil("everything is on chain", async () => {
    await relayer.step();
    await follower.step();
    const open = "SELECT 1 FROM accepted_item WHERE state = 'open'";
    return (await query(`${open} UNION ALL SELECT 1 FROM submission WHERE state <> 'mined'`)).length === 0;
  });
  await chain.rpc("anvil_mine", "0x6");
  await catchUp(follower);
  return {
    database,
    contract,
    setting: {
      pool: database.pool,
      rpc: contract.rpc,
      deployment: contract,
      separator: contract.separator,
      recoverSigner,
      onProgress: () => undefined,
    },
    query,
    follow: () => catchUp(follower),
    async stop() {
      await database.drop();
      await chain.stop();
    },
  };
}
