import { type Command, Option } from "commander";
import { type AnnexPoint, CATEGORIES, type Category } from "../../../backend/domain/dataPoints/dataPoint.ts";
import {
  categoriesOf,
  type JudgedPoint,
  judgeReadiness,
  type KnownRecord,
  type Readiness,
} from "../../../backend/domain/dataPoints/readiness.ts";
import { checkRecordFields, type FieldProblem } from "../../../backend/domain/records/checkRecordFields.ts";
import { isObject } from "../../../backend/domain/records/fieldRules.ts";
import {
  isRecordType,
  kindOfType,
  newestTypeOf,
  type RecordType,
} from "../../../backend/domain/records/recordTypes.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { findPassport } from "../actions/findPassport.ts";
import { EXIT, usage } from "../failure.ts";
import { fieldsOf } from "../operator/answers.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { examples, type OperatorOptions, readJsonFile, withOperator } from "../options.ts";
import { plain } from "../plain.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = OperatorOptions & { readonly uid?: string; readonly category?: Category; readonly json?: boolean };
type Checked = { readonly problems: readonly FieldProblem[]; readonly readiness: readonly Readiness[] };

export function addCheck(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  withOperator(program.command("check"))
    .description("Say which of the Commission's 71 data points a passport fills, and which rules its fields break.")
    .argument("[files...]", "fields of records, as JSON: of the mint, and with a `type` or `kind` of any other record")
    .option("--uid <uid>", "a passport on the chain instead, by id, uid or code: what an operator shows to everybody")
    .addOption(new Option("--category <category>", "judge by its duties (else the model's own)").choices(CATEGORIES))
    .addHelpText(
      "after",
      examples(
        ["check pack.json", "the fields you are about to mint, withheld ones included"],
        ["check pack.json health.json status.json", "with data records: { kind: state-of-health, … }"],
        ["check --uid https://id.gs1.org/01/09520123456788/21/A1", "what is public of a passport"],
      ),
    )
    .addHelpText("after", "\nExit code 1: a mandatory point is missing, or a rule broken; 2: withheld points decide.")
    .action(async (files: readonly string[], options: Options) => {
      if ((files.length === 0) === (options.uid === undefined)) throw usage("Name files, or one passport by --uid.");
      const { problems, readiness } =
        options.uid === undefined ? await checkFiles(files, options) : await askOperator(options.uid, options);
      const lines = [...problems.map(({ path, rule, message }) => `${path}  ${message} [${rule}]`)];
      for (const one of readiness) lines.push(...describe(one));
      outputTo(terminal, options.json === true).result({ problems, readiness }, lines.join("\n"));
      setExitCode(exitCodeOf(problems, readiness));
    });
}

async function checkFiles(files: readonly string[], { category }: Options): Promise<Checked> {
  const problems: FieldProblem[] = [];
  const known: KnownRecord[] = [];
  for (const file of files) {
    const fields = await readJsonFile(file);
    const type = typeOf(fields);
    known.push({ record: type === "data/1" ? String(fields.kind) : kindOfType(type), fields });
    problems.push(...checkRecordFields(type, { ...fields, type }).filter((one) => !isForTheRecord(one)));
  }
  const models = known.map(({ fields }) => fields.model).filter(isObject);
  const own = models.map((model) => model.category).find((found) => found !== undefined);
  const categories = category === undefined ? categoriesOf(own) : [category];
  // The participant who signs is responsible (point 2), so a file has nothing to say about it.
  const signer: KnownRecord = { record: "participant", fields: { names: { en: "whoever signs" } } };
  const everything = new Set<AnnexPoint>([1, 2, 3, 4]);
  return { problems, readiness: categories.map((one) => judgeReadiness(one, [...known, signer], everything)) };
}

function typeOf({ type, kind }: JsonObject): RecordType {
  if (type === undefined) return kind === undefined ? newestTypeOf("mint") : "data/1";
  if (isRecordType(type)) return type;
  throw usage(`There is no record type ${JSON.stringify(type)}.`);
}

/** The passport id is worked out when the record is made. */
const isForTheRecord = ({ path, rule }: FieldProblem): boolean => path === "$.subject" && rule === "required";

async function askOperator(text: string, { operator: url, category }: Options): Promise<Checked> {
  const operator = connectOperator(url);
  const { passportId } = await findPassport(operator, text);
  const query = category === undefined ? "" : `?category=${category}`;
  const { readiness } = fieldsOf(await operator.get(`/v1/dpps/${passportId}/readiness${query}`), "readiness");
  return { problems: [], readiness: readiness as readonly Readiness[] };
}

function describe({ category, complete, points }: Readiness): string[] {
  const verdict = complete === null ? "withheld points decide" : complete ? "complete" : "not complete";
  const count = (state: string) => points.filter((one) => one.state === state).length;
  const states = [...new Set(points.map(({ state }) => state))].map((state) => `${count(state)} ${plain(state)}`);
  return ["", `${plain(category)}: ${verdict} (${states.join(", ")})`, ...points.map(pointLine)];
}

const pointLine = ({ number, state, duty, article, name }: JudgedPoint): string =>
  `${String(number).padStart(4)}  ${plain(state).padEnd(20)}${plain(duty).padEnd(17)}${plain(article).padEnd(18)}${plain(name)}`;

function exitCodeOf(problems: readonly FieldProblem[], readiness: readonly Readiness[]): number {
  if (problems.length > 0 || readiness.some(({ complete }) => complete === false)) return EXIT.refused;
  return readiness.some(({ complete }) => complete === null) ? EXIT.couldNotTell : EXIT.done;
}
