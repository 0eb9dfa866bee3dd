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

type Options = ParticipantOptions & Waiting & { readonly reason: string; readonly json?: boolean };

export function addVoid(program: Command, terminal: Terminal): void {
  withParticipant(program.command("void"))
    .description("End passports that you minted by mistake and that never changed hands. It cannot be undone.")
    .argument("<passports...>", "ids of passports you minted", each(passportArgument))
    .requiredOption("--reason <text>", "why; withheld in the record, only its hash is public")
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        ["void 0x… --key producer.json --reason 'label misprinted'", "a misprint; mint the right uid anew"],
        ["withdraw 0x… --key producer.json", "if it only was offered to the wrong receiver: this takes the offer back"],
      ),
    )
    .action(async (given: readonly PassportId[], options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const passports = [...new Set(given)];
      const states = await readStates(session, passports);
      const items = passports.map((id) => prepareItem("void", id, states, { reason: options.reason }));
      const done = await performEvent(session, actor, "void", items, { ...options, validSeconds, output });
      output.result({ ...done, passports }, `void ${done.digest}: ${done.state}`);
    });
}
