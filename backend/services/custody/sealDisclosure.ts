import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { DomainError } from "../../domain/errors.ts";
import type { Hash } from "../../domain/types.ts";

/** First byte of a sealed disclosure, so that another cipher can follow without guessing. */
const AES_256_GCM = 1;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** 32 bytes. As a key object it is prepared once and not for every disclosure, which is two thirds of the work. */
export type SealingKey = KeyObject | Uint8Array;

/** Gives random bytes from a cryptographic source: a nonce must never repeat under one key (NIST SP 800-38D, 8.2). */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * Seals a disclosure with AES-256-GCM: version 1 ‖ nonce 12 ‖ tag 16 ‖ ciphertext. Record hash and disclosure digest are
 * authenticated with it, so a sealed row copied to another record or field does not open.
 */
export function sealDisclosure(
  key: SealingKey,
  randomBytes: RandomBytes,
  place: { readonly recordHash: Hash; readonly digest: string },
  disclosure: string,
): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(placeBytes(place));
  const sealed = Buffer.concat([cipher.update(disclosure, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.of(AES_256_GCM), nonce, cipher.getAuthTag(), sealed]);
}

/** The inverse; `disclosure-unreadable` for another key, another place, or a changed byte. */
export function openDisclosure(
  key: SealingKey,
  place: { readonly recordHash: Hash; readonly digest: string },
  sealed: Uint8Array,
): string {
  try {
    if (sealed[0] !== AES_256_GCM) throw new RangeError("unknown version");
    const tagAt = 1 + NONCE_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, tagAt), { authTagLength: TAG_BYTES });
    decipher.setAAD(placeBytes(place));
    decipher.setAuthTag(sealed.subarray(tagAt, tagAt + TAG_BYTES));
    const opened = Buffer.concat([decipher.update(sealed.subarray(tagAt + TAG_BYTES)), decipher.final()]);
    return opened.toString("utf8");
  } catch (cause) {
    throw new DomainError("disclosure-unreadable", "A sealed disclosure does not open with this key.", place, {
      cause,
    });
  }
}

const placeBytes = (place: { recordHash: Hash; digest: string }): Buffer =>
  Buffer.from(`${place.recordHash}\n${place.digest}`, "utf8");
