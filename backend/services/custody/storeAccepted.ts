import type { AcceptedItem } from "../../domain/custody/accept.ts";
import { formatSignedCustodyEvent } from "../../domain/custody/events.ts";
import type { Hash } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { type Columns, insertRows } from "../../storage/insertRows.ts";
import type { PreparedSubmission } from "./prepareSubmission.ts";
import type { Receipt } from "./signReceipt.ts";

/** An event that was decided on, with the promise made about it. */
export type AcceptedSubmission = {
  readonly submission: PreparedSubmission;
  readonly items: readonly AcceptedItem[];
  readonly receipt: Receipt;
};

const EVENT_COLUMNS: Columns<AcceptedSubmission & { readonly position: bigint }> = [
  ["digest", "text", ({ submission }) => submission.digest],
  ["kind", "text", ({ submission }) => submission.event.kind],
  ["actor", "int", ({ submission }) => submission.event.actor],
  ["event", "jsonb", ({ submission }) => JSON.stringify(formatSignedCustodyEvent(submission.event))],
  ["deadline", "bigint", ({ submission }) => submission.event.deadline],
  ["accepted_at", "timestamptz", ({ receipt }) => new Date(receipt.acceptedAt * 1000)],
  ["receipt", "jsonb", ({ receipt }) => JSON.stringify(receipt)],
  ["position", "bigint", ({ position }) => position],
];

const ITEM_COLUMNS: Columns<AcceptedItem & { readonly digest: Hash }> = [
  ["digest", "text", ({ digest }) => digest],
  ["position", "int", ({ position }) => position],
  ["passport_id", "text", ({ item }) => item.passportId],
  ["prev_head", "text", ({ item }) => item.prevHead],
  ["head", "text", ({ after }) => after.head],
  ["custodian", "int", ({ after }) => after.custodian],
  ["phase", "text", ({ after }) => after.phase],
  ["moved", "bool", ({ after }) => after.moved],
  ["state", "text", ({ declined }) => (declined ? "declined" : "open")],
];

/**
 * Stores accepted events in multi-row inserts, their items, and which offers they close; must run in the transaction
 * that decided about them.
 * @param firstPosition of the accept counter; the events take consecutive positions
 */
export async function storeAccepted(
  tx: Transaction,
  accepted: readonly AcceptedSubmission[],
  firstPosition: bigint,
): Promise<void> {
  if (accepted.length === 0) return;
  const digests = accepted.map(({ submission }) => submission.digest);
  await insertRows(
    tx,
    "accepted_event",
    EVENT_COLUMNS,
    accepted.map((one, i) => ({ ...one, position: firstPosition + BigInt(i) })),
  );
  const items = accepted.flatMap(({ submission, items }) =>
    items.map((entry) => ({ ...entry, digest: submission.digest })),
  );
  await insertRows(tx, "accepted_item", ITEM_COLUMNS, items);
  await tx.query("UPDATE offer SET state = 'accepted' WHERE digest = ANY($1::text[])", [digests]);
}

/** Keeps offers until their receivers decide. A repeated offer changes nothing. */
export async function storeOffers(tx: Transaction, offers: readonly PreparedSubmission[]): Promise<void> {
  if (offers.length === 0) return;
  await tx.query(
    `INSERT INTO offer (digest, giver, receiver, event, deadline)
     SELECT digest, giver, receiver, event::jsonb, deadline
       FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::bigint[])
         AS given (digest, giver, receiver, event, deadline)
     ON CONFLICT DO NOTHING`,
    [
      offers.map(({ digest }) => digest),
      offers.map(({ event }) => event.actor),
      offers.map(({ event }) => event.counterparty),
      offers.map(({ event }) => JSON.stringify(formatSignedCustodyEvent(event))),
      offers.map(({ event }) => event.deadline),
    ],
  );
}
