import { formatBitmap } from "../custody/events.ts";
import type { ChainView } from "./chainView.ts";
import { finalSteps } from "./checkHistory.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";

/** Is every final event in the contract's own log, at the block the evidence names, exactly as shown? */
export function checkInclusion(histories: readonly ReplayedHistory[], view: ChainView): CheckLine {
  const check = recordCheck("inclusion");
  const logs = view.custodyLogs;
  if (logs === null) {
    check.unavailable("logs-not-served", "The RPC does not serve the contract's logs.");
    return check.close("", "");
  }
  for (const history of histories) {
    const final = finalSteps(history, view);
    history.steps.forEach(({ digest, step }, i) => {
      const found = logs.get(digest)?.find((log) => log.blockHash === step.blockHash);
      const values = { event: i + 1 };
      if (found === undefined) {
        const reason = `Event ${i + 1} is not in the contract's log at the block that the evidence names.`;
        // After the last final head there is nothing to find yet.
        if (final < 0 || i < final) check.fail("event-not-logged", reason, { ...values, block: step.blockNumber });
        else check.pending("event-not-final", `Event ${i + 1} is not final yet.`, values);
        return;
      }
      const altered = `Event ${i + 1} was logged differently from what the evidence shows.`;
      const compare = (what: string, expected: string, shown: string) =>
        check.compare(`${what} of event ${i + 1}`, expected, shown, "event-logged-differently", altered, values);
      compare("block number", String(found.blockNumber), String(step.blockNumber));
      compare("header", found.header, step.header);
      compare("declined items", formatBitmap(found.declined), formatBitmap(step.declined));
      compare("applied items", formatBitmap(found.applied), formatBitmap(step.applied));
      compare("signatures", found.signatures, step.signatures);
    });
  }
  return check.close("events-logged", "Every event stands in the contract's own log, as shown.");
}
