import { DomainError } from "../../domain/errors.ts";
import type { PassportId } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { readEvents } from "../custody/readEvent.ts";

/**
 * Why there is nothing to read about a passport: `dpp-pending` where this operator has accepted the event that makes it,
 * with that event and its state, else `dpp-unknown`. Whoever scans a new battery is told to come again, not that it has none.
 */
export async function missingPassport(tx: Transaction, passportId: PassportId): Promise<DomainError> {
  // The first event about it, in the order of acceptance, is the one that makes it.
  const { rows } = await tx.query(
    `SELECT event.digest FROM accepted_item AS item JOIN accepted_event AS event ON event.digest = item.digest
      WHERE item.passport_id = $1 AND item.state = 'open' ORDER BY event.position LIMIT 1`,
    [passportId],
  );
  const digest = rows[0]?.digest;
  if (digest === undefined) {
    return new DomainError("dpp-unknown", "No passport with this id is on the chain.", { passportId });
  }
  const items = (await readEvents({ pool: tx }, [digest])).get(digest)?.items ?? [];
  const { state, reason } = items.find((item) => item.passportId === passportId) ?? { state: "accepted" };
  return new DomainError("dpp-pending", `The passport is on its way and not on the chain yet: ${state}.`, {
    passportId,
    digest,
    state,
    reason,
  });
}
