import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { JsonObject, PassportId } from "../../../backend/domain/types.ts";
import { performEvent, type Waiting } from "../actions/performEvent.ts";
import { prepareItem } from "../actions/prepareItems.ts";
import { readStates } from "../actions/readStates.ts";
import { usage } from "../failure.ts";
import {
  actorFor,
  each,
  examples,
  type ParticipantOptions,
  passportArgument,
  readJsonFile,
  timeoutOption,
  waitOption,
  withParticipant,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Mass = { readonly element: string; readonly kilograms: string };
type Options = ParticipantOptions &
  Waiting & { readonly recovered?: readonly Mass[]; readonly fields?: string; readonly json?: boolean };

export function addClose(program: Command, terminal: Terminal): void {
  withParticipant(program.command("close"))
    .description(
      "End a passport after recycling, with the masses that were recovered (withheld; only a hash is public).",
    )
    .argument("<passport>", "id of a passport you hold", passportArgument)
    .option("--recovered <element=kg>", "mass recovered, like Ni=29.41; repeat for each element", each(mass))
    .option("--fields <file>", "JSON object with the record's fields (products, residues, loss …)")
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples([
        "close 0x… --key recycler.json --recovered Li=4.89 --recovered Ni=29.41 --recovered Co=9.84 --wait finalized",
        "an NMC622 pack, and wait until it cannot be taken back",
      ]),
    )
    .action(async (passportId: PassportId, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const fields = await closureFields(options);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const states = await readStates(session, [passportId]);
      const item = prepareItem("closure", passportId, states, fields);
      const done = await performEvent(session, actor, "closure", [item], { ...options, validSeconds, output });
      output.result({ ...done, passportId }, `closure ${done.digest}: ${done.state}`);
    });
}

function mass(text: string): Mass {
  const [, element, kilograms] = /^([A-Z][a-z]?)=(\d{1,9}(?:\.\d{1,6})?)$/.exec(text) ?? [];
  if (element === undefined || kilograms === undefined) {
    throw new InvalidArgumentError("Write an element and kilograms, like Ni=29.41.");
  }
  return { element, kilograms };
}

async function closureFields({ recovered = [], fields }: Options): Promise<JsonObject> {
  const given = fields === undefined ? {} : await readJsonFile(fields);
  const masses = recovered.map(({ element, kilograms }) => ({ element, mass: { value: kilograms, unit: "kg" } }));
  const all: JsonObject = masses.length === 0 ? given : { ...given, recovered: masses };
  if (Object.keys(all).length > 0) return all;
  throw usage("A closure says what was recovered: --recovered Ni=29.41, or --fields FILE.");
}
