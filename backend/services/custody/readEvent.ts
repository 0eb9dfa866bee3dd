import { formatBitmap, isDeclined, parseBitmap } from "../../domain/custody/events.ts";
import { decodeHeader } from "../../domain/custody/header.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Hash, Head, Hex, PassportId } from "../../domain/types.ts";
import type { Database, Transaction } from "../../storage/database.ts";
import { type Finality, finalityOf, type Heights, readHeights } from "../finality.ts";
import { type Receipt, storedReceipt } from "./signReceipt.ts";

export type ItemState = "offered" | "accepted" | "sealed" | "submitted" | Finality | "declined" | "rejected";

export type EventItem = {
  readonly passportId: PassportId;
  readonly position: number;
  readonly state: ItemState;
  /** The contract's reason for a rejected item, or its last hint for one that is still tried. */
  readonly reason?: string;
  readonly block?: { readonly number: number; readonly hash: Hash };
};

export type EventStatus = {
  readonly digest: Hash;
  readonly kind: string;
  /** The signed event in its JSON form. */
  readonly event: SignedEventJson;
  readonly receipt?: Receipt;
  readonly items: readonly EventItem[];
  /** Hashes of the transactions that may carry it, the ones that did included. */
  readonly transactions: readonly Hash[];
};

type SignedEventJson = {
  readonly kind: string;
  readonly items: readonly { readonly passportId: PassportId; readonly prevHead: Head; readonly recordHash: Hash }[];
  readonly declined: Hex;
} & Readonly<Record<string, unknown>>;

/**
 * What became of an event, item by item: promised here, on its way, on chain (whoever relayed it), or offered.
 * @throws DomainError `event-unknown`
 */
export async function readEvent(database: Database, digest: Hash): Promise<EventStatus> {
  const status = (await readEvents(database, [digest])).get(digest);
  if (status !== undefined) return status;
  throw new DomainError("event-unknown", "This server knows no custody event with this digest.", { digest });
}

/** The same for several; those that this server does not know are absent. */
export async function readEvents(
  { pool }: { readonly pool: Transaction },
  digests: readonly Hash[],
): Promise<Map<Hash, EventStatus>> {
  const { rows } = await pool.query<Row>(STATUS, [digests]);
  const heights = await readHeights(pool);
  const known = rows.map((row) => statusOf(row, heights)).filter((status) => status !== null);
  return new Map(known.map((status) => [status.digest, status]));
}

function statusOf(row: Row, heights: Heights | null): EventStatus | null {
  const { digest } = row;
  const log = row.logs?.[0];
  const event = row.accepted ?? row.offered ?? (log === undefined ? null : loggedEvent(log));
  if (event === null) return null;
  const onTheWay: ItemState =
    row.submission === null ? "accepted" : row.submission === "sealed" ? "sealed" : "submitted";
  const pending: ItemState = row.accepted === null ? (row.offered === null ? "rejected" : "offered") : onTheWay;
  const items = event.items.map(({ passportId }, position): EventItem => {
    const step = row.steps?.find((one) => one.passportId === passportId);
    return { passportId, position, ...itemState(row, event, position, step, pending, heights) };
  });
  const transactions = [...new Set([...(row.logs ?? []).map(({ tx }) => tx), ...(row.attempts ?? [])])];
  const receipt = row.receipt === null ? {} : { receipt: storedReceipt(row.receipt) };
  return { digest, kind: event.kind, event, ...receipt, items, transactions };
}

function itemState(
  row: Row,
  event: SignedEventJson,
  position: number,
  step: StepRow | undefined,
  pending: ItemState,
  heights: Heights | null,
): Pick<EventItem, "state" | "reason" | "block"> {
  if (step !== undefined) {
    return { state: finalityOf(step.number, heights), block: { number: step.number, hash: step.hash } };
  }
  if (isDeclined(parseBitmap(event.declined, "declined"), position)) return { state: "declined" };
  const promised = row.items?.find((item) => item.position === position);
  const hint = row.rejections?.findLast(({ item }) => item === position || item === -1)?.reason;
  const reason = promised?.reason ?? hint;
  const state = promised?.state === "rejected" ? "rejected" : pending;
  return reason === undefined || reason === null ? { state } : { state, reason };
}

/** The signed event as its log tells it, for one that another operator relayed. */
function loggedEvent({ header, items, declined, signatures }: LogRow): SignedEventJson {
  const { firstSignatureLength, ...fields } = decodeHeader(header);
  const split = 2 + 2 * firstSignatureLength;
  return {
    ...fields,
    items: items.map(([passportId, prevHead, recordHash]) => ({ passportId, prevHead, recordHash })),
    actorSignature: signatures.slice(0, split),
    counterpartySignature: `0x${signatures.slice(split)}`,
    declined: formatBitmap(parseBitmap(declined, "declined")),
  };
}

type LogRow = {
  readonly header: Hash;
  readonly items: readonly (readonly [PassportId, Head, Hash])[];
  readonly declined: Hex;
  readonly signatures: Hex;
  readonly tx: Hash;
};
type StepRow = { readonly passportId: PassportId; readonly number: number; readonly hash: Hash };
type Row = {
  readonly digest: Hash;
  readonly accepted: SignedEventJson | null;
  readonly receipt: Receipt | null;
  readonly offered: SignedEventJson | null;
  readonly items: { readonly position: number; readonly state: string; readonly reason: string | null }[] | null;
  readonly steps: StepRow[] | null;
  readonly logs: LogRow[] | null;
  readonly rejections: { readonly item: number; readonly reason: string }[] | null;
  /** State of the latest submission that carries it. */
  readonly submission: string | null;
  readonly attempts: Hash[] | null;
};

/** Everything about each digest in one snapshot, so that an item is never seen in two states at once. */
const STATUS = `
SELECT asked.digest,
  (SELECT event FROM accepted_event WHERE digest = asked.digest) AS accepted,
  (SELECT receipt FROM accepted_event WHERE digest = asked.digest) AS receipt,
  (SELECT event FROM offer WHERE digest = asked.digest) AS offered,
  (SELECT json_agg(json_build_object('position', position, 'state', state, 'reason', reason))
     FROM accepted_item WHERE digest = asked.digest) AS items,
  (SELECT json_agg(json_build_object('passportId', step.passport_id, 'number', block.number, 'hash', block.hash))
     FROM chain_custody_step AS step JOIN chain_block AS block ON block.number = step.block_number
    WHERE step.digest = asked.digest) AS steps,
  (SELECT json_agg(json_build_object('header', header, 'items', items, 'declined', declined, 'signatures', signatures,
     'tx', tx_hash) ORDER BY block_number, log_index) FROM chain_custody_log WHERE digest = asked.digest) AS logs,
  (SELECT json_agg(json_build_object('item', item_index, 'reason', reason) ORDER BY block_number, log_index)
     FROM chain_rejection WHERE digest = asked.digest) AS rejections,
  (SELECT submission.state FROM submission_event JOIN submission ON submission.id = submission_event.submission_id
    WHERE submission_event.digest = asked.digest ORDER BY submission.id DESC LIMIT 1) AS submission,
  (SELECT array_agg(attempt.tx_hash ORDER BY attempt.created_at) FROM submission_event
     JOIN attempt ON attempt.submission_id = submission_event.submission_id
    WHERE submission_event.digest = asked.digest) AS attempts
FROM unnest($1::text[]) AS asked(digest)`;
