import { parseBitmap } from "../../domain/custody/events.ts";
import type { ParticipantChange } from "../../domain/participants/history.ts";
import type { Hash, Head, Hex, ParticipantId, PassportId } from "../../domain/types.ts";
import { formatBundle } from "../../domain/verification/bundle.ts";
import { type EvidenceReaders, gatherEvidence, type LoggedStep } from "../../evidence/gatherEvidence.ts";
import { inTransaction, type Transaction } from "../../storage/database.ts";
import type { AnchorTrees } from "../anchors/anchorTrees.ts";
import { readRecords } from "../readRecords.ts";
import type { ServiceDependencies } from "../serviceDependencies.ts";
import { missingPassport } from "./missingPassport.ts";
import { readLoggedDataRecords } from "./readLoggedDataRecords.ts";

/**
 * The evidence bundle of a passport from this operator's tables: canonical JSON bytes that a reader need not trust.
 * @throws DomainError `dpp-unknown`, `dpp-pending`
 */
export async function readEvidence(
  dependencies: Pick<ServiceDependencies, "database" | "deployment" | "anchorTrees" | "recoverSigner">,
  passportId: PassportId,
): Promise<Uint8Array> {
  const { database, deployment, anchorTrees, recoverSigner } = dependencies;
  const { chainId, contract } = deployment;
  const bundle = await inTransaction(database.pool, async (tx) => {
    // One snapshot: an event that arrives meanwhile is in the evidence as a whole, or not at all.
    await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return await gatherEvidence({ chainId, contract }, passportId, {
      ...evidenceReaders(tx, anchorTrees),
      recoverSigner,
    });
  });
  if (bundle === null) throw await missingPassport(database.pool, passportId);
  return formatBundle(bundle);
}

/** Where an operator's evidence comes from: the projection of the chain's logs, and records by hash. */
function evidenceReaders(tx: Transaction, anchorTrees: AnchorTrees): Omit<EvidenceReaders, "recoverSigner"> {
  return {
    readRecords: (hashes) => readRecords(tx, hashes),
    readDataRecords: (ids, most) => readLoggedDataRecords(tx, anchorTrees, ids, most),
    async readSteps(passportId) {
      const { rows } = await tx.query<StepRow>(
        `SELECT log.block_number AS "blockNumber", log.block_hash AS "blockHash", log.header, step.position, log.items,
                log.declined, log.applied, log.signatures
           FROM chain_custody_step AS step
           JOIN chain_custody_log AS log ON log.block_number = step.block_number AND log.log_index = step.log_index
          WHERE step.passport_id = $1 ORDER BY step.sequence`,
        [passportId],
      );
      return rows.map(loggedStep);
    },
    async readParticipantChanges(id) {
      const { rows } = await tx.query<ChangeRow>(
        `SELECT cause, account, signer, roles, active, record_hash AS "recordHash", changed_at AS "changedAt"
           FROM chain_participant_change WHERE participant_id = $1 ORDER BY sequence`,
        [id satisfies ParticipantId],
      );
      return rows.map((row): ParticipantChange => ({ ...row, changedAt: Number(row.changedAt) }));
    },
  };
}

type StepRow = Omit<LoggedStep, "items" | "declined" | "applied"> & {
  readonly items: readonly (readonly [PassportId, Head, Hash])[];
  readonly declined: Hex;
  readonly applied: Hex;
};
type ChangeRow = Omit<ParticipantChange, "changedAt"> & { readonly changedAt: string };

const loggedStep = (row: StepRow): LoggedStep => ({
  ...row,
  items: row.items.map(([passportId, prevHead, recordHash]) => ({ passportId, prevHead, recordHash })),
  declined: parseBitmap(row.declined, "declined"),
  applied: parseBitmap(row.applied, "applied"),
});
