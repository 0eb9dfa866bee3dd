import { inclusionProofs } from "../../domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../domain/anchors/recordLeaf.ts";
import type { Hash, Hex, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { LoggedDataRecord } from "../../evidence/gatherDataRecords.ts";
import type { Transaction } from "../../storage/database.ts";

type Row = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly blockTime: UnixTime;
  readonly publisher: ParticipantId;
  readonly sequence: number;
  readonly leafIndex: number;
  readonly subjectId: PassportId;
  readonly author: ParticipantId;
  readonly occurredAt: string;
  readonly recordHash: Hash;
  readonly signature: Hex;
};

/**
 * Anchored data records about these passports, newest first, each with its proof: computed from the leaves of its
 * anchor, which are here as a whole or not at all.
 */
export async function readLoggedDataRecords(
  tx: Transaction,
  subjectIds: readonly PassportId[],
  most: number,
): Promise<LoggedDataRecord[]> {
  const { rows } = await tx.query<Row>(
    `SELECT anchor.block_number AS "blockNumber", anchor.block_hash AS "blockHash", block.time AS "blockTime",
            anchor.publisher, anchor.sequence, leaf.leaf_index AS "leafIndex", leaf.subject_id AS "subjectId",
            leaf.author, leaf.occurred_at AS "occurredAt", leaf.record_hash AS "recordHash", leaf.signature
       FROM anchored_record AS leaf
       JOIN chain_anchor AS anchor ON anchor.publisher = leaf.publisher AND anchor.sequence = leaf.sequence
       JOIN chain_block AS block ON block.number = anchor.block_number
      WHERE leaf.subject_id = ANY($1::text[])
      ORDER BY anchor.block_number DESC, anchor.log_index DESC, leaf.leaf_index DESC LIMIT $2`,
    [subjectIds, most],
  );
  const logged: LoggedDataRecord[] = [];
  for (const anchored of Map.groupBy(rows, ({ publisher, sequence }) => `${publisher} ${sequence}`).values()) {
    const leaves = await readLeaves(tx, anchored[0] as Row);
    const proofs = inclusionProofs(
      leaves,
      anchored.map(({ leafIndex }) => leafIndex),
    );
    logged.push(...anchored.map((row, i) => loggedDataRecord(row, proofs[i] as Hash[])));
  }
  return logged;
}

/** One anchor at a time: each may have ten thousand leaves. */
async function readLeaves(tx: Transaction, { publisher, sequence }: Row): Promise<Hash[]> {
  const { rows } = await tx.query<{ digest: Hash }>(
    "SELECT digest FROM anchored_record WHERE publisher = $1 AND sequence = $2 ORDER BY leaf_index",
    [publisher, sequence],
  );
  return rows.map(({ digest }) => recordLeaf(publisher, digest));
}

function loggedDataRecord(row: Row, proof: readonly Hash[]): LoggedDataRecord {
  const { blockNumber, blockHash, blockTime, publisher, leafIndex } = row;
  const { subjectId, author, occurredAt, recordHash, signature } = row;
  const dataRecord = { subjectId, author, occurredAt: Number(occurredAt), recordHash, signature };
  return { blockNumber, blockHash, blockTime, publisher, leafIndex, proof, dataRecord };
}
