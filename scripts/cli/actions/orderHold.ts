import { hideSecrets } from "../../../backend/chain/jsonRpc.ts";
import { readLastHold } from "../../../backend/chain/readLastHold.ts";
import { type HoldOrder, holdOrderDigest } from "../../../backend/domain/custody/holds.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { Hash, PassportId } from "../../../backend/domain/types.ts";
import { fieldsOf, readCustody, textOf } from "../operator/answers.ts";
import type { Actor, Session } from "../session.ts";
import { readStates } from "./readStates.ts";
import { awaitStage, type Stage } from "./submitEvent.ts";

/**
 * Signs a hold or release as a regulator, over the digest computed here, and hands it to the operator.
 * @throws DomainError `actor-lacks-role`, and the operator's (`hold-counter-wrong`, `hold-missing`, …)
 */
export async function orderHold(session: Session, { participant, signer }: Actor, order: HoldOrder) {
  if (!participant.roles.includes("REGULATOR")) {
    const message = `Participant ${participant.id} is no regulator: it can neither hold nor release.`;
    throw new DomainError("actor-lacks-role", message, { participantId: participant.id });
  }
  const digest = holdOrderDigest(session.separator, order);
  const answer = fieldsOf(
    await session.operator.post("/v1/holds", { order, signature: signer.sign(digest) }),
    "answer",
  );
  if (answer.digest !== digest) {
    const message = "The operator answered for another order than the one that was sent.";
    throw new DomainError("operator-answer-malformed", message, { sent: digest, answered: answer.digest });
  }
  return { digest, state: textOf(answer.state, "state") };
}

/**
 * How many holds the passport has had: from the signer's own RPCs if it named any, which must agree, else as the operator
 * says. The number is part of what is signed: with a wrong one, a hold that is urgent would never take effect.
 * @throws DomainError `dpp-unknown`, `rpc-unavailable`
 */
export async function readHoldCount(
  session: Pick<Session, "operator" | "rpcs" | "trustRoot">,
  passportId: PassportId,
): Promise<number> {
  const { operator, rpcs, trustRoot } = session;
  const known =
    rpcs.length > 0
      ? (await readStates(session, [passportId])).has(passportId)
      : await readCustody(operator, passportId);
  if (!known) throw new DomainError("dpp-unknown", `There is no passport ${passportId} on the chain.`, { passportId });
  if (known !== true) return known.holds;
  const holds = await Promise.all(rpcs.map((rpc) => readLastHold(rpc, trustRoot.contract, passportId)));
  const [counter = 0, ...others] = new Set(holds.map((hold) => hold.counter));
  if (others.length === 0) return counter;
  throw new DomainError("rpc-unavailable", "The RPCs contradict each other about the passport's last hold.", {
    rpcs: rpcs.map(({ url }) => hideSecrets(url)),
  });
}

/** Waits until an order is that far. Throws `wait-timeout`, and `hold-counter-wrong` where another one came first. */
export async function awaitHoldOrder(
  { operator }: Pick<Session, "operator">,
  digest: Hash,
  wanted: Stage,
  options: { readonly timeoutMs: number; readonly progress: (line: string) => void },
): Promise<Stage> {
  const stageNow = async (): Promise<Stage> => {
    const stage = textOf(fieldsOf(await operator.get(`/v1/holds/${digest}`), "order").state, "state");
    if (stage === "superseded" || stage === "expired") {
      throw new DomainError("hold-counter-wrong", `The order can no longer take effect: it is ${stage}.`, { digest });
    }
    return stage as Stage;
  };
  return await awaitStage(stageNow, wanted, { ...options, what: "order", details: { digest } });
}
