import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** How a mutation ended, once and for all. */
export type Verdict = {
  readonly number: number;
  readonly kind: "killed" | "survived" | "timed out";
  /** The test that failed, and in which words. */
  readonly by?: string;
  readonly why?: string;
  readonly ms: number;
};

export type Journal = {
  readonly verdicts: Map<number, Verdict>;
  readonly add: (verdict: Verdict) => void;
  readonly discard: () => void;
};

/** One verdict a line, written as it falls: a run that is broken off loses what it was about, no more. */
export function openJournal(path: string, resume: boolean): Journal {
  mkdirSync(dirname(path), { recursive: true });
  if (!resume) rmSync(path, { force: true });
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []; // what follows the last is torn
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  const verdicts = new Map(
    lines.map((line) => JSON.parse(line) as Verdict).map((verdict) => [verdict.number, verdict]),
  );
  return {
    verdicts,
    add: (verdict) => {
      verdicts.set(verdict.number, verdict);
      appendFileSync(path, `${JSON.stringify(verdict)}\n`);
    },
    discard: () => rmSync(path, { force: true }),
  };
}
