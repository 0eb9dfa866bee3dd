import type { Phase } from "../../domain/custody/state.ts";
import { DomainError } from "../../domain/errors.ts";
import { parseUid } from "../../domain/identifiers/uid.ts";
import type { ParticipantId, PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { readNames } from "../participants/readNames.ts";
import { missingPassport } from "./missingPassport.ts";

/** A passport that claims a product: several issuers may claim one uid, and only a reader can judge who may. */
export type Claimant = {
  readonly passportId: PassportId;
  readonly issuer: ParticipantId;
  readonly phase: Phase;
  readonly mintedBlock: number;
};

/**
 * Every passport on chain whose uid, or GB/T 34014 battery code, is the given product identifier; active ones first,
 * then the oldest. Throws the codes of `parseUid`.
 */
export async function findClaimants({ pool }: Database, productId: string): Promise<Claimant[]> {
  const { uid, scheme } = parseUid(productId);
  const { rows } = await pool.query<Claimant>(
    `SELECT passport.id AS "passportId", passport.issuer, passport.phase, passport.minted_block AS "mintedBlock"
       FROM identifier JOIN chain_passport AS passport ON passport.id = identifier.passport_id
      WHERE identifier.uid = $1 OR ($2 AND identifier.battery_code = $1)
      ORDER BY passport.phase <> 'active', passport.minted_block, passport.id
      LIMIT 1000`,
    [uid, scheme === "gbt34014"],
  );
  return rows;
}

/**
 * The same, when there must be one.
 * @throws DomainError `product-unknown`, `dpp-pending` where the only claims are on their way to the chain
 */
export async function requireClaimants(database: Database, productId: string): Promise<[Claimant, ...Claimant[]]> {
  const [first, ...others] = await findClaimants(database, productId);
  if (first === undefined) {
    const pending = await findPending(database, productId);
    if (pending?.code === "dpp-pending") throw pending;
    throw new DomainError("product-unknown", "No passport on the chain has this product identifier.", { productId });
  }
  return [first, ...others];
}

async function findPending({ pool }: Database, productId: string): Promise<DomainError | null> {
  const { uid, scheme } = parseUid(productId);
  const { rows } = await pool.query<{ id: PassportId }>(
    `SELECT identifier.passport_id AS id FROM identifier JOIN accepted_item AS item USING (passport_id)
      WHERE (identifier.uid = $1 OR ($2 AND identifier.battery_code = $1)) AND item.state = 'open'
      ORDER BY identifier.passport_id LIMIT 1`,
    [uid, scheme === "gbt34014"],
  );
  return rows[0] === undefined ? null : await missingPassport(pool, rows[0].id);
}

/** A claimant with its issuer's names by language; null where the issuer's record is not here. */
export type NamedClaimant = Claimant & { readonly issuerNames: { readonly en: string; readonly zh?: string } | null };

/** Tells people's names for the numbers: whoever stands before several claims compares them with the label. */
export async function nameClaimants(database: Database, claimants: readonly Claimant[]): Promise<NamedClaimant[]> {
  const records = await readNames(
    database,
    claimants.map(({ issuer }) => issuer),
  );
  return claimants.map((claimant) => ({ ...claimant, issuerNames: records.get(claimant.issuer)?.names ?? null }));
}
