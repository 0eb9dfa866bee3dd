import { type HoldOrder, holdOrderDigest, requireHoldOrder } from "../../domain/custody/holds.ts";
import { NO_PASSPORT, type PassportState } from "../../domain/custody/state.ts";
import { DomainError } from "../../domain/errors.ts";
import { hasAnyRole } from "../../domain/participants/roles.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hex, PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type HoldOrderState, readHoldOrder } from "./readHoldOrder.ts";

export type HoldDependencies = {
  readonly database: Database;
  readonly separator: Uint8Array;
  readonly recoverSigner: RecoverSigner;
  readonly now: () => number;
};

/**
 * Takes a regulator's signed hold or release and puts it on chain as soon as its number is the passport's next. Idempotent
 * by digest. A release by the quorum is a proposal (see proposeOrder).
 * @throws DomainError `participant-unknown`, `participant-suspended`, `actor-lacks-role`, `signature-wrong`, and those of
 *   `requireHoldOrder`
 */
export async function acceptHoldOrder(
  dependencies: HoldDependencies,
  request: { readonly order: HoldOrder; readonly signature: Hex },
): Promise<HoldOrderState> {
  const { database, separator, recoverSigner, now } = dependencies;
  const { order, signature } = request;
  const digest = holdOrderDigest(separator, order);
  const known = await database.prisma.holdOrder.count({ where: { digest } });
  if (known === 0) {
    const recovered = recoverSigner(digest, signature);
    await requireRegulator(database, order.regulator, recovered);
    requireHoldOrder(order, { ...(await readHoldView(database, order.passportId)), now: now() });
    await database.prisma.holdOrder.createMany({
      data: [
        {
          digest,
          passportId: order.passportId,
          kind: order.kind,
          regulator: order.regulator,
          counter: BigInt(order.counter),
          until: order.kind === "hold" ? BigInt(order.until) : null,
          reasonHash: order.reasonHash,
          deadline: BigInt(order.deadline),
          signature,
        },
      ],
      skipDuplicates: true,
    });
  }
  return await readHoldOrder(database, digest, now());
}

async function requireRegulator({ prisma }: Database, id: number, recovered: Address | null): Promise<void> {
  const regulator = await prisma.chainParticipant.findUnique({ where: { id } });
  if (regulator === null) {
    throw new DomainError("participant-unknown", `Participant ${id} was never admitted.`, { participantId: id });
  }
  if (!regulator.active) {
    throw new DomainError("participant-suspended", `Participant ${id} is suspended.`, { participantId: id });
  }
  if (!hasAnyRole(regulator.roles, ["REGULATOR"])) {
    throw new DomainError("actor-lacks-role", `Participant ${id} is no regulator: it can neither hold nor release.`, {
      participantId: id,
    });
  }
  if (recovered === null || recovered !== regulator.signer) {
    throw new DomainError("signature-wrong", `The signature is not by participant ${id}'s signer.`, {
      party: "regulator",
      participantId: id,
      expected: regulator.signer,
      recovered,
    });
  }
}

/** Where a passport's holds stand, as the chain was followed. */
export async function readHoldView({ prisma }: Database, passportId: PassportId) {
  const passport = await prisma.chainPassport.findUnique({ where: { id: passportId } });
  const last = await prisma.chainHold.findFirst({
    where: { passportId },
    orderBy: [{ blockNumber: "desc" }, { logIndex: "desc" }],
  });
  return {
    state: passport === null ? NO_PASSPORT : (passport as unknown as PassportState),
    lastCounter: Number(last?.counter ?? 0),
  };
}
