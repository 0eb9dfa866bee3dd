import { readChainView } from "../../../backend/chain/readChainView.ts";
import { holdStands } from "../../../backend/domain/custody/holds.ts";
import type { PassportState } from "../../../backend/domain/custody/state.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { PassportId } from "../../../backend/domain/types.ts";
import { readCustody } from "../operator/answers.ts";
import type { Session } from "../session.ts";

/** Requests to the operator under way at once. */
const AT_ONCE = 8;

/**
 * Where passports stand now: from the signer's own RPCs if it named any (the latest block), else as the operator says.
 * Passports that do not exist are absent. An operator that lies about a head can only get an event signed that the
 * contract rejects: the head that was believed is part of what is signed.
 * @throws DomainError `rpc-unavailable`
 */
export async function readStates(
  session: Pick<Session, "operator" | "rpcs" | "trustRoot">,
  ids: readonly PassportId[],
): Promise<Map<PassportId, PassportState>> {
  return session.rpcs.length > 0 ? await fromChain(session, ids) : await fromOperator(session, ids);
}

async function fromChain({ rpcs, trustRoot }: Pick<Session, "rpcs" | "trustRoot">, ids: readonly PassportId[]) {
  const question = { passportIds: ids, participantIds: [], events: [], anchors: [], signers: [] };
  const view = await readChainView(rpcs, trustRoot.contract, question, "latest");
  if ("unavailable" in view) throw new DomainError("rpc-unavailable", view.unavailable, { rpcs: view.rpcs });
  const existing = [...view.passports].filter(([, state]) => state.phase !== "none");
  return new Map(
    existing.map(([id, state]) => {
      const held = holdStands(state.held, view.holds.get(id) ?? null, view.block.time);
      return [id, { ...state, held }];
    }),
  );
}

async function fromOperator({ operator }: Pick<Session, "operator">, ids: readonly PassportId[]) {
  const states = new Map<PassportId, PassportState>();
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const group = ids.slice(i, i + AT_ONCE);
    const answers = await Promise.all(group.map((id) => readCustody(operator, id)));
    for (const custody of answers) {
      if (custody === null) continue;
      const { passportId, head, phase, custodian, held, steps } = custody;
      const moved = steps.some(({ kind }) => kind === "handover" || kind === "reassignment");
      states.set(passportId, { head, phase, custodian, held, moved });
    }
  }
  return states;
}
