import { randomBytes, scrypt } from "node:crypto";
import { link, mkdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import {
  decryptKeystoreJson,
  encryptKeystoreJson,
  scrypt as ethersScrypt,
  getBytes,
  hexlify,
  SigningKey,
  Wallet,
} from "ethers";
import { fromHex } from "../../../backend/domain/bytes.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { addressOf, type SignDigest, signDigest } from "../../../backend/domain/signatures.ts";
import type { Address, Hash, Hex } from "../../../backend/domain/types.ts";
import { writeDurably } from "../../../backend/embedded/durableFile.ts";

/** A key that is open in this process. It signs digests that were computed here, never ones that a server names. */
export type Signer = { readonly address: Address; readonly sign: (digest: Hash) => Hex };

// OpenSSL's scrypt instead of ethers' in JavaScript: a third of a second instead of three, for the same cost to a thief.
ethersScrypt.register(
  (password, salt, N, r, p, length) =>
    new Promise((resolve, reject) => {
      const cost = { N, r, p, maxmem: 256 * N * r };
      scrypt(getBytes(password), getBytes(salt), length, cost, (error, key) =>
        error ? reject(error) : resolve(hexlify(key)),
      );
    }),
);

/** The customary cost of Web3 Secret Storage: 128 MiB and a third of a second a guess. */
const STRONG = 2 ** 17;

/**
 * Makes a key and keeps it as an encrypted Web3 Secret Storage v3 file, 0600, that is never overwritten.
 * @param cost scrypt's N; lower only where the password lies beside the file anyway
 * @throws DomainError `file-exists`
 */
export async function createKeystore(
  file: string,
  password: string,
  cost = STRONG,
  sign: SignDigest = signDigest,
): Promise<Signer> {
  const key = new SigningKey(randomBytes(32));
  const address = addressOf(fromHex(key.publicKey));
  const json = await encryptKeystoreJson({ address, privateKey: key.privateKey }, password, { scrypt: { N: cost } });
  await mkdir(dirname(file), { recursive: true });
  // Linked under its name when all of it is on the disk: a crash leaves no half key, and link never replaces a file.
  const draft = `${file}.${process.pid}.writing`;
  await writeDurably(draft, `${json}\n`, 0o600);
  try {
    await link(draft, file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new DomainError("file-exists", `${file} exists already; a key file is never overwritten.`, { file });
  } finally {
    await rm(draft, { force: true });
  }
  return signerOf(key, sign);
}

/** Opens a keystore file. Errors: `file-unreadable`, `keystore-malformed`, `password-wrong`. */
export async function openKeystore(file: string, password: string, sign: SignDigest = signDigest): Promise<Signer> {
  return signerOf(await openSigningKey(file, password), sign);
}

/** The same, for a key that pays for a transaction of its own. */
export async function openWallet(file: string, password: string): Promise<Wallet> {
  return new Wallet(await openSigningKey(file, password));
}

async function openSigningKey(file: string, password: string): Promise<SigningKey> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new DomainError("file-unreadable", `The key file ${file} cannot be read (${cause.code}).`, { file });
  });
  try {
    return new SigningKey((await decryptKeystoreJson(text, password)).privateKey);
  } catch (cause) {
    // ethers says "incorrect password" for one and "invalid JSON" and much else for the other.
    const wrong = /password/i.test((cause as Error).message);
    throw wrong
      ? new DomainError("password-wrong", `The password does not open ${file}.`, { file }, { cause })
      : new DomainError("keystore-malformed", `${file} is no keystore (Web3 Secret Storage v3).`, { file }, { cause });
  }
}

/**
 * Signatures as the contract takes them: r ‖ s ‖ v with low s, deterministic by RFC 6979.
 * @param sign a server, which signs a receipt for every event, hands in the curve that it has chosen
 */
export function signerOf(key: SigningKey, sign: SignDigest = signDigest): Signer {
  const secret = fromHex(key.privateKey);
  return { address: addressOf(fromHex(key.publicKey)), sign: (digest) => sign(secret, digest) };
}
