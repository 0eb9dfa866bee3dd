import type { PreparedRecord } from "./prepareRecord.ts";
import { NONCE_BYTES, type RandomBytes, type SealingKey, sealDisclosure } from "./sealDisclosure.ts";

/** The key that disclosures are sealed with in the database, and where nonces come from. */
export type DisclosureSealing = { readonly key: SealingKey; readonly randomBytes: RandomBytes };

/**
 * Seals a record's disclosures for the database, once. To be done before the transaction that stores them: under the lock
 * that numbers events, everybody would wait for it.
 */
export function sealRecord<R extends PreparedRecord>(record: R, { key, randomBytes }: DisclosureSealing): R {
  const { hash, disclosures } = record;
  if (disclosures.length === 0 || disclosures[0]?.sealed !== undefined) return record;
  const nonces = randomBytes(NONCE_BYTES * disclosures.length); // asking for each costs more than sealing with it
  const sealed = disclosures.map((disclosure, i) => {
    const nonce = () => nonces.subarray(NONCE_BYTES * i, NONCE_BYTES * (i + 1));
    const place = { recordHash: hash, digest: disclosure.digest };
    return { ...disclosure, sealed: sealDisclosure(key, nonce, place, disclosure.text) };
  });
  return { ...record, disclosures: sealed };
}
