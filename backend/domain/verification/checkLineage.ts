import { isCreated } from "../custody/hashEvent.ts";
import type { PassportId } from "../types.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";

/** The passports from which this history's item was made; empty for one that was minted. */
export function parentsOf({ steps }: ReplayedHistory): PassportId[] {
  const first = steps[0];
  if (first?.header.kind !== "transformation") return [];
  return first.fullItems.filter((item) => !isCreated("transformation", item)).map((item) => item.passportId);
}

/** Are all ancestors there, each ended by the very transformation that made its successor? */
export function checkLineage(histories: readonly ReplayedHistory[]): CheckLine {
  const check = recordCheck("lineage");
  const byId = new Map(histories.map((history) => [history.passportId, history]));
  if (byId.size !== histories.length)
    check.fail("lineage-repeated", "The evidence shows one passport's history twice.");
  const subject = histories[0] as ReplayedHistory;
  const reached = new Set<PassportId>([subject.passportId]);
  const open = [subject];
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    for (const parentId of parentsOf(child)) {
      const parent = byId.get(parentId);
      if (parent === undefined) {
        check.fail("parent-missing", `The history of the parent ${parentId} is missing.`, { passportId: parentId });
        continue;
      }
      const what = `event that ended the parent ${parentId}`;
      const reason = `The parent ${parentId} was not used up by the transformation that made its successor.`;
      const made = child.steps[0]?.digest ?? "none";
      check.compare(what, made, parent.steps.at(-1)?.digest ?? "none", "parent-not-used-up", reason, {
        passportId: parentId,
      });
      if (!reached.has(parentId)) {
        reached.add(parentId);
        open.push(parent);
      }
    }
  }
  if (reached.size < byId.size) check.fail("lineage-unrelated", "The evidence shows passports that are no ancestors.");
  const parents = reached.size - 1;
  return parents === 0
    ? check.close("lineage-none", "The item was not made from others.")
    : check.close("lineage-complete", `All ${parents} ancestors are there, and each was used up once.`, { parents });
}
