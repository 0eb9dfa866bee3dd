import { joinHex } from "../../domain/bytes.ts";
import { formatSignedCustodyEvent, type SignedCustodyEvent } from "../../domain/custody/events.ts";
import type { Reassignment } from "../../domain/participants/quorumDecision.ts";
import type { Hash, Hex, JsonObject } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import type { Acceptor } from "../custody/acceptCustodyEvents.ts";
import { readQuorum } from "../participants/readRegistry.ts";
import { readRecords } from "../readRecords.ts";

/**
 * Once enough governors signed a reassignment, joins their signatures and keeps it as an offer to the receiver, who
 * accepts it like any other. Nothing happens before, and repeating it changes nothing.
 * @throws DomainError those of accepting a custody event: the passport may have moved since it was proposed
 */
export async function offerReassignment(
  { database, acceptor }: { readonly database: Database; readonly acceptor: Acceptor },
  digest: Hash,
): Promise<void> {
  const draft = await database.prisma.proposalDraft.findUniqueOrThrow({
    where: { digest },
    include: { approvals: { orderBy: { governor: "asc" } } },
  });
  const { governors, threshold } = await readQuorum(database);
  const signatures = draft.approvals
    .filter(({ governor }) => (governors as readonly string[]).includes(governor))
    .map(({ signature }) => signature as Hex)
    .slice(0, threshold);
  if (signatures.length < threshold) return;
  if ((await database.prisma.offer.count({ where: { digest } })) > 0) return;
  const order = draft.proposal as unknown as Reassignment;
  const event: SignedCustodyEvent = {
    ...order,
    actorSignature: joinHex(signatures),
    counterpartySignature: "0x",
    declined: 0n,
  };
  const records = await readRecords(
    database.pool,
    order.items.map(({ recordHash }) => recordHash),
  );
  await acceptor.accept({
    event: formatSignedCustodyEvent(event),
    // Their disclosures were sealed when the order was proposed; they need not come again.
    records: order.items.map(({ recordHash }) => ({ record: records.get(recordHash) as JsonObject, disclosures: [] })),
  });
}
