import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { SIGN_IN_SECONDS } from "../../domain/access/signIn.ts";
import { DomainError } from "../../domain/errors.ts";
import type { UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import type { SealingKey } from "../custody/sealDisclosure.ts";
import type { DisclosureSealing } from "../custody/sealRecord.ts";

const RANDOM_BYTES = 16;
const TIME_BYTES = 6;
const TAG_BYTES = 16;

/**
 * A nonce of this installation: 16 random bytes, when it expires, and an authentication tag, as hex. Giving one stores
 * nothing, so a flood of requests for nonces fills no table; only a use is stored.
 */
export function makeNonce({ key, randomBytes }: DisclosureSealing, now: UnixTime): string {
  const content = Buffer.alloc(RANDOM_BYTES + TIME_BYTES);
  content.set(randomBytes(RANDOM_BYTES));
  content.writeUIntBE(now + SIGN_IN_SECONDS, RANDOM_BYTES, TIME_BYTES);
  return Buffer.concat([content, tagOf(key, content)]).toString("hex");
}

/**
 * When a nonce expires that was given here and has not. Whether it was used, only `useNonce` can say.
 * Throws `nonce-refused`.
 */
export function requireNonce(key: SealingKey, nonce: string, now: UnixTime): UnixTime {
  const bytes = Buffer.from(nonce, "hex");
  const content = bytes.subarray(0, RANDOM_BYTES + TIME_BYTES);
  const isWhole = bytes.length === RANDOM_BYTES + TIME_BYTES + TAG_BYTES && bytes.toString("hex") === nonce;
  if (!isWhole || !timingSafeEqual(bytes.subarray(content.length), tagOf(key, content))) throw refused();
  const expiresAt = content.readUIntBE(RANDOM_BYTES, TIME_BYTES);
  if (expiresAt <= now) throw refused();
  return expiresAt;
}

/**
 * Uses a nonce up. Of any number of uses at once, at any process of the installation, one returns: the table's key
 * decides. Throws `nonce-refused` for a nonce that was not given here, has expired, or was used.
 */
export async function useNonce(tx: Transaction, key: SealingKey, nonce: string, now: UnixTime): Promise<void> {
  const { rowCount } = await tx.query(
    "INSERT INTO used_nonce (nonce, expires_at) VALUES ($1, to_timestamp($2)) ON CONFLICT DO NOTHING",
    [nonce, requireNonce(key, nonce, now)],
  );
  if (rowCount !== 1) throw refused();
}

/** Every process of an installation has the disclosure key, so all of them know one another's nonces. */
function tagOf(key: SealingKey, content: Uint8Array): Buffer {
  const nonceKey = Buffer.from(hkdfSync("sha256", key, new Uint8Array(0), "battery-passport sign-in nonce", 32));
  return createHmac("sha256", nonceKey).update(content).digest().subarray(0, TAG_BYTES);
}

const refused = (): DomainError =>
  new DomainError("nonce-refused", "The nonce was not given here, has expired, or was used: ask for another one.");
