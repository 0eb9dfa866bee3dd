import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { inTransaction } from "../../../backend/storage/database.ts";
import { insertRows } from "../../../backend/storage/insertRows.ts";

const BATCH = 500;
const hex = (bytes: number): string => `0x${randomBytes(bytes).toString("hex")}`;

/**
 * What PostgreSQL alone takes of the same rows, in the same batches, each with its COMMIT: nothing read, hashed, recovered
 * or judged. An event alone makes a row of `accepted_event`, `accepted_item`, `record` and `content_outbox`, and three of
 * `record_disclosure`; an item of a consignment the same without the event.
 */
export async function insertBare(pool: Pool, seconds: number) {
  return {
    eventsPerSecond: await rate(seconds, (i) => insertBatch(pool, i, BATCH)),
    itemsPerSecond: await rate(seconds, (i) => insertBatch(pool, i, BATCH / 100)),
  };
}

async function rate(seconds: number, insert: (i: number) => Promise<number>): Promise<number> {
  const start = performance.now();
  let rows = 0;
  for (let i = 0; performance.now() - start < seconds * 1000; i++) rows += await insert(i);
  return (rows * 1000) / (performance.now() - start);
}

let position = 1_000_000_000;

async function insertBatch(pool: Pool, _batch: number, events: number): Promise<number> {
  const digests = Array.from({ length: events }, () => hex(32));
  const items = Array.from({ length: BATCH }, (_, i) => ({
    digest: digests[i % events],
    position: Math.floor(i / events),
    record: hex(32),
  }));
  const event = JSON.stringify({ kind: "handover", filler: "x".repeat(700) });
  const bytes = Buffer.alloc(900, 120);
  const sealed = Buffer.alloc(90, 120);
  await inTransaction(pool, async (tx) => {
    await insertRows(
      tx,
      "accepted_event",
      [
        ["digest", "text", (digest) => digest],
        ["kind", "text", () => "handover"],
        ["actor", "int", () => 1],
        ["event", "jsonb", () => event],
        ["deadline", "bigint", () => 0],
        ["accepted_at", "timestamptz", () => "2026-01-01T00:00:00Z"],
        [
          "receipt",
          "jsonb",
          () =>
            '{"filler":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}',
        ],
        ["position", "bigint", () => position++],
      ],
      digests,
    );
    await insertRows(
      tx,
      "accepted_item",
      [
        ["digest", "text", (item) => item.digest],
        ["position", "int", (item) => item.position],
        ["passport_id", "text", () => hex(20)],
        ["prev_head", "text", () => hex(28)],
        ["head", "text", () => hex(28)],
        ["custodian", "int", () => 2],
        ["phase", "text", () => "active"],
        ["moved", "bool", () => true],
        ["state", "text", () => "open"],
      ],
      items,
    );
    await insertRows(
      tx,
      "record",
      [
        ["hash", "text", (item) => item.record],
        ["bytes", "bytea", () => bytes],
        ["type", "text", () => "handover/1"],
        ["subject", "text", () => hex(20)],
      ],
      items,
    );
    await insertRows(tx, "content_outbox", [["hash", "text", (item) => item.record]], items);
    await insertRows(
      tx,
      "record_disclosure",
      [
        ["record_hash", "text", ({ record }) => record],
        ["digest", "text", () => hex(22)],
        ["sealed", "bytea", () => sealed],
      ],
      [...items, ...items, ...items],
    );
  });
  return BATCH;
}
