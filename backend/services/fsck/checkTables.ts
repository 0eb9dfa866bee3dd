import { DomainError } from "../../domain/errors.ts";
import { inTransaction } from "../../storage/database.ts";
import { ANCHOR_CHECKS } from "./anchorChecks.ts";
import { BYTE_CHECKS } from "./byteChecks.ts";
import { CHAIN_CHECKS } from "./chainChecks.ts";
import type { Breach, Check, CheckSetting, Invariant } from "./check.ts";
import { DATA_RECORD_CHECKS } from "./dataRecordChecks.ts";
import { HISTORY_CHECKS } from "./historyChecks.ts";
import { PROMISE_CHECKS } from "./promiseChecks.ts";

/** What one check came to. `unavailable`: it could not be made, because database or chain did not answer. */
export type Finding = Breach & {
  readonly check: string;
  readonly invariant: Invariant;
  readonly says: string;
  readonly state: "holds" | "broken" | "repaired" | "unavailable";
  readonly reason?: string;
};

const CHECKS: readonly Check[] = [
  ...PROMISE_CHECKS,
  ...HISTORY_CHECKS,
  ...ANCHOR_CHECKS,
  ...DATA_RECORD_CHECKS,
  ...BYTE_CHECKS,
  ...CHAIN_CHECKS,
];

/**
 * Checks an installation's tables by themselves and against the chain; never stops at the first breach. While relayer and
 * follower work, a breach may be a moment between two of their commits: it counts only when a second look finds it too.
 * @param options.quick only what is quick however many rows there are: for every start
 * @param options.repair derives again what can be
 */
export async function checkTables(
  setting: CheckSetting,
  options: { readonly quick: boolean; readonly repair: boolean },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check.quick || !options.quick) findings.push(await judge(setting, check, options.repair));
  }
  return findings;
}

async function judge(setting: CheckSetting, check: Check, mayRepair: boolean): Promise<Finding> {
  const { id, invariant, says, repair } = check;
  const named = { check: id, invariant, says };
  try {
    if ((await check.find(setting)).count === 0) return { ...named, state: "holds", count: 0, examples: [] };
    const breach = await check.find(setting);
    if (breach.count === 0) return { ...named, state: "holds", ...breach };
    if (!mayRepair || repair === undefined) return { ...named, state: "broken", ...breach };
    await inTransaction(setting.pool, (tx) => repair(tx, setting));
    const left = await check.find(setting);
    return left.count === 0 ? { ...named, state: "repaired", ...breach } : { ...named, state: "broken", ...left };
  } catch (error) {
    const reason = error instanceof DomainError ? error.message : String((error as Error).message);
    return { ...named, state: "unavailable", count: 0, examples: [], reason };
  }
}

/** The worst of the findings. */
export function worstOf(findings: readonly Finding[]): Finding["state"] {
  const order: readonly Finding["state"][] = ["broken", "unavailable", "repaired", "holds"];
  return order.find((state) => findings.some((finding) => finding.state === state)) ?? "holds";
}
