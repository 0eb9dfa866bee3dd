import { setTimeout as wait } from "node:timers/promises";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { fieldsOf, listOf, textOf } from "../operator/answers.ts";
import type { Session } from "../session.ts";
import { type Submission, submissionJson } from "./signEvent.ts";

/** Hands a signed event to the operator; the same event again gets the same answer. */
export async function submitEvent({ operator }: Pick<Session, "operator">, submission: Submission) {
  const answer = fieldsOf(await operator.post("/v1/custody-events", submissionJson(submission)), "answer");
  if (answer.digest !== submission.digest) {
    const message = "The operator answered for another event than the one that was sent.";
    throw new DomainError("operator-answer-malformed", message, { sent: submission.digest, answered: answer.digest });
  }
  return { digest: submission.digest, state: textOf(answer.state, "state"), receipt: answer.receipt ?? null };
}

/** How far an event has come, in this order. `finalized` cannot be taken back. */
export const STAGES = ["offered", "accepted", "sealed", "submitted", "included", "safe", "finalized"] as const;
export type Stage = (typeof STAGES)[number];

/** How often to ask an operator that does not tell by itself, and one that does. */
const POLL_MS = 200;
const POLL_BESIDE_STREAM_MS = 5_000;

/**
 * Waits until every item of an event that was not declined is that far.
 * @returns the earliest stage among the items
 * @throws DomainError `wait-timeout` (it may still arrive), or the reason for which the contract finally rejected an item
 */
export async function awaitEvent(
  { operator }: Pick<Session, "operator">,
  digest: Hash,
  wanted: Stage,
  options: { readonly timeoutMs: number; readonly progress: (line: string) => void },
): Promise<Stage> {
  const bell = hangBell(operator, digest);
  const stageNow = () => eventStage({ operator }, digest);
  const about = { what: "event", details: { digest }, untilNext: bell.ring };
  try {
    return await awaitStage(stageNow, wanted, { ...options, ...about });
  } finally {
    bell.takeDown();
  }
}

/** Asks again until something is that far. Throws `wait-timeout`: it may still arrive. */
export async function awaitStage(
  stageNow: () => Promise<Stage>,
  wanted: Stage,
  options: {
    readonly timeoutMs: number;
    readonly progress: (line: string) => void;
    readonly what: string;
    readonly details: Readonly<Record<string, unknown>>;
    /** When to ask again; at short intervals unless given. */
    readonly untilNext?: () => Promise<unknown>;
  },
): Promise<Stage> {
  const { timeoutMs, progress, what, details, untilNext = () => wait(POLL_MS) } = options;
  const end = performance.now() + timeoutMs;
  for (let said = ""; ; ) {
    const stage = await stageNow();
    if (STAGES.indexOf(stage) >= STAGES.indexOf(wanted)) return stage;
    if (stage !== said) progress(`  ${stage}; waiting until ${wanted} …`);
    said = stage;
    if (performance.now() > end) {
      const message = `The ${what} is only ${stage} after ${Math.round(timeoutMs / 1000)} s, not ${wanted}.`;
      throw new DomainError("wait-timeout", message, { ...details, stage, wanted });
    }
    await untilNext();
  }
}

/**
 * Rings when the operator's stream says that something changed, and at intervals in any case: what counts is the answer
 * that is then asked for, whether or not there is a stream.
 */
function hangBell(operator: Session["operator"], digest: Hash) {
  const taken = new AbortController();
  let streams = false;
  let ring: () => void = () => undefined;
  const heard = (): void => {
    streams = true;
    ring();
  };
  void operator.listen(`/v1/events?digest=${digest}`, heard, taken.signal).finally(() => {
    streams = false;
    ring();
  });
  return {
    async ring(): Promise<void> {
      const rung = new Promise<void>((resolve) => {
        ring = resolve;
      });
      await Promise.race([rung, wait(streams ? POLL_BESIDE_STREAM_MS : POLL_MS, undefined, { signal: taken.signal })]);
    },
    takeDown: () => taken.abort(),
  };
}

/** The earliest stage among an event's items. Throws `event-unknown`, and the reason where one was finally rejected. */
export async function eventStage({ operator }: Pick<Session, "operator">, digest: Hash): Promise<Stage> {
  const answer = await operator.get(`/v1/custody-events/${digest}`);
  const items = listOf(fieldsOf(answer, "event").items, "items").map((item) => fieldsOf(item, "item"));
  const rejected = items.find(({ state }) => state === "rejected");
  if (rejected !== undefined) {
    const reason = typeof rejected.reason === "string" ? rejected.reason : "rejected";
    throw new DomainError(reason, `The contract rejected the item of passport ${rejected.passportId}: ${reason}.`, {
      passportId: rejected.passportId,
      position: rejected.position,
    });
  }
  const stages = items.filter(({ state }) => state !== "declined").map(({ state }) => state as Stage);
  const least = Math.min(...stages.map((stage) => STAGES.indexOf(stage)));
  return STAGES[least] ?? "offered";
}
