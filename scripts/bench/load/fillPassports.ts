import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { inTransaction } from "../../../backend/storage/database.ts";
import { insertParticipants, type Owned, PRODUCER } from "./acceptWorld.ts";
import { withoutIndexes } from "./withoutIndexes.ts";

const uidOf = (n: number) => normaliseUid(`https://id.gs1.org/01/09521000000018/21/F${String(n).padStart(10, "0")}`);

/** One passport as its producer's server holds it when its mint is final; every other one differs in uid and id. */
const PATTERN = { uid: uidOf(0), id: passportIdOf(PRODUCER, uidOf(0)) };
const { bytes } = buildRecord(
  "mint/1",
  { uid: PATTERN.uid, subject: PATTERN.id, model: { manufacturer: "Bench", chemistry: "NMC622" } },
  (length) => new Uint8Array(randomBytes(length)),
);
const RECORD = new TextDecoder().decode(bytes);

const PER_COMMIT = 25_000;
const PER_BLOCK = 200;
const FIRST_BLOCK = 101;

/**
 * Fills the tables with passports in the producer's hands, by set-based statements: for each its row, its step and log on
 * chain, its record of a kilobyte, identifier and three sealed disclosures, and the accepted event with its item; every index
 * is as in production. Hashes that nobody computes again here are made up. A million take 7 GB, and two minutes on two cores.
 */
export async function fillPassports(pool: Pool, count: number): Promise<void> {
  await inTransaction(pool, (tx) => insertParticipants(tx));
  await pool.query(
    `INSERT INTO chain_block SELECT n, '0x' || encode(sha256(('block ' || n)::bytea), 'hex'),
       '0x' || encode(sha256(('block ' || n - 1)::bytea), 'hex'), extract(epoch FROM now())::int - 1000000 + n, $3
     FROM generate_series($1::int, $2) n`,
    [FIRST_BLOCK, FIRST_BLOCK + Math.floor(count / PER_BLOCK), PER_BLOCK],
  );
  await pool.query("UPDATE chain_cursor SET head_number = $1, safe_number = $1, finalized_number = $1", [
    FIRST_BLOCK + Math.floor(count / PER_BLOCK),
  ]);
  await withoutIndexes(pool, FILLED, async () => {
    for (let from = 0; from < count; from += PER_COMMIT) {
      const numbers = Array.from({ length: Math.min(PER_COMMIT, count - from) }, (_, i) => from + i);
      const uids = numbers.map(uidOf);
      const ids = uids.map((uid) => passportIdOf(PRODUCER, uid));
      await inTransaction(pool, async (tx) => {
        await tx.query("SET LOCAL synchronous_commit = off");
        await tx.query(FILL, [numbers, ids, uids, RECORD, PATTERN.id, PATTERN.uid, PRODUCER, FIRST_BLOCK, PER_BLOCK]);
      });
    }
  });
  await pool.query("UPDATE accept_counter SET next = $1", [count + 1]);
  await pool.query("VACUUM (ANALYZE)");
  await pool.query("CHECKPOINT");
}

const FILLED = `record identifier record_disclosure accepted_event accepted_item chain_custody_log chain_custody_step
  chain_passport`.split(/\s+/);

const hashOf = (what: string, digits = 64): string =>
  `'0x' || left(encode(sha256(('${what} ' || n)::bytea), 'hex'), ${digits})`;
const ZERO_HEAD = `'0x${"00".repeat(28)}'`;

const FILL = `
WITH given AS MATERIALIZED (
  SELECT n, id, uid, convert_to(replace(replace($4, $5, id), $6, uid), 'UTF8') AS bytes, $7::int AS producer,
    ${hashOf("event")} AS digest, ${hashOf("head", 56)} AS head, $8::int + n / $9::int AS block, n % $9::int AS log,
    ${hashOf("signature")} || encode(sha256(('s' || n)::bytea), 'hex') || '1b' AS signature
  FROM unnest($1::int[], $2::text[], $3::text[]) AS g (n, id, uid)
), made AS MATERIALIZED (SELECT *, '0x' || encode(sha256(bytes), 'hex') AS record FROM given
), records AS (
  INSERT INTO record (hash, bytes, type, subject) SELECT record, bytes, 'mint/1', id FROM made
), identifiers AS (
  INSERT INTO identifier (passport_id, uid, look_alike)
  SELECT id, uid, translate(upper(uid), 'OQILZSB', '0011258') FROM made
), disclosures AS (
  INSERT INTO record_disclosure (record_hash, digest, sealed)
  SELECT record, left(md5(record || field), 43), sha256((record || field)::bytea) || sha256((field || record)::bytea)
  FROM made CROSS JOIN generate_series(1, 3) AS f (number) CROSS JOIN LATERAL (SELECT 'field ' || number AS field) named
), events AS (
  INSERT INTO accepted_event (digest, kind, actor, event, deadline, accepted_at, receipt, position)
  SELECT digest, 'mint', producer, jsonb_build_object('kind', 'mint', 'actor', producer, 'counterparty', 0, 'occurredAt', 1,
      'deadline', 2, 'declined', '0x0', 'actorSignature', signature, 'counterpartySignature', '0x', 'items',
      jsonb_build_array(jsonb_build_object('passportId', id, 'prevHead', ${ZERO_HEAD}, 'recordHash', record))),
    2, now(), jsonb_build_object('digest', digest, 'publisher', 0, 'acceptedAt', 1, 'anchorBefore', 2, 'signature', signature),
    n + 1
  FROM made
), items AS (
  INSERT INTO accepted_item (digest, position, passport_id, prev_head, head, custodian, phase, moved, state)
  SELECT digest, 0, id, ${ZERO_HEAD}, head, producer, 'active', false, 'applied' FROM made
), logs AS (
  INSERT INTO chain_custody_log (block_number, log_index, block_hash, tx_hash, digest, header, items, declined, applied,
    signatures)
  SELECT block, log, '0x' || encode(sha256(('block ' || block)::bytea), 'hex'), ${hashOf("transaction")}, digest,
    ${hashOf("header")}, jsonb_build_array(jsonb_build_array(id, ${ZERO_HEAD}, record)), '0x0', '0x1', signature FROM made
), steps AS (
  INSERT INTO chain_custody_step (passport_id, sequence, digest, position, kind, actor, counterparty, occurred_at, prev_head,
    head, record_hash, custodian, phase, moved, block_number, log_index)
  SELECT id, 0, digest, 0, 'mint', producer, 0, 1, ${ZERO_HEAD}, head, record, producer, 'active', false, block, log FROM made
)
INSERT INTO chain_passport (id, issuer, head, custodian, phase, moved, held, length, minted_block, changed_block)
SELECT id, producer, head, producer, 'active', false, false, 1, block, block FROM made`;

/** So many of the filled passports, from all over the tables. */
export async function somePassports(pool: Pool, count: number): Promise<Owned[]> {
  const { rows } = await pool.query<Owned>("SELECT id, head FROM chain_passport ORDER BY md5(id) LIMIT $1", [count]);
  return rows;
}
