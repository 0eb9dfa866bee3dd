import { readHeader, readHeaders } from "../../chain/readBlocks.ts";
import { readCodeHash } from "../../chain/readCodeHash.ts";
import { readChainId, readNonce } from "../../chain/sendTransaction.ts";
import type { Address, Hash } from "../../domain/types.ts";
import { breachCollector, type Check, type CheckSetting, NO_BREACH, sqlCheck } from "./check.ts";

type BlockRow = { readonly number: number; readonly hash: Hash };

const FINAL_BLOCKS = `SELECT number, hash FROM chain_block
  WHERE number <= (SELECT finalized_number FROM chain_cursor)`;
const BLOCKS_AT_ONCE = 40;

/** Holds blocks of the tables against the chain's of the same number. */
async function compareBlocks({ rpc, onProgress }: CheckSetting, rows: readonly BlockRow[]) {
  const found = breachCollector();
  for (let i = 0; i < rows.length; i += BLOCKS_AT_ONCE) {
    const part = rows.slice(i, i + BLOCKS_AT_ONCE);
    const headers = await readHeaders(
      rpc,
      part.map(({ number }) => number),
    );
    for (const [at, { number, hash }] of part.entries()) {
      if (headers[at]?.hash !== hash) found.add({ number, ours: hash, chain: headers[at]?.hash ?? null });
    }
    onProgress(i + part.length, "final blocks");
  }
  return found.breach();
}

/** The tables against the chain (I5), and the relayer's book against its account (I6, I9). */
export const CHAIN_CHECKS: readonly Check[] = [
  {
    id: "the-chain-is-the-deployments",
    invariant: "I5",
    says: "the RPC serves the chain and the contract that these tables follow",
    quick: true,
    async find({ rpc, deployment }) {
      const found = breachCollector();
      const chainId = await readChainId(rpc);
      if (chainId !== deployment.chainId) found.add({ chainId, expected: deployment.chainId });
      const codeHash = await readCodeHash(rpc, deployment.contract);
      if (codeHash !== deployment.codeHash) found.add({ codeHash, expected: deployment.codeHash });
      return found.breach();
    },
  },
  {
    id: "the-final-block-is-the-chains",
    invariant: "I5",
    says: "the finalized block of the tables is in the chain, and final there",
    quick: true,
    async find(setting) {
      const { rows } = await setting.pool.query<BlockRow>(`${FINAL_BLOCKS} ORDER BY number DESC LIMIT 1`);
      const last = rows[0];
      if (last === undefined) return NO_BREACH;
      const breach = await compareBlocks(setting, [last]);
      if (breach.count > 0) return breach;
      // A chain without the tag, or young, says nothing about finality: then the tables go by a depth.
      const finalized = await readHeader(setting.rpc, "finalized").catch(() => null);
      if (finalized === null || finalized.number >= last.number) return NO_BREACH;
      return { count: 1, examples: [{ ours: last.number, chain: finalized.number }] };
    },
  },
  {
    id: "final-blocks-are-the-chains",
    invariant: "I5",
    says: "every final block that has logs of ours is the chain's block of that number",
    quick: false,
    async find(setting) {
      const { rows } = await setting.pool.query<BlockRow>(`${FINAL_BLOCKS} AND logs > 0 ORDER BY number`);
      return compareBlocks(setting, rows);
    },
  },
  sqlCheck({
    id: "nonces-are-used-once",
    invariant: "I6",
    says: "no two submissions share a sender's nonce, and all attempts of one keep theirs",
    quick: true,
    breaches: `SELECT sender, nonce, count(DISTINCT submission_id)::int AS submissions FROM attempt
      GROUP BY sender, nonce HAVING count(DISTINCT submission_id) > 1
      UNION ALL SELECT min(sender), min(nonce), 1 FROM attempt GROUP BY submission_id
      HAVING count(DISTINCT (sender, nonce)) > 1`,
  }),
  {
    id: "nonces-have-no-gap",
    invariant: "I6",
    says: "between a sender's nonce on chain and its highest stored one, every nonce has a transaction",
    quick: true,
    async find({ pool, rpc }) {
      const found = breachCollector();
      const { rows } = await pool.query<{ sender: Address }>("SELECT DISTINCT sender FROM attempt");
      for (const { sender } of rows) {
        const latest = await readNonce(rpc, sender);
        const { rows: gaps } = await pool.query<{ nonce: number }>(
          `SELECT nonce FROM generate_series($2::int, (SELECT max(nonce) FROM attempt WHERE sender = $1)) AS nonce
           WHERE NOT EXISTS (SELECT FROM attempt a WHERE a.sender = $1 AND a.nonce = nonce.nonce)`,
          [sender, latest],
        );
        for (const { nonce } of gaps) found.add({ sender, nonce });
      }
      return found.breach();
    },
  },
  {
    id: "the-book-knows-every-transaction",
    invariant: "I6",
    says: "the chain has mined no transaction of the sender that is not in the tables: they are no older backup",
    quick: true,
    async find({ pool, rpc }) {
      const found = breachCollector();
      const { rows } = await pool.query<{ sender: Address; next: number }>(
        "SELECT sender, max(nonce) + 1 AS next FROM attempt GROUP BY sender",
      );
      for (const { sender, next } of rows) {
        const mined = await readNonce(rpc, sender);
        if (mined > next) found.add({ sender, mined, inTables: next });
      }
      return found.breach();
    },
  },
  sqlCheck({
    id: "attempts-are-bounded",
    invariant: "I9",
    says: "no submission has more than twelve attempts",
    quick: true,
    breaches: `SELECT submission_id::text AS submission, count(*)::int AS attempts FROM attempt
      GROUP BY submission_id HAVING count(*) > 12`,
  }),
];
