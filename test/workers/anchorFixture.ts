import { randomBytes, Wallet } from "ethers";
import { createTransactor } from "../../backend/chain/transactor.ts";
import { dataRecordDigest, type SignedDataRecord } from "../../backend/domain/anchors/dataRecord.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { Hash, Hex, PassportId } from "../../backend/domain/types.ts";
import { receiptKey } from "../../backend/services/custody/receiptKey.ts";
import { openAnchorQueue } from "../../backend/storage/anchorQueue.ts";
import type { Transaction } from "../../backend/storage/database.ts";
import { insertDataRecords } from "../../backend/storage/dataRecords.ts";
import { openManifestQueue } from "../../backend/storage/manifestQueue.ts";
import { type AnchorSealingOptions, createAnchorSealing } from "../../backend/workers/anchorSealing.ts";
import type { ReadBlock } from "../../backend/workers/contentStep.ts";
import { createManifestStep } from "../../backend/workers/manifestStep.ts";
import { type Member, RELAYER_KEY, signDigest, type TestContract } from "../support/contract.ts";
import type { TestDatabase } from "../support/database.ts";
import { relayerOf, type TestRelayer } from "./relayerFixture.ts";

/** A relayer that also seals anchors of that publisher, without waiting for company. */
export function anchoringRelayerOf(
  database: TestDatabase,
  contract: TestContract,
  publisher: Member,
  changed: Partial<AnchorSealingOptions> = {},
): TestRelayer {
  const chain = createTransactor(contract.rpc, new Wallet(RELAYER_KEY), contract);
  const relayer: TestRelayer = relayerOf(database, contract, {
    sealAnchor: createAnchorSealing({
      separator: contract.separator,
      key: receiptKey(publisher.wallet.privateKey as Hex, publisher.id),
      encodeAnchor: chain.encodeAnchor,
      queue: openAnchorQueue(database.pool),
      onAlarm: (alarm) => relayer.alarms.push(alarm),
      maxWaitSeconds: 0,
      ...changed,
    }),
  });
  return relayer;
}

/** A data record about a subject, signed by its author. */
export function signRecord(contract: TestContract, author: Member, subjectId: PassportId): SignedDataRecord {
  const { hash: recordHash } = buildRecord("data/1", { subject: subjectId, kind: "inspection" }, (size) =>
    randomBytes(size),
  );
  const record = { subjectId, author: author.id, occurredAt: 1_800_000_000, recordHash };
  return { ...record, signature: signDigest(author.wallet, dataRecordDigest(contract.separator, record)) };
}

/** Puts data records where the accepting service puts them. */
export async function acceptRecords(
  database: TestDatabase,
  contract: TestContract,
  records: readonly SignedDataRecord[],
): Promise<Hash[]> {
  const rows = records.map((record) => ({
    ...record,
    digest: dataRecordDigest(contract.separator, record),
    receipt: {},
    acceptedAt: Math.floor(Date.now() / 1000),
  }));
  await insertDataRecords(database.pool as unknown as Transaction, rows);
  return rows.map(({ digest }) => digest);
}

/** Finds what is due among the missing manifests, once; answers the codes of what went wrong. */
export async function findManifests(
  database: TestDatabase,
  contract: TestContract,
  sources: readonly ReadBlock[] = [],
): Promise<string[]> {
  const problems: string[] = [];
  await createManifestStep({
    queue: openManifestQueue(database.pool),
    separator: contract.separator,
    sources,
    onProblem: (error) => problems.push((error as { code?: string }).code ?? String(error)),
  })();
  return problems;
}

/** Reads blocks from another operator's tables. */
export const blocksOf = (database: TestDatabase): ReadBlock => openManifestQueue(database.pool).readBlock;
