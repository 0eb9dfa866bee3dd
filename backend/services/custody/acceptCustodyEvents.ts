import type { Pool } from "pg";
import { isOffer } from "../../domain/custody/accept.ts";
import { formatBitmap } from "../../domain/custody/events.ts";
import { domainSeparator, type SigningDomain } from "../../domain/eip712.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Failpoint } from "../../domain/failpoint.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Hash, UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { type RecoverSigners, recoverHere } from "../signatures/recoveryThread.ts";
import { takeTurns } from "../takeTurns.ts";
import { awaitCompany } from "./awaitCompany.ts";
import { type Backlog, boundBacklog } from "./boundBacklog.ts";
import { commitBatch } from "./commitBatch.ts";
import { decideSubmission } from "./decideSubmission.ts";
import { groupCommit } from "./groupCommit.ts";
import { namedModels, readStoredModels, requireModels } from "./prepareModelRecords.ts";
import {
  joinSubmission,
  type PreparedSubmission,
  readEvent,
  readItemsRecord,
  type UnverifiedSubmission,
  withSigners,
} from "./prepareSubmission.ts";
import { readAcceptView } from "./readAcceptView.ts";
import { type DisclosureSealing, sealRecord } from "./sealRecord.ts";
import { promiseReceipt, type Receipt, type ReceiptKey, storedReceipt } from "./signReceipt.ts";
import { type AcceptedSubmission, storeAccepted, storeOffers } from "./storeAccepted.ts";
import { storeRecords } from "./storeRecords.ts";

export type AcceptDependencies = {
  readonly pool: Pool;
  readonly domain: SigningDomain;
  readonly recoverSigner: RecoverSigner;
  /** The same for many, on another thread; without it they are recovered here. */
  readonly recoverSigners?: RecoverSigners;
  readonly receiptKey: ReceiptKey;
  readonly sealing: DisclosureSealing;
  /** Unix time in seconds. */
  readonly now: () => UnixTime;
  /** Items accepted and not yet on chain, beyond which new events are refused. */
  readonly maxOpenItems: number;
  readonly failpoint?: Failpoint;
};

export type AcceptOutcome = {
  readonly digest: Hash;
  readonly state: "accepted" | "offered";
  /** The same for every repeat of an event; an offer has none, because nothing is promised yet. */
  readonly receipt?: Receipt;
};

/** The way of an event into this operator: from a submission to a durable promise. */
export type Acceptor = {
  /** Parse, check, recover, one shared COMMIT. Throws the codes of `prepareSubmission` and of `decideSubmission`. */
  accept(submission: UnverifiedSubmission): Promise<AcceptOutcome>;
  /** The same for an event whose records were checked already. */
  acceptPrepared(submission: PreparedSubmission): Promise<AcceptOutcome>;
  readonly separator: Uint8Array;
  waiting(): number;
  close(): Promise<void>;
};

/** What is committed together, by weight: some tens of milliseconds, in which the next batch gathers. */
const MAX_BATCH = 1_200;
/**
 * What an event weighs besides its items: its own row, and a receipt to sign. So a batch takes some seventy single events, and
 * the next seventy are prepared while the database stores them; all at once, each would wait for the other.
 */
const EVENT_WEIGHT = 15;
const MAX_WAITING = 5_000;
/** Longest wait for company, while others are being prepared: a lone event waits for nobody. */
const GATHER_MS = 25;
const OPEN_ITEMS = "SELECT 1 FROM accepted_item WHERE state = 'open'";

/** Makes the one acceptor of a process; several processes may accept on one database. */
export function createAcceptor(dependencies: AcceptDependencies): Acceptor {
  const separator = domainSeparator(dependencies.domain);
  const { sealing, recoverSigners = recoverHere(dependencies) } = dependencies;
  const company = awaitCompany(GATHER_MS);
  const inTurn = takeTurns(() => performance.now());
  const backlog = boundBacklog(dependencies.maxOpenItems, OPEN_ITEMS);
  const context = { ...dependencies, separator, backlog };
  const prepare = async (submission: UnverifiedSubmission): Promise<PreparedSubmission> => {
    const event = readEvent(submission);
    const records = await Promise.all(
      submission.records.map((entry, position) =>
        inTurn(() => sealRecord(readItemsRecord(event, position, entry), sealing)),
      ),
    );
    const read = await inTurn(() => joinSubmission(separator, event, records, submission.models));
    return withSigners(read, await recoverSigners(read.signed));
  };
  const group = groupCommit<PreparedSubmission, AcceptOutcome>({
    commit: (batch) =>
      commitBatch(dependencies.pool, batch, (tx, entries) => acceptBatch(context, tx, entries), dependencies.failpoint),
    maxBatch: MAX_BATCH,
    weightOf: ({ event }) => EVENT_WEIGHT + event.items.length,
    maxWaiting: MAX_WAITING,
    gather: company.gather,
  });
  return {
    separator,
    accept: async (submission) => group.submit(await company.during(prepare(submission))),
    acceptPrepared: (submission) => group.submit(submission),
    waiting: group.waiting,
    close: group.close,
  };
}

