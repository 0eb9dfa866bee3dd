import { type CustodyEvent, hasCounterparty } from "../custody/events.ts";
import { evolve, judgeItem, judgeParties, judgeTime } from "../custody/rules.ts";
import { NO_PASSPORT, type PassportState } from "../custody/state.ts";
import type { ParticipantChange } from "../participants/history.ts";
import type { ChainView } from "./chainView.ts";
import { finalSteps } from "./checkHistory.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory, ReplayedStep } from "./replay.ts";
import type { CheckLine } from "./report.ts";
import { blockTimeOf, type StandingAt } from "./standings.ts";

/** Had everybody the right to do what they did, when they did it? Replays the contract's rules. */
export function checkCustodyRules(
  histories: readonly ReplayedHistory[],
  view: ChainView,
  standingAt: StandingAt,
): CheckLine {
  const check = recordCheck("custody-rules");
  for (const history of histories) {
    const final = finalSteps(history, view);
    let state: PassportState = NO_PASSPORT;
    history.steps.forEach((replayed, i) => {
      const event: CustodyEvent = { ...replayed.header, items: replayed.fullItems };
      const time = blockTimeOf(view, replayed);
      const broken =
        judgeAnyStanding(event, replayed, standingAt) ??
        (time === null ? null : judgeTime(event, time)) ??
        judgeItem(event, replayed.item, state);
      const at = { event: i + 1, kind: event.kind };
      if (broken !== null) {
        const reason = `Event ${i + 1} (${event.kind}) breaks a rule: ${broken}.`;
        check.fail(`rule-${broken}`, reason, { ...at, rule: broken });
      }
      state = evolve(event, replayed.item, state, replayed.head);
      if (i + 1 === final) compareWithChain(state, history);
    });
  }
  return check.close("rules-kept", "Everybody who acted held the item and the right to act at that time.");

  function compareWithChain(state: PassportState, { passportId }: ReplayedHistory): void {
    const onChain = view.passports.get(passportId);
    if (onChain === undefined) return;
    const reason = "The chain holds another custodian or phase than the history leads to.";
    const show = ({ custodian, phase, moved }: PassportState) =>
      `custodian ${custodian}, ${phase}${moved ? ", moved" : ""}`;
    check.compare(`state of ${passportId}`, show(onChain), show(state), "state-differs", reason);
  }
}

/** A change within the event's own second leaves open which standing held: one that fits is enough. */
function judgeAnyStanding(event: CustodyEvent, replayed: ReplayedStep, standingAt: StandingAt) {
  const none: readonly (ParticipantChange | undefined)[] = [undefined];
  const of = (id: number) => {
    const standings = standingAt(id, replayed);
    return standings.length > 0 ? standings : none;
  };
  const actors = event.kind === "reassignment" ? none : of(event.actor);
  const counterparties = hasCounterparty(event.kind) ? of(event.counterparty) : none;
  const verdicts = actors.flatMap((actor) =>
    counterparties.map((counterparty) => judgeParties(event.kind, actor, counterparty)),
  );
  return verdicts.includes(null) ? null : (verdicts[0] ?? null);
}
