import { utf8ToBytes } from "@noble/hashes/utils.js";
import { keccak256, toHex } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Address, Hash, UnixTime } from "../types.ts";

/** What a participant's signer signs to read what is withheld: an EIP-4361 message, field by field. */
export type SignInMessage = {
  /** Authority of the server that is signed in to, `operator.example` or `127.0.0.1:8080`. */
  readonly domain: string;
  readonly address: Address;
  readonly uri: string;
  readonly chainId: number;
  readonly nonce: string;
  /** RFC 3339, as all three times. */
  readonly issuedAt: string;
  readonly expirationTime?: string | undefined;
  readonly notBefore?: string | undefined;
};

/** What the message must say to be for this server, this chain and this moment. */
export type SignInExpectation = Pick<SignInMessage, "domain" | "uri" | "chainId"> & { readonly now: UnixTime };

/** The one statement: a wallet shows it, and a message that somebody signed for another purpose has another. */
export const SIGN_IN_STATEMENT = "Read what this operator may show me of battery passports. This moves no custody.";

/** How long before now a message may have been made, in seconds: as long as its nonce lives. */
export const SIGN_IN_SECONDS = 600;
/** How far ahead the signer's clock may be. */
const CLOCK_SKEW_SECONDS = 60;

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)`;
const FORM = new RegExp(
  [
    String.raw`^(?<domain>[^\s/?#]{1,255}) wants you to sign in with your Ethereum account:`,
    "(?<address>0x[0-9a-fA-F]{40})",
    "",
    String.raw`(?<statement>[\x20-\x7e]{1,200})`,
    "",
    String.raw`URI: (?<uri>\S{1,500})`,
    String.raw`Version: (?<version>\d{1,9})`,
    String.raw`Chain ID: (?<chainId>\d{1,15})`,
    "Nonce: (?<nonce>[A-Za-z0-9]{8,200})",
    `Issued At: (?<issuedAt>${TIME})(?:\nExpiration Time: (?<expirationTime>${TIME}))?(?:\nNot Before: (?<notBefore>${TIME}))?$`,
  ].join("\n"),
);

/** The text that a wallet shows and signs (EIP-4361), lines ended by LF. */
export function formatSignIn(message: SignInMessage): string {
  const { domain, address, uri, chainId, nonce, issuedAt, expirationTime, notBefore } = message;
  return [
    `${domain} wants you to sign in with your Ethereum account:`,
    checksumAddress(address),
    "",
    SIGN_IN_STATEMENT,
    "",
    `URI: ${uri}`,
    "Version: 1",
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt}`,
    ...(expirationTime === undefined ? [] : [`Expiration Time: ${expirationTime}`]),
    ...(notBefore === undefined ? [] : [`Not Before: ${notBefore}`]),
  ].join("\n");
}

/**
 * Reads a message from an untrusted sender and holds it against what this server expects. Whether its nonce is unused
 * and its signature right is for the caller to say. Throws `sign-in-malformed` (not the form of EIP-4361, a line more
 * or less, CR, an address without its EIP-55 case) and `sign-in-field-wrong` (details: `field`, and what is `expected`).
 */
export function judgeSignIn(text: string, expected: SignInExpectation): SignInMessage {
  const fields = FORM.exec(text)?.groups;
  const address = fields?.address?.toLowerCase() as Address | undefined;
  if (fields === undefined || address === undefined || checksumAddress(address) !== fields.address) {
    const sentence = "The message is not the sign-in message of EIP-4361 that this server takes, line by line.";
    throw new DomainError("sign-in-malformed", sentence);
  }
  const { now } = expected;
  requireField("domain", fields.domain === expected.domain, expected.domain);
  requireField("statement", fields.statement === SIGN_IN_STATEMENT, SIGN_IN_STATEMENT);
  requireField("uri", fields.uri === expected.uri, expected.uri);
  requireField("version", fields.version === "1", "1");
  requireField("chainId", fields.chainId === String(expected.chainId), String(expected.chainId));
  const { issuedAt = "", expirationTime, notBefore } = fields;
  const issued = secondsOf(issuedAt);
  const isRecent = issued >= now - SIGN_IN_SECONDS && issued <= now + CLOCK_SKEW_SECONDS;
  requireField("issuedAt", isRecent, `within the last ${SIGN_IN_SECONDS} s`);
  if (expirationTime !== undefined) requireField("expirationTime", secondsOf(expirationTime) > now, "in the future");
  if (notBefore !== undefined) requireField("notBefore", secondsOf(notBefore) <= now, "in the past");
  const { domain, uri, chainId } = expected;
  return { domain, address, uri, chainId, nonce: fields.nonce as string, issuedAt, expirationTime, notBefore };
}

/** EIP-191 digest of a text, as wallets sign one (`personal_sign`). */
export function personalDigest(text: string): Hash {
  const bytes = utf8ToBytes(text);
  return toHex(keccak256(utf8ToBytes(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes)) as Hash;
}

/** An address in the mixed case that carries its checksum (EIP-55). */
export function checksumAddress(address: Address): string {
  const digits = address.slice(2);
  const hash = toHex(keccak256(utf8ToBytes(digits))).slice(2);
  return `0x${[...digits].map((digit, i) => (Number.parseInt(hash.charAt(i), 16) >= 8 ? digit.toUpperCase() : digit)).join("")}`;
}

/** NaN for a moment that does not exist, which no comparison takes. */
const secondsOf = (time: string): number => Date.parse(time) / 1000;

function requireField(field: string, holds: boolean, expected: string): void {
  if (holds) return;
  const sentence = `The sign-in message is for another server, chain or time: its ${field} must be ${expected}.`;
  throw new DomainError("sign-in-field-wrong", sentence, { field, expected });
}
