import { mayPublish, requireAcceptable } from "../../domain/anchors/acceptDataRecord.ts";
import { isByIssuer, opensSubject } from "../../domain/anchors/opensSubject.ts";
import { domainSeparator } from "../../domain/eip712.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Hash } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { insertDataRecords, readReceipts } from "../../storage/dataRecords.ts";
import type { AcceptDependencies } from "../custody/acceptCustodyEvents.ts";
import { type Backlog, boundBacklog } from "../custody/boundBacklog.ts";
import { commitBatch } from "../custody/commitBatch.ts";
import { groupCommit } from "../custody/groupCommit.ts";
import { promiseReceipt, type Receipt, storedReceipt } from "../custody/signReceipt.ts";
import { storeRecords } from "../custody/storeRecords.ts";
import { type PreparedDataRecord, prepareDataRecord, type UnverifiedDataRecord } from "./prepareDataRecord.ts";
import { type DataRecordFacts, readDataRecordFacts } from "./readDataRecordFacts.ts";

export type DataRecordOutcome = {
  readonly digest: Hash;
  readonly state: "accepted";
  /** The same for every repeat of a data record. */
  readonly receipt: Receipt;
};

/** The way of a data record into this operator: from its author's signature to a durable promise. */
export type DataRecordAcceptor = {
  /**
   * Parse, check, recover, one shared COMMIT.
   * @throws DomainError those of `prepareDataRecord` and `requireAcceptable`, `publisher-unknown`, `events-backlog-full`
   */
  accept(unverified: UnverifiedDataRecord): Promise<DataRecordOutcome>;
  waiting(): number;
  close(): Promise<void>;
};

const MAX_BATCH = 500;
const MAX_WAITING = 5_000;
const OPEN_RECORDS = "SELECT 1 FROM data_record WHERE state = 'open'";

/** Makes the one acceptor of a process; several processes may accept on one database. */
export function createDataRecordAcceptor(dependencies: AcceptDependencies): DataRecordAcceptor {
  const { pool, recoverSigner } = dependencies;
  const separator = domainSeparator(dependencies.domain);
  const context = { ...dependencies, separator, backlog: boundBacklog(dependencies.maxOpenItems, OPEN_RECORDS) };
  const group = groupCommit<PreparedDataRecord, DataRecordOutcome>({
    commit: (batch) =>
      commitBatch(pool, batch, (tx, entries) => acceptBatch(context, tx, entries), dependencies.failpoint),
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
  });
  return {
    accept: async (unverified) => group.submit(prepareDataRecord({ separator, recoverSigner }, unverified)),
    waiting: group.waiting,
    close: group.close,
  };
}

type Context = AcceptDependencies & { readonly separator: Uint8Array; readonly backlog: Backlog };
type Result = DataRecordOutcome | Error;

/**
 * No lock is taken: a data record depends on no other, and its digest is its key. Of two processes that store one, the
 * second waits for the first's COMMIT at that key, and answers the receipt that was stored.
 */
async function acceptBatch(context: Context, tx: Transaction, batch: readonly PreparedDataRecord[]): Promise<Result[]> {
  await tx.query("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15s'");
  const digests = [...new Set(batch.map(({ digest }) => digest))];
  const receipts = await readReceipts<Receipt>(tx, digests);
  const fresh = batch.filter(({ digest }) => !receipts.has(digest));
  const now = context.now();
  if (fresh.length > 0) await context.backlog.count(tx, now);
  const facts = await readDataRecordFacts(tx, fresh, context.receiptKey.publisher);
  const refused = new Map<PreparedDataRecord, Error>();
  const promised = new Map<Hash, { readonly prepared: PreparedDataRecord; readonly receipt: Receipt }>();
  for (const prepared of fresh) {
    const { digest } = prepared;
    if (promised.has(digest)) continue;
    try {
      decide(context, prepared, facts, now);
      if (isByIssuer(prepared.dataRecord)) facts.subjects.add(prepared.dataRecord.subjectId);
      const receipt = promiseReceipt(context.separator, context.receiptKey, { digest, acceptedAt: now });
      promised.set(digest, { prepared, receipt });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refused.set(prepared, error);
    }
  }
  const stored = await insertDataRecords(tx, [...promised.values()].map(toRow));
  const records = [...promised].filter(([digest]) => stored.has(digest)).map(([, { prepared }]) => prepared.record);
  await storeRecords(tx, records, context.sealing, true);
  for (const [digest, { receipt }] of promised) if (stored.has(digest)) receipts.set(digest, receipt);
  const overtaken = [...promised.keys()].filter((digest) => !stored.has(digest));
  for (const [digest, receipt] of await readReceipts<Receipt>(tx, overtaken)) receipts.set(digest, receipt);
  return batch.map((prepared): Result => {
    const receipt = receipts.get(prepared.digest);
    if (receipt !== undefined) return { digest: prepared.digest, state: "accepted", receipt: storedReceipt(receipt) };
    return refused.get(prepared) as Error;
  });
}

function decide(
  { receiptKey, backlog }: Context,
  { dataRecord, signer, record }: PreparedDataRecord,
  facts: DataRecordFacts,
  now: number,
): void {
  const subjectExists = facts.subjects.has(dataRecord.subjectId) || opensSubject(dataRecord, record.content.kind);
  requireAcceptable(dataRecord, signer, { now, participants: facts.participants, subjectExists });
  if (!mayPublish(facts.participants.get(receiptKey.publisher), receiptKey.signer)) {
    throw new DomainError(
      "publisher-unknown",
      "This server anchors no data records: its key is not that of an admitted participant with the role OPERATOR.",
      { publisher: receiptKey.publisher },
    );
  }
  backlog.take(1);
}

const toRow = ({ prepared, receipt }: { readonly prepared: PreparedDataRecord; readonly receipt: Receipt }) => ({
  ...prepared.dataRecord,
  digest: prepared.digest,
  receipt,
  acceptedAt: receipt.acceptedAt,
});
