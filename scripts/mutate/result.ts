import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutation } from "./findMutations.ts";
import type { Verdict } from "./journal.ts";
import { hashContracts, hashTests } from "./sources.ts";

const RESULT = "contracts/docs/mutation-result.json";

/** What a complete run found, and about which sources. Shares are per cent of all mutations that compile. */
export type Result = {
  readonly contracts: string;
  readonly tests: string;
  readonly mutations: number;
  readonly killed: number;
  readonly share: number;
  readonly timedOut: readonly string[];
  readonly survivors: readonly string[];
};

export const describeMutation = (number: number, { file, line, said }: Mutation): string =>
  `#${number} ${file}:${line} ${said}`;

/** Counts verdicts; what did not end in time is not counted as killed. */
export function summarize(
  verdicts: readonly Verdict[],
  mutations: ReadonlyMap<number, Mutation>,
): Omit<Result, "contracts" | "tests"> {
  const described = (kind: Verdict["kind"]): string[] =>
    verdicts
      .filter((verdict) => verdict.kind === kind)
      .sort((a, b) => a.number - b.number)
      .map(({ number }) => describeMutation(number, mutations.get(number) as Mutation));
  const killed = verdicts.filter(({ kind }) => kind === "killed").length;
  const share = Math.floor((1000 * killed) / verdicts.length) / 10;
  return {
    mutations: verdicts.length,
    killed,
    share,
    timedOut: described("timed out"),
    survivors: described("survived"),
  };
}

/** The sources that a run is about; taken before it starts, since the files may change meanwhile. */
export const readSubject = async (root: string): Promise<Pick<Result, "contracts" | "tests">> => ({
  contracts: await hashContracts(root),
  tests: await hashTests(root),
});

export async function writeResult(root: string, result: Result): Promise<void> {
  await writeFile(join(root, RESULT), `${JSON.stringify(result, null, 2)}\n`);
}

/** Why the committed result says nothing about the present contract; undefined when it does. */
export async function staleness(root: string): Promise<string | undefined> {
  const { contracts } = JSON.parse(await readFile(join(root, RESULT), "utf8")) as Partial<Result>;
  if (contracts === (await hashContracts(root))) return undefined;
  return `${RESULT} is about other sources than those of contracts/. Run \`npm run mutate\`, and commit the result.`;
}
