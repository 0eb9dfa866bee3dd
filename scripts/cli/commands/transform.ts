import type { Command } from "commander";
import type { JsonObject, PassportId } from "../../../backend/domain/types.ts";
import { performEvent, type Waiting } from "../actions/performEvent.ts";
import { prepareTransformation } from "../actions/prepareTransformation.ts";
import { usage } from "../failure.ts";
import {
  actorFor,
  each,
  examples,
  type ParticipantOptions,
  parseObject,
  passportArgument,
  readJsonFile,
  readText,
  timeoutOption,
  waitOption,
  withParticipant,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = ParticipantOptions &
  Waiting & {
    readonly uid?: readonly string[];
    readonly level?: string;
    readonly products?: string;
    readonly fields?: string;
    readonly json?: boolean;
  };

export function addTransform(program: Command, terminal: Terminal): void {
  withParticipant(program.command("transform"))
    .description(
      "Make new items of items you hold: a pack into modules, modules into a pack, packs into a lot. The inputs' passports " +
        "end and the products' begin, all of them or none; each product's passport leads back to every input.",
    )
    .argument("<inputs...>", "ids of passports you hold, which end", each(passportArgument))
    .option("--uid <uid>", "identifier on a product; repeat for each product", each(String))
    .option("--level <level>", "of the products named by --uid: pack, module, cell or lot")
    .option("--products <file>", "NDJSON, one object of a product's fields a line, uid among them; instead of --uid")
    .option("--fields <file>", "JSON object recorded with every input, withheld: method, findings …")
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        ["transform 0xPACK --key workshop.json --uid U1 --uid U2 --uid U3 --level module", "split a pack into modules"],
        [
          "transform 0xM1 0xM2 0xM3 --key workshop.json --uid U --wait included",
          "merge modules into a second-life pack",
        ],
        ["transform 0xA 0xB --key workshop.json --products products.ndjson", "many to many, with each product's data"],
      ),
    )
    .action(async (given: readonly PassportId[], options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const productFields = await readProducts(options);
      const inputFields = options.fields === undefined ? {} : await readJsonFile(options.fields);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const inputs = [...new Set(given)];
      const { items, products } = await prepareTransformation(session, actor, inputs, productFields, inputFields);
      const done = await performEvent(session, actor, "transformation", items, { ...options, validSeconds, output });
      const made = products.map(({ passportId, uid }) => ({ passportId, uid }));
      const lines = made.map(({ passportId, uid }) => `  ${passportId}  ${uid}`);
      const text = `transformation ${done.digest}: ${done.state}`;
      output.result({ ...done, inputs, products: made }, [text, ...lines].join("\n"));
    });
}

async function readProducts({ uid, level, products }: Options): Promise<JsonObject[]> {
  if (products === undefined) {
    if (uid === undefined) throw usage("A transformation makes something: --uid for each product, or --products FILE.");
    return uid.map((one) => (level === undefined ? { uid: one } : { uid: one, level }));
  }
  if (uid !== undefined || level !== undefined) throw usage("With --products each product's uid stands in its line.");
  const lines = (await readText(products)).split(/\r?\n/);
  const list = lines.flatMap((line, i) =>
    line.trim() === "" ? [] : [parseObject(line, `${products}, line ${i + 1}`)],
  );
  if (list.length === 0) throw usage(`${products} names no products.`);
  return list;
}
