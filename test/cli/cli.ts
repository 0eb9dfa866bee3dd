import { expect } from "chai";
import { runCli } from "../../scripts/cli/program.ts";
import type { Terminal } from "../../scripts/cli/terminal.ts";

/** What a command line did. */
export type CliRun = { readonly code: number; readonly out: string; readonly err: string };

export type CliOptions = Partial<Pick<Terminal, "environment" | "ask">>;

/** Runs a command line with nobody at the terminal, or with somebody who answers by `ask`. */
export async function cli(words: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  let out = "";
  let err = "";
  const code = await runCli(words, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    environment: options.environment ?? {},
    ask: options.ask ?? null,
  });
  return { code, out, err };
}

/** Runs a command line that must succeed, with --json, and gives what it printed. */
export async function cliJson(words: readonly string[], options: CliOptions = {}) {
  const run = await cli([...words, "--json"], options);
  expect(run.code, run.err).to.equal(0);
  return JSON.parse(run.out) as ReturnType<typeof JSON.parse>;
}

/** The code of the error that a command line ended with. */
export async function cliError(words: readonly string[], exitCode: number, options: CliOptions = {}): Promise<string> {
  const run = await cli(words, options);
  expect(run.code, run.out + run.err).to.equal(exitCode);
  const [, code] = /\[([a-z0-9-]+)\]/.exec(run.err) ?? [];
  expect(code, run.err).to.be.a("string");
  return code as string;
}
