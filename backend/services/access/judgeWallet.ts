import { askWallet } from "../../chain/askWallet.ts";
import { type JsonRpc, RpcError } from "../../chain/jsonRpc.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { within } from "../operation/within.ts";

/**
 * Returns where the contract wallet at an address approves a signature over a digest (ERC-1271).
 * Throws `signature-wrong` where it does not, and `wallet-not-checked` where nobody could tell.
 */
export type JudgeWallet = (address: Address, digest: Hash, signature: Hex) => Promise<void>;

/** A node that hangs holds whoever signs in no longer than this. */
const LONGEST_MS = 5_000;
/** Wallets asked at one time: strangers' requests must not use up the chain's RPC, which everything else needs too. */
const AT_ONCE = 8;

/**
 * Judges by the block that the registry here was read at, so that the wallet answers at the very moment in which it is
 * the participant's signer. The chain of the operator's own RPC is believed, as for everything that is read here.
 */
export function walletJudge(
  { database, rpc }: { readonly database: Database; readonly rpc: Pick<JsonRpc, "call"> },
  longestMs: number = LONGEST_MS,
): JudgeWallet {
  let asking = 0;
  return async (wallet, digest, signature) => {
    if (asking >= AT_ONCE) throw notChecked(`${AT_ONCE} wallets are being asked already`);
    asking++;
    try {
      const blockHash = await followedBlock(database);
      const asked = askWallet(rpc, { wallet, digest, signature, blockHash });
      const answer = await within(longestMs, asked).catch((cause: Error) => {
        // Whatever kept an answer from coming says nothing about the signature.
        throw notChecked(cause instanceof RpcError ? cause.code : cause.message, cause);
      });
      if (answer.approves) return;
      const sentence = `The sign-in message is signed neither by the key of the address in it nor by its wallet. ${answer.reason}`;
      throw new DomainError("signature-wrong", sentence, { address: wallet });
    } finally {
      asking--;
    }
  };
}

async function followedBlock({ pool }: Database): Promise<Hash> {
  const { rows } = await pool.query<{ hash: Hash }>("SELECT head_hash AS hash FROM chain_cursor");
  if (rows[0] === undefined) throw notChecked("no block was read yet");
  return rows[0].hash;
}

function notChecked(reason: string, cause?: unknown): DomainError {
  const sentence = `Whether the contract wallet approves the signature could not be asked: ${reason}.`;
  return new DomainError("wallet-not-checked", sentence, {}, { cause });
}
