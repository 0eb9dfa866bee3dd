import { Option } from "commander";
import { DomainError } from "../../backend/domain/errors.ts";
import type { Terminal } from "./terminal.ts";

export const yesOption = (): Option => new Option("--yes", "sign without asking (where nobody sits, nobody is asked)");

/** Lets a person look at what was shown before it is signed. Throws `not-signed`. */
export async function confirm(terminal: Terminal, yes: boolean | undefined, question: string): Promise<void> {
  if (yes === true || terminal.ask === null) return;
  const answer = await terminal.ask(`${question} [y/N] `, false);
  if (!/^y(es)?$/i.test(answer.trim())) throw new DomainError("not-signed", "Nothing was signed.");
}
