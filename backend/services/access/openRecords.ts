import type { Hash, JsonObject } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { openDisclosure, type SealingKey } from "../custody/sealDisclosure.ts";
import { readRecords } from "../readRecords.ts";

/** A record with all the disclosures that are kept here: inside the server only. */
export type OpenedRecord = { readonly record: JsonObject; readonly disclosures: readonly string[] };

/** Records by hash with their disclosures; those whose bytes are not here are absent. */
export async function openRecords(
  tx: Transaction,
  key: SealingKey,
  hashes: readonly Hash[],
): Promise<ReadonlyMap<Hash, OpenedRecord>> {
  const records = await readRecords(tx, hashes);
  const { rows } = await tx.query<{ recordHash: Hash; digest: string; sealed: Buffer }>(
    `SELECT record_hash AS "recordHash", digest, sealed FROM record_disclosure
      WHERE record_hash = ANY($1::text[]) ORDER BY digest`,
    [[...records.keys()]],
  );
  const sealed = Map.groupBy(rows, ({ recordHash }) => recordHash);
  return new Map(
    [...records].map(([hash, record]) => {
      const disclosures = (sealed.get(hash) ?? []).map((row) => openDisclosure(key, row, row.sealed));
      return [hash, { record, disclosures }];
    }),
  );
}
