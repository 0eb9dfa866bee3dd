import type { Hash, Hex, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { LoggedDataRecord } from "../../evidence/gatherDataRecords.ts";
import type { Transaction } from "../../storage/database.ts";
import type { AnchorTrees } from "../anchors/anchorTrees.ts";

type Row = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly blockTime: UnixTime;
  readonly publisher: ParticipantId;
  readonly sequence: number;
  readonly accumulator: Hash;
  readonly leafIndex: number;
  readonly subjectId: PassportId;
  readonly author: ParticipantId;
  readonly occurredAt: string;
  readonly recordHash: Hash;
  readonly signature: Hex;
};

/**
 * Anchored data records about these passports, newest first, each with its proof, which the leaves of its anchor give:
 * they are here as a whole or not at all.
 */
export async function readLoggedDataRecords(
  tx: Transaction,
  anchorTrees: AnchorTrees,
  subjectIds: readonly PassportId[],
  most: number,
): Promise<LoggedDataRecord[]> {
  const { rows } = await tx.query<Row>(
    `SELECT anchor.block_number AS "blockNumber", anchor.block_hash AS "blockHash", block.time AS "blockTime",
            anchor.publisher, anchor.sequence, anchor.accumulator, leaf.leaf_index AS "leafIndex",
            leaf.subject_id AS "subjectId", leaf.author, leaf.occurred_at AS "occurredAt", leaf.record_hash AS "recordHash", leaf.signature
       FROM anchored_record AS leaf
       JOIN chain_anchor AS anchor ON anchor.publisher = leaf.publisher AND anchor.sequence = leaf.sequence
       JOIN chain_block AS block ON block.number = anchor.block_number
      WHERE leaf.subject_id = ANY($1::text[])
      ORDER BY anchor.block_number DESC, anchor.log_index DESC, leaf.leaf_index DESC LIMIT $2`,
    [subjectIds, most],
  );
  const logged: LoggedDataRecord[] = [];
  for (const row of rows) logged.push(loggedDataRecord(row, await anchorTrees.prove(tx, row, row.leafIndex)));
  return logged;
}

function loggedDataRecord(row: Row, proof: readonly Hash[]): LoggedDataRecord {
  const { blockNumber, blockHash, blockTime, publisher, leafIndex } = row;
  const { subjectId, author, occurredAt, recordHash, signature } = row;
  const dataRecord = { subjectId, author, occurredAt: Number(occurredAt), recordHash, signature };
  return { blockNumber, blockHash, blockTime, publisher, leafIndex, proof, dataRecord };
}
