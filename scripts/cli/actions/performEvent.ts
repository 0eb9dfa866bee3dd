import type { CustodyKind } from "../../../backend/domain/custody/events.ts";
import type { Actor, Session } from "../session.ts";
import type { Output } from "../terminal.ts";
import { type PreparedItem, signEvent } from "./signEvent.ts";
import { awaitEvent, type Stage, submitEvent } from "./submitEvent.ts";

/** How a command that signs one event was told to wait. */
export type Waiting = { readonly wait?: Stage; readonly timeout: number };

/**
 * Signs an event that needs nobody else, hands it to the operator, and waits for its block where that was asked.
 * @throws DomainError those of `signEvent`, `submitEvent` and `awaitEvent`
 */
export async function performEvent(
  session: Session,
  actor: Actor,
  kind: CustodyKind,
  items: readonly PreparedItem[],
  options: Waiting & { readonly validSeconds: number; readonly output: Output },
) {
  const { validSeconds, wait, timeout, output } = options;
  const submission = await signEvent(session, actor, kind, items, { validSeconds });
  const { digest, state, receipt } = await submitEvent(session, submission);
  const waiting = { timeoutMs: timeout * 1000, progress: output.progress };
  const reached = wait === undefined ? state : await awaitEvent(session, digest, wait, waiting);
  return { digest, state: reached, receipt };
}
