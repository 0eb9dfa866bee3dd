import type { Command } from "commander";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { batteryOf } from "../../../backend/domain/valuation/battery.ts";
import { parseParameters } from "../../../backend/domain/valuation/parameters.ts";
import { residualValueFields } from "../../../backend/domain/valuation/residualValueFields.ts";
import { type Valuation, valueBattery } from "../../../backend/domain/valuation/valueBattery.ts";
import { openRecords } from "../actions/openRecords.ts";
import { usage } from "../failure.ts";
import { dayArgument, examples, jsonOption, readJsonFile } from "../options.ts";
import { plain } from "../plain.ts";
import { saveProtected } from "../saveFile.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = { readonly fields?: string; readonly date?: string; readonly json?: boolean };

const PARAMETERS = `
The parameters are yours: prices with the day you read them, as decimals in text. A price or cost is one decimal or
{"low", "base", "high"}; the low value takes low prices and high costs, the high value the other way round:
  {
    "id": "example/2026-11", "currency": "EUR",
    "materials": [
      {"element": "Ni", "pricePerKg": {"low": "14", "base": "16", "high": "18.5"}, "quotedOn": "2026-11-02",
       "recovery": "0.95", "payable": "0.70"}
    ],
    "contents": [{"chemistry": "NMC622", "kgPerKWh": {"Li": "0.105", "Ni": "0.532", "Co": "0.178"}}],
    "recyclingCostPerKg": {"low": "0.90", "base": "1.20", "high": "1.60"},
    "secondLife": {
      "use": "cascade", "newPricePerKWh": "95", "quotedOn": "2026-11-02", "usedDiscount": "0.6",
      "healthFactors": [{"atLeastPercent": "80", "factor": "0.85"}, {"atLeastPercent": "70", "factor": "0.7"}],
      "repurposingCostPerKWh": "22", "years": 8, "discountRate": "0.08"
    }
  }
contents: for batteries whose composition states no masses; secondLife: may be left out.

The value is the greater of
  material = Σ mass × recovery × price × payable − mass of the battery × recycling cost
  reuse    = rated energy × (new price × used discount × health factor − repurposing cost) + material / (1 + rate)^years
An estimate by your inputs, not an appraisal.
`;

export function addValue(program: Command, terminal: Terminal): void {
  program
    .command("value")
    .description(
      "Work out what a used battery is worth by your own dated prices, showing every step. Asks nobody: the same files give the same digits anywhere. Not an appraisal.",
    )
    .argument("<parameters>", "JSON: your prices, costs and rates")
    .argument(
      "<battery...>",
      'JSON: its fields, {"model": {"chemistry", "mass", "ratedEnergy"}, "stateOfHealth"}; or records as --keep writes them, or a file of `disclose`',
    )
    .option("--fields <file>", "write the fields of a residual-value record, for `record --kind residual-value`")
    .option("--date <day>", "the day of the estimate in that file (else today)", dayArgument)
    .addOption(jsonOption())
    .addHelpText("after", PARAMETERS)
    .addHelpText(
      "after",
      examples(
        ["value prices.json pack.json health.json", "low, base and high, and how they come about"],
        [
          "value prices.json proof.json --fields value.json",
          "from what somebody disclosed to you; and the file to sign",
        ],
        [
          "record --kind residual-value --uid U --fields value.json --key lab.json",
          "sign it: it names your parameters' hash",
        ],
      ),
    )
    .action(async (parametersFile: string, batteryFiles: readonly string[], options: Options) => {
      const output = outputTo(terminal, options.json === true);
      if (options.date !== undefined && options.fields === undefined) {
        throw usage("--date is the day in the file that --fields writes; the value itself does not depend on it.");
      }
      const parameters = parseParameters(await readJsonFile(parametersFile));
      const sources: JsonObject[] = [];
      for (const file of batteryFiles) sources.push(...openRecords(await readJsonFile(file)));
      requireOneBattery(sources);
      const valuation = valueBattery(parameters, batteryOf(sources));
      const lines = describe(valuation);
      if (options.fields !== undefined) {
        const day = options.date ?? new Date().toISOString().slice(0, 10);
        await saveProtected(options.fields, `${JSON.stringify(residualValueFields(valuation, day), undefined, 2)}\n`);
        lines.push("", `${options.fields}: the fields of a residual-value record of ${day}`);
      }
      output.result(valuation, lines.join("\n"));
    });
}

/** A model's record is about the model; what is about an item must be about one. */
function requireOneBattery(sources: readonly JsonObject[]): void {
  const items = sources.filter(({ type, subject }) => subject !== undefined && !String(type).startsWith("model/"));
  const subjects = [...new Set(items.map(({ subject }) => String(subject)))];
  if (subjects.length > 1) throw usage(`The files are about ${subjects.length} batteries: ${subjects.join(", ")}.`);
}

function describe(valuation: Valuation): string[] {
  const { currency, use, low, base, high, noSecondLife, battery, prices, parameters, disclaimer } = valuation;
  const width = Math.max(...base.steps.map(({ of }) => of.length));
  const steps = base.steps.map(({ of, working, result }) => `  ${of.padEnd(width)}  ${working} = ${result}`);
  return [
    `${base.value} ${currency} as ${use} (${low.value} to ${high.value}): ${disclaimer}`,
    "",
    "base case:",
    ...steps,
    "",
    ...(noSecondLife === null ? [] : [`no second life was weighed: ${noSecondLife}`]),
    ...(battery.unpriced.length === 0 ? [] : [`no price, so counted for nothing: ${battery.unpriced.join(", ")}`]),
    ...prices.map(({ of, price, quotedOn }) => `price of ${of}: ${price} ${currency}, quoted on ${quotedOn}`),
    `parameters ${parameters.id} ${parameters.hash}`,
  ].map(plain);
}
