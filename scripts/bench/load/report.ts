import type { LoadResult } from "./sendLoad.ts";

/** A figure beside its goal and beside the limit that was measured in the same run. */
export type Figure = {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly reached: boolean;
  /** What bounds it: the same rows inserted bare, the same signatures recovered bare, … */
  readonly limit?: string;
};

export const whole = (value: number): string => Math.round(value).toLocaleString("en");

/** Percentiles of a load that was sent at a fixed rate. */
export const timesOf = ({ p50, p99, slowest }: Pick<LoadResult, "p50" | "p99" | "slowest">): string =>
  `p50 ${whole(p50)}, p99 ${whole(p99)}, slowest ${whole(slowest)} ms`;

/** Prints the figures, and ends the process with 1 where a goal was asked to be met (`--check`) and was not. */
export function report(title: string, figures: readonly Figure[], notes: readonly string[]): void {
  console.log(`\n${title}\n`);
  console.table(
    Object.fromEntries(
      figures.map(({ what, figure, goal, reached, limit }) => [
        what,
        { measured: figure, goal: `${goal}${reached ? "" : "  ← missed"}`, "limit in this run": limit ?? "" },
      ]),
    ),
  );
  for (const note of notes) console.log(note);
  if (process.argv.includes("--check") && figures.some(({ reached }) => !reached)) process.exitCode = 1;
}

/** `--name 5` of the command line. */
export function numberOption(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0.`);
  return value;
}

/** How often a second `work` can be done on this core, by doing it for a while. */
export function measureRate(work: (i: number) => void, milliseconds = 1000): number {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < milliseconds) work(count++);
  return (count * 1000) / (performance.now() - start);
}
