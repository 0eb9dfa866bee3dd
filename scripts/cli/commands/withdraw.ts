import type { Command } from "commander";
import type { PassportId } from "../../../backend/domain/types.ts";
import { prepareItem } from "../actions/prepareItems.ts";
import { readStates } from "../actions/readStates.ts";
import { signEvent } from "../actions/signEvent.ts";
import { awaitEvent, type Stage, submitEvent } from "../actions/submitEvent.ts";
import {
  actorFor,
  each,
  examples,
  type ParticipantOptions,
  passportArgument,
  timeoutOption,
  waitOption,
  withParticipant,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = ParticipantOptions & { readonly wait?: Stage; readonly timeout: number; readonly json?: boolean };

export function addWithdraw(program: Command, terminal: Terminal): void {
  withParticipant(program.command("withdraw"))
    .description("Take back every outstanding offer of passports you hold: their heads move, and old offers die.")
    .argument("<passports...>", "ids of passports you hold", each(passportArgument))
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText("after", examples(["withdraw 0x… --key producer.json --wait included", "and be sure that it is done"]))
    .action(async (given: readonly PassportId[], options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const passports = [...new Set(given)];
      const states = await readStates(session, passports);
      const items = passports.map((id) => prepareItem("withdrawal/1", id, states, {}));
      const submission = await signEvent(session, actor, "withdrawal", items, { validSeconds });
      const { digest, state, receipt } = await submitEvent(session, submission);
      const waiting = { timeoutMs: options.timeout * 1000, progress: output.progress };
      const reached = options.wait === undefined ? state : await awaitEvent(session, digest, options.wait, waiting);
      output.result({ digest, state: reached, receipt, passports }, `withdrawal ${digest}: ${reached}`);
    });
}
