import { ZERO_HEAD } from "../bytes.ts";
import { isCreated } from "../custody/hashEvent.ts";
import type { ChainView } from "./chainView.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";

/** Is the history unbroken: created first, and each event building on the one before? */
export function checkHistory(histories: readonly ReplayedHistory[]): CheckLine {
  const check = recordCheck("history");
  for (const { passportId, steps } of histories) {
    if (steps.length === 0) check.fail("history-empty", `The history of ${passportId} is empty.`, { passportId });
    steps.forEach(({ header, item, step }, i) => {
      const previous = i === 0 ? ZERO_HEAD : steps[i - 1]?.head;
      const values = { event: i + 1, kind: header.kind };
      const what = `head before event ${i + 1} (${header.kind})`;
      const reason = `Event ${i + 1} (${header.kind}) does not follow the event before it.`;
      check.compare(what, previous ?? "none", item.prevHead, "history-broken", reason, values);
      if (isCreated(header.kind, item) !== (i === 0)) {
        check.fail("history-begins-wrong", "A history begins with its creation, once.", values);
      }
      const position = BigInt(step.position);
      if (((step.applied >> position) & 1n) !== 1n || ((step.declined >> position) & 1n) === 1n) {
        check.fail("event-not-applied", `Event ${i + 1} did not take effect for this passport.`, values);
      }
    });
  }
  const events = histories[0]?.steps.length ?? 0;
  return check.close("history-unbroken", `All ${events} events follow one another without a gap.`, { events });
}

/** How many of a history's events are final: up to the head that the chain holds. -1 if that head is not in it. */
export function finalSteps({ passportId, steps }: ReplayedHistory, view: ChainView): number {
  const state = view.passports.get(passportId);
  if (state === undefined || state.phase === "none") return 0;
  return steps.findIndex(({ head }) => head === state.head) + 1 || -1;
}

/** Does the history end where the chain says it ends, at the named block? */
export function checkCurrency(histories: readonly ReplayedHistory[], view: ChainView): CheckLine {
  const check = recordCheck("currency");
  const block = view.block.number;
  histories.forEach((history, h) => {
    const state = view.passports.get(history.passportId);
    const of = h === 0 ? "this passport" : `the parent ${history.passportId}`;
    if (state === undefined) {
      check.unavailable("head-not-read", `The chain was not asked for the head of ${of}.`);
      return;
    }
    const final = finalSteps(history, view);
    const later = history.steps.length - final;
    if (final < 0) {
      const last = history.steps.at(-1)?.head ?? "none";
      const reason = `The chain holds a head for ${of} that this history does not reach: it is stale, cut short or altered.`;
      check.compare(`head of ${of} at block ${block}`, state.head, last, "history-stale", reason, { block });
    } else if (later > 0) {
      const reason = `${later} of ${history.steps.length} events of ${of} are not final at block ${block}.`;
      check.pending("events-pending", reason, { pending: later, block });
    } else {
      const last = history.steps.at(-1)?.head ?? "none";
      check.compare(`head of ${of} at block ${block}`, state.head, last, "history-stale", "", { block });
    }
  });
  return check.close("history-current", `The history ends at the head that the chain holds at block ${block}.`, {
    block,
  });
}
