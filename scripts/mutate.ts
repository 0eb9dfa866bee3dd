import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Mutation } from "./mutate/findMutations.ts";
import { type Journal, openJournal, type Verdict } from "./mutate/journal.ts";
import { describeMutation, readSubject, summarize, writeResult } from "./mutate/result.ts";
import { hashPlanting } from "./mutate/sources.ts";
import { openTestProcess, type TestProcess } from "./mutate/testProcess.ts";
import { MUTATION_DATA, prepareWorkspace } from "./mutate/workspace.ts";

const HELP = `Mutation testing of the contract: changes one thing of contracts/ at a time and sees whether its mocha tests notice.
Prints what survives; a complete run writes contracts/docs/mutation-result.json. Exit code 1 below 95 % killed.

    npm run mutate                            every mutation
    npm run mutate -- --resume                goes on where a run of the same contracts and tests was broken off
    npm run mutate -- --every 5               one in five
    npm run mutate -- --from 300              those with numbers from 300 on
    npm run mutate -- --file CustodyLedger    those of one source file
    npm run mutate -- --only 12,40            these alone
    npm run mutate -- --processes 1           one at a time, rather than two
`;
const GOAL = 95;
/** Beside what a run without any mutation takes, times four: other work on the machine must not look like a hanging test. */
const LEAST_LIMIT_MS = 120_000;
const ALONE_LIMIT_MS = 20 * 60_000;

const { values } = parseArgs({
  options: {
    every: { type: "string", default: "1" },
    from: { type: "string", default: "1" },
    processes: { type: "string", default: "2" },
    file: { type: "string" },
    only: { type: "string" },
    resume: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
for (const name of ["every", "from", "processes"] as const) {
  if (!/^[1-9]\d{0,4}$/.test(values[name])) stopWith(`--${name} takes a whole number from 1 on.`);
}
const root = fileURLToPath(new URL("../", import.meta.url));

function stopWith(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

function choose(mutations: ReadonlyMap<number, Mutation>): number[] {
  const only = values.only?.split(",").map(Number);
  const chosen = [...mutations]
    .filter(([number, { file }]) => {
      if (number < Number(values.from)) return false;
      if (values.file !== undefined && basename(file, ".sol") !== values.file) return false;
      return only === undefined || only.includes(number);
    })
    .filter((_, i) => i % Number(values.every) === 0)
    .map(([number]) => number);
  if (chosen.length === 0) stopWith("There is no such mutation.");
  return chosen;
}

/** Tries what the journal does not know yet; what is unclear is tried again at the end, alone and with far more time. */
async function tryAll(
  folder: string,
  mutations: ReadonlyMap<number, Mutation>,
  chosen: readonly number[],
  journal: Journal,
): Promise<void> {
  const left = chosen.filter((number) => !journal.verdicts.has(number));
  const total = left.length;
  if (total === 0) return;
  let startedAt = Date.now();
  const unclear: number[] = [];
  const processes = Array.from({ length: Math.min(Number(values.processes), total) }, () => openTestProcess(folder));

  const attempt = async (tester: TestProcess, number: number, limitMs: number): Promise<Verdict | undefined> => {
    const from = Date.now();
    const outcome = await tester.run({ number, source: mutations.get(number)?.file ?? "" }, limitMs);
    return outcome.kind === "unclear" ? undefined : { number, ...outcome, ms: Date.now() - from };
  };
  let decided = 0;
  const record = (verdict: Verdict): void => {
    journal.add(verdict);
    decided++;
    const minutes = Math.ceil((((Date.now() - startedAt) / decided) * (total - decided)) / 60_000);
    const mutation = describeMutation(verdict.number, mutations.get(verdict.number) as Mutation);
    const kind = verdict.kind === "killed" ? verdict.kind : verdict.kind.toUpperCase();
    console.log(`${decided}/${total}, ${minutes} min left: ${kind} ${mutation}${verdict.by ? ` (${verdict.by})` : ""}`);
  };
  /** Holds at the start and at the end: a test that fails by itself would make every verdict worthless. */
  const holdsWithoutAny = async (tester: TestProcess): Promise<number> => {
    const from = Date.now();
    const outcome = await tester.run({ number: 0, source: "" }, ALONE_LIMIT_MS);
    if (outcome.kind === "survived") return Date.now() - from;
    if (outcome.kind === "killed") journal.discard();
    throw new Error(`The tests fail without any mutation: ${outcome.by}: ${outcome.why}`);
  };

  try {
    const durations = await Promise.all(processes.map(holdsWithoutAny));
    startedAt = Date.now();
    const limitMs = Math.max(LEAST_LIMIT_MS, 4 * Math.max(...durations));
    console.log(`${total} to try; without any mutation the tests take ${Math.round(Math.max(...durations) / 1000)} s`);
    await Promise.all(
      processes.map(async (tester) => {
        for (let number = left.shift(); number !== undefined; number = left.shift()) {
          const verdict = await attempt(tester, number, limitMs);
          if (verdict === undefined) unclear.push(number);
          else record(verdict);
        }
      }),
    );
    for (const number of unclear) {
      const alone = openTestProcess(folder);
      processes.push(alone);
      record((await attempt(alone, number, ALONE_LIMIT_MS)) ?? { number, kind: "timed out", ms: ALONE_LIMIT_MS });
      alone.stop();
    }
    await Promise.all(processes.slice(0, durations.length).map(holdsWithoutAny));
  } finally {
    for (const tester of processes) tester.stop();
  }
}

const subject = await readSubject(root);
const planting = await hashPlanting(root);
const { folder, mutations } = await prepareWorkspace(root);
const chosen = choose(mutations);
const key = `${planting.slice(0, 16)}-${subject.tests.slice(0, 16)}`;
const journal = openJournal(join(root, MUTATION_DATA, `${key}.ndjson`), values.resume);
await tryAll(folder, mutations, chosen, journal);

const summary = summarize(
  chosen.flatMap((number) => journal.verdicts.get(number) ?? []),
  mutations,
);
for (const survivor of summary.survivors) console.log(`survived: ${survivor}`);
for (const mutation of summary.timedOut) console.log(`timed out: ${mutation}`);
console.log(`${summary.killed} of ${summary.mutations} killed (${summary.share} %)`);
if (chosen.length === mutations.size) await writeResult(root, { ...subject, ...summary });
if (summary.share < GOAL) process.exitCode = 1;
