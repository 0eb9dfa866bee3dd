import type { AcceptedItem } from "../../domain/custody/accept.ts";
import { formatSignedCustodyEvent } from "../../domain/custody/events.ts";
import type { Transaction } from "../../storage/database.ts";
import type { PreparedSubmission } from "./prepareSubmission.ts";
import type { Receipt } from "./signReceipt.ts";

/** An event that was decided on, with the promise made about it. */
export type AcceptedSubmission = {
  readonly submission: PreparedSubmission;
  readonly items: readonly AcceptedItem[];
  readonly receipt: Receipt;
};

const INSERT_EVENTS = `
INSERT INTO accepted_event (digest, kind, actor, event, deadline, accepted_at, receipt, position)
SELECT digest, kind, actor, event::jsonb, deadline, to_timestamp(accepted_at), receipt::jsonb, position
  FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[])
    AS given (digest, kind, actor, event, deadline, accepted_at, receipt, position)`;

const INSERT_ITEMS = `
INSERT INTO accepted_item (digest, position, passport_id, prev_head, head, custodian, phase, moved, state)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::bool[], $9::text[])`;

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
  const events = accepted.map(({ submission }) => submission.event);
  const digests = accepted.map(({ submission }) => submission.digest);
  await tx.query(INSERT_EVENTS, [
    digests,
    events.map((event) => event.kind),
    events.map((event) => event.actor),
    events.map((event) => JSON.stringify(formatSignedCustodyEvent(event))),
    events.map((event) => event.deadline),
    accepted.map(({ receipt }) => receipt.acceptedAt),
    accepted.map(({ receipt }) => JSON.stringify(receipt)),
    accepted.map((_, i) => (firstPosition + BigInt(i)).toString()),
  ]);
  const items = accepted.flatMap(({ submission, items }) =>
    items.map((entry) => ({ ...entry, digest: submission.digest })),
  );
  await tx.query(INSERT_ITEMS, [
    items.map(({ digest }) => digest),
    items.map(({ position }) => position),
    items.map(({ item }) => item.passportId),
    items.map(({ item }) => item.prevHead),
    items.map(({ after }) => after.head),
    items.map(({ after }) => after.custodian),
    items.map(({ after }) => after.phase),
    items.map(({ after }) => after.moved),
    items.map(({ declined }) => (declined ? "declined" : "open")),
  ]);
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
