import { hash as hashOnce } from "node:crypto";
import { keccak256, toHex } from "../../domain/bytes.ts";
import { parseSignedCustodyEvent } from "../../domain/custody/events.ts";
import { hashEvent } from "../../domain/custody/hashEvent.ts";
import type { Hash } from "../../domain/types.ts";
import { type Receipt, receiptDigest } from "../custody/signReceipt.ts";
import { type Breach, breachCollector, type Check, type CheckSetting } from "./check.ts";
import { inPages } from "./pages.ts";

// What is named by its hash has that hash: a flipped bit on a disk, or a hand in the tables, shows here.

type EventRow = {
  readonly key: Hash;
  readonly event: unknown;
  readonly receipt: Receipt;
  readonly heads: string[] | null;
};

const EVENTS = `SELECT e.digest AS key, e.event, e.receipt,
  (SELECT array_agg(i.head ORDER BY i.position) FROM accepted_item i WHERE i.digest = e.digest) AS heads
  FROM accepted_event e`;

function eventProblem({ separator, recoverSigner }: CheckSetting, { key, event, receipt, heads }: EventRow) {
  try {
    const hashed = hashEvent(separator, parseSignedCustodyEvent(event));
    if (hashed.digest !== key) return "the event has another digest";
    if (String(hashed.heads) !== String(heads)) return "an item has another head";
  } catch {
    return "the event cannot be read";
  }
  const signer = receipt.digest === key ? recoverSigner(receiptDigest(separator, receipt), receipt.signature) : null;
  return signer === receipt.signer ? null : "its receipt is not signed for it";
}

async function brokenRecords(setting: CheckSetting): Promise<{ breach: Breach; hashes: Hash[] }> {
  const found = breachCollector();
  const hashes: Hash[] = [];
  await inPages<{ key: Hash; bytes: Buffer }>(
    setting,
    "records",
    "SELECT hash AS key, bytes FROM record",
    500,
    (row) => {
      if (`0x${hashOnce("sha256", row.bytes, "hex")}` === row.key) return;
      hashes.push(row.key);
      found.add({ recordHash: row.key });
    },
  );
  return { breach: found.breach(), hashes };
}

export const BYTE_CHECKS: readonly Check[] = [
  {
    id: "records-are-their-hash",
    invariant: "I4",
    says: "every record's bytes have the hash that was signed",
    quick: false,
    find: async (setting) => (await brokenRecords(setting)).breach,
    // Only what content-addressed storage has is let go: the content worker fetches it again and checks it.
    async repair(tx, setting) {
      const { hashes } = await brokenRecords(setting);
      const { rows } = await tx.query<{ hash: Hash }>(
        `DELETE FROM record WHERE hash = ANY($1) AND hash NOT IN (SELECT hash FROM content_outbox) RETURNING hash`,
        [hashes],
      );
      await tx.query("INSERT INTO missing_record (hash) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", [
        rows.map(({ hash }) => hash),
      ]);
    },
  },
  {
    id: "events-are-their-digest",
    invariant: "I12",
    says: "every accepted event has its digest, its items' heads, and a receipt signed for it",
    quick: false,
    async find(setting) {
      const found = breachCollector();
      await inPages<EventRow>(setting, "events", EVENTS, 500, (row) => {
        const problem = eventProblem(setting, row);
        if (problem !== null) found.add({ digest: row.key, problem });
      });
      return found.breach();
    },
  },
  {
    id: "attempts-are-their-hash",
    invariant: "I6",
    says: "every stored transaction has the hash under which its receipt is looked for",
    quick: false,
    async find(setting) {
      const found = breachCollector();
      const attempts = "SELECT tx_hash AS key, raw FROM attempt";
      await inPages<{ key: Hash; raw: Buffer }>(setting, "transactions", attempts, 100, (row) => {
        if (toHex(keccak256(row.raw)) !== row.key) found.add({ transaction: row.key });
      });
      return found.breach();
    },
  },
];