type Context = AcceptDependencies & { readonly separator: Uint8Array; readonly backlog: Backlog };
type Result = AcceptOutcome | Error;

async function acceptBatch(context: Context, tx: Transaction, batch: readonly PreparedSubmission[]): Promise<Result[]> {
  const position = await lockCounter(tx);
  const known = await readKnown(tx, batch);
  const fresh = batch.filter(({ digest }) => !known.has(digest));
  if (fresh.length > 0) await context.backlog.count(tx, context.now());
  const view = await readAcceptView(tx, fresh, context.now());
  const models = await readStoredModels(tx, namedModels(fresh.flatMap(({ records }) => records)));
  const accepted: AcceptedSubmission[] = [];
  const offers: PreparedSubmission[] = [];

  const results = batch.map((submission): Result => {
    const before = known.get(submission.digest);
    if (before !== undefined) return repeated(submission, before);
    try {
      const given = submission.models.map(({ hash }) => hash);
      requireModels(submission.records, new Set([...models, ...given]));
      const items = decideSubmission(submission, view);
      if (isOffer(submission.event)) {
        offers.push(submission);
        return { digest: submission.digest, state: "offered" };
      }
      context.backlog.take(items.length);
      for (const hash of given) models.add(hash);
      const outcome = promise(context, submission, view.now);
      accepted.push({ submission, items, receipt: outcome.receipt });
      known.set(submission.digest, { declined: formatBitmap(submission.event.declined), outcome });
      for (const { item, after, declined } of items) if (!declined) view.states.set(item.passportId, after);
      return outcome;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  });

  await storeAccepted(tx, accepted, position);
  await storeOffers(tx, offers);
  const records = accepted.flatMap(({ submission }) => [...submission.records, ...submission.models]);
  await storeRecords(tx, records, context.sealing, true);
  await storeRecords(
    tx,
    offers.flatMap((offer) => offer.records),
    context.sealing,
    false,
  );
  if (accepted.length > 0) {
    await tx.query("UPDATE accept_counter SET next = next + $1 WHERE id = 1", [accepted.length]);
  }
  return results;
}

/**
 * Takes the lock under which events are decided and numbered, across processes. Everything read after it is what the
 * previous holder committed. The timeouts keep a stuck database from holding requests for ever.
 */
async function lockCounter(tx: Transaction): Promise<bigint> {
  await tx.query("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15s'");
  const { rows } = await tx.query<{ next: string }>("SELECT next FROM accept_counter WHERE id = 1 FOR UPDATE");
  return BigInt(rows[0]?.next ?? 1);
}

type Known = { readonly declined: string; readonly outcome: AcceptOutcome };

async function readKnown(tx: Transaction, batch: readonly PreparedSubmission[]): Promise<Map<Hash, Known>> {
  const { rows } = await tx.query<{ digest: Hash; receipt: Receipt; declined: string }>(
    `SELECT digest, receipt, event->>'declined' AS declined FROM accepted_event WHERE digest = ANY($1::text[])`,
    [batch.map(({ digest }) => digest)],
  );
  return new Map(
    rows.map(({ digest, receipt, declined }) => [
      digest,
      { declined, outcome: { digest, state: "accepted", receipt: storedReceipt(receipt) } },
    ]),
  );
}

/**
 * A repeat gets what the first one got, whatever its signature bytes: the digest is the identity. An acceptance that
 * declines other items than the one stored is another decision, and is refused.
 */
function repeated({ event, digest }: PreparedSubmission, { declined, outcome }: Known): Result {
  if (isOffer(event) || declined === formatBitmap(event.declined)) return outcome;
  return new DomainError("acceptance-differs", "This handover was accepted already, with other items declined.", {
    digest,
    declined,
  });
}

function promise({ separator, receiptKey }: Context, { digest, event }: PreparedSubmission, now: UnixTime) {
  return {
    digest,
    state: "accepted",
    receipt: promiseReceipt(separator, receiptKey, { digest, acceptedAt: now, until: event.deadline }),
  } as const;
}
