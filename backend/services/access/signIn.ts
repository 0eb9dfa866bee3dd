import { judgeSignIn, personalDigest, type SignInExpectation } from "../../domain/access/signIn.ts";
import { DomainError } from "../../domain/errors.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hex, ParticipantId, UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction, type Transaction } from "../../storage/database.ts";
import type { DisclosureSealing } from "../custody/sealRecord.ts";
import { tokenHash } from "./caller.ts";
import type { JudgeWallet } from "./judgeWallet.ts";
import { requireNonce, useNonce } from "./signInNonce.ts";

/** What a participant sends to sign in. Attacker-controlled: every byte. */
export type SignInRequest = {
  /** EIP-4361. */
  readonly message: string;
  /** The signer's, over the message as `personal_sign` hashes it. */
  readonly signature: Hex;
  /** Needed only where one key signs for several participants. */
  readonly participantId?: ParticipantId | undefined;
};

export type Session = {
  /** Shown once; only its hash is kept here. */
  readonly token: string;
  readonly participantId: ParticipantId;
  readonly expiresAt: string;
};

/** How long a session lasts, in seconds: short, because nothing but reading depends on it. */
const SESSION_SECONDS = 900;
const TOKEN_BYTES = 32;

/**
 * Signs a participant in: its message is for this server, chain and moment, its nonce is fresh, and the signature is by
 * the present signer of an active participant: by its key, or, of a contract wallet, as the wallet itself says
 * (ERC-1271). The key is tried first, as the contract does. A wallet that takes its word back later ends no session: they
 * are short.
 * @throws DomainError `sign-in-malformed`, `sign-in-field-wrong`, `nonce-refused`, `signature-wrong`,
 *   `wallet-not-checked`, `participant-unknown`, `participant-suspended`, `participant-unclear`
 */
export async function signIn(
  dependencies: {
    readonly database: Database;
    readonly recoverSigner: RecoverSigner;
    readonly judgeWallet: JudgeWallet;
    readonly sealing: DisclosureSealing;
  },
  request: SignInRequest,
  expected: SignInExpectation,
): Promise<Session> {
  const { database, recoverSigner, judgeWallet, sealing } = dependencies;
  const { now } = expected;
  const { address, nonce, expirationTime } = judgeSignIn(request.message, expected);
  const digest = personalDigest(request.message);
  if (recoverSigner(digest, request.signature) !== address) {
    // The chain is asked for those whom the registry knows, and with a nonce of ours: for nobody else.
    requireNonce(sealing.key, nonce, now);
    await participantOf(database.pool, address, request.participantId);
    await judgeWallet(address, digest, request.signature);
  }
  const wanted =
    expirationTime === undefined ? Number.POSITIVE_INFINITY : Math.floor(Date.parse(expirationTime) / 1000);
  const expiresAt = Math.min(now + SESSION_SECONDS, wanted);
  const token = Buffer.from(sealing.randomBytes(TOKEN_BYTES)).toString("base64url");
  const participantId = await inTransaction(database.pool, async (tx) => {
    await forgetExpired(tx, now);
    await useNonce(tx, sealing.key, nonce, now);
    const id = await participantOf(tx, address, request.participantId);
    await tx.query(
      `INSERT INTO access_session (token_hash, participant, signer, created_at, expires_at)
       VALUES ($1, $2, $3, to_timestamp($4), to_timestamp($5))`,
      [tokenHash(token), id, address, now, expiresAt],
    );
    return id;
  });
  return { token, participantId, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

/** Both tables hold a few minutes of sign-ins, however long the server runs. */
async function forgetExpired(tx: Transaction, now: UnixTime): Promise<void> {
  await tx.query("DELETE FROM used_nonce WHERE expires_at <= to_timestamp($1)", [now]);
  await tx.query("DELETE FROM access_session WHERE expires_at <= to_timestamp($1)", [now]);
}

async function participantOf(
  tx: Pick<Transaction, "query">,
  signer: Address,
  named: ParticipantId | undefined,
): Promise<number> {
  const { rows } = await tx.query<{ id: ParticipantId; active: boolean }>(
    "SELECT id, active FROM chain_participant WHERE signer = $1 AND ($2::int IS NULL OR id = $2) ORDER BY active DESC, id",
    [signer, named ?? null],
  );
  const [first, second] = rows;
  if (first === undefined) {
    throw new DomainError("participant-unknown", "No participant of the registry signs with this address.", { signer });
  }
  if (!first.active) {
    throw new DomainError("participant-suspended", "The participant is suspended.", { participantId: first.id });
  }
  if (second?.active) {
    const ids = rows.filter(({ active }) => active).map(({ id }) => id);
    const sentence = "The address signs for several participants: name one as participantId.";
    throw new DomainError("participant-unclear", sentence, { ids });
  }
  return first.id;
}
