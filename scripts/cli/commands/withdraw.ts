import type { Command } from "commander";
import type { PassportId } from "../../../backend/domain/types.ts";
import { performEvent, type Waiting } from "../actions/performEvent.ts";
import { prepareItem } from "../actions/prepareItems.ts";
import { readStates } from "../actions/readStates.ts";
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

type Options = ParticipantOptions & Waiting & { readonly json?: boolean };

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
      const items = passports.map((id) => prepareItem("withdrawal", id, states, {}));
      const done = await performEvent(session, actor, "withdrawal", items, { ...options, validSeconds, output });
      output.result({ ...done, passports }, `withdrawal ${done.digest}: ${done.state}`);
    });
}
