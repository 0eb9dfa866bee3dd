import { type Command, InvalidArgumentError, Option } from "commander";
import { DomainError } from "../../../backend/domain/errors.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseSubjectUid } from "../../../backend/domain/identifiers/subjectUid.ts";
import { DATA_KINDS, type DataKind, specOfKind } from "../../../backend/domain/records/dataKinds.ts";
import { parseJsonStrict } from "../../../backend/domain/records/jsonText.ts";
import type { Hash, JsonObject, JsonValue, PassportId, Uid, UnixTime } from "../../../backend/domain/types.ts";
import { keepDisclosures } from "../actions/disclosedRecords.ts";
import { findPassport } from "../actions/findPassport.ts";
import type { Waiting } from "../actions/performEvent.ts";
import { prepareCorrection, signDataRecord } from "../actions/signDataRecord.ts";
import { awaitDataRecord, submitDataRecord } from "../actions/submitDataRecord.ts";
import { usage } from "../failure.ts";
import {
  type AuthorOptions,
  argument,
  authorFor,
  digestArgument,
  each,
  examples,
  passportArgument,
  readJsonFile,
  timeoutOption,
  waitOption,
  withAuthor,
} from "../options.ts";
import type { Actor, Session } from "../session.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = AuthorOptions &
  Waiting & {
    readonly kind: DataKind;
    readonly passport?: PassportId;
    readonly uid?: string;
    readonly subject?: Uid;
    readonly fields?: string;
    readonly at?: UnixTime;
    readonly supersedes?: Hash;
    readonly field?: readonly string[];
    readonly value?: readonly JsonValue[];
    readonly reason?: string;
    readonly keep?: string;
    readonly json?: boolean;
  };

export function addRecord(program: Command, terminal: Terminal): void {
  withAuthor(program.command("record"))
    .description(
      "Sign what you tested, measured or saw on a battery, or what holds of a plant, vehicle, organisation or lot. What you say, and even of which kind it is, is sealed; that you signed something about it, and when, is anchored on the chain for everybody.",
    )
    .addOption(
      new Option("--kind <kind>", "what kind of record it is").choices(Object.keys(DATA_KINDS)).makeOptionMandatory(),
    )
    .option("--passport <id>", "the passport that it is about, or the id of whatever else it is", passportArgument)
    .option("--uid <uid>", "the same by what is printed on the battery: uid or GB/T 34014 code")
    .option(
      "--subject <identifier>",
      "of what has no passport, an identifier: USCC, LEI, GLN as a GS1 link, URN, DID, https link. The id is made of it and of your number: name what is another's by --passport",
      argument(normaliseSubjectUid),
    )
    .option("--fields <file>", "JSON object with what you say, by the kind's rules")
    .option("--at <time>", "when you saw it, like 2026-03-01T12:00:00Z (else now)", timeArgument)
    .option("--supersedes <digest>", "the data record of yours that is corrected", digestArgument)
    .option("--field <path>", "a field of it that was wrong, like stateOfHealth; repeat for more", each(String))
    .option("--value <json>", "what is right, one for each --field, in order", each(jsonArgument))
    .option("--reason <text>", "why it was wrong")
    .option("--keep <file>", "your own copy of record and disclosures (mode 0600), written before anything is sent")
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText("after", `\nKinds, and what each must say (* also about what has no passport):\n${kindsText()}\n`)
    .addHelpText(
      "after",
      examples(
        [
          "record --key lab.json --kind state-of-health --uid https://id.gs1.org/01/09520123456788/21/A1 --fields soh.json",
          'what a test lab measured, for example {"measuredAt": …, "stateOfHealth": {"value": "76.0", "unit": "%"}}',
        ],
        [
          'record --key lab.json --kind correction --supersedes 0x… --field stateOfHealth --value \'{"value":"75.9","unit":"%"}\'',
          "one figure of it was wrong: nothing is rewritten, the correction stands beside it",
        ],
        [
          "record --key recycler.json --kind facility --subject https://id.gs1.org/414/9520123456788 --fields plant.json",
          "a plant of your own, with its capacities",
        ],
        ["record … --wait finalized", "return only when nobody can take it back"],
      ),
    )
    .action(async (options: Options) => {
      const output = outputTo(terminal, options.json === true);
      requireFitting(options);
      const given = options.fields === undefined ? {} : await readJsonFile(options.fields);
      const { session, actor } = await authorFor(terminal, options);
      const { subjectId, fields } = await draft(session, actor, options, given);
      const submission = await signDataRecord(session, actor, subjectId, fields, options.at);
      if (options.keep !== undefined) {
        const { record, disclosures, dataRecord } = submission;
        const kept = { passportId: subjectId, recordHash: dataRecord.recordHash, record, disclosures };
        await keepDisclosures(options.keep, [kept]);
      }
      const { digest, state, receipt } = await submitDataRecord(session, submission);
      const waiting = { timeoutMs: options.timeout * 1000, progress: output.progress };
      const reached =
        options.wait === undefined ? state : await awaitDataRecord(session, digest, options.wait, waiting);
      output.result(
        { digest, state: reached, receipt, kind: options.kind, subjectId, passportId: subjectId },
        `${options.kind} ${digest}: ${reached}\n  about ${subjectId}`,
      );
    });
}

/** Says what does not go together before anything is read or signed. */
function requireFitting(options: Options): void {
  const { kind, fields, supersedes, field = [], value = [], reason } = options;
  const named = [options.passport, options.uid, options.subject].filter((one) => one !== undefined).length;
  const corrects = supersedes !== undefined || field.length > 0 || value.length > 0 || reason !== undefined;
  if (kind !== "correction") {
    if (corrects) throw usage("--supersedes, --field, --value and --reason belong to --kind correction.");
    if (named !== 1) throw usage("Name what it is about by --passport, --uid or --subject.");
    if (fields === undefined)
      throw usage("Say what you saw in a file: --fields FILE. --help lists what each kind needs.");
    return;
  }
  if (named > 0 || fields !== undefined) {
    throw usage(
      "A correction is about what its --supersedes is about; --passport, --uid, --subject and --fields do not go with it.",
    );
  }
  if (supersedes === undefined)
    throw usage("A correction names the data record that it corrects: --supersedes DIGEST.");
  if (field.length === 0 || field.length !== value.length) {
    throw usage("A correction has a --value for each --field, and at least one.");
  }
}

async function draft(session: Session, actor: Actor, options: Options, given: JsonObject) {
  const { kind, supersedes, field = [], value = [], reason } = options;
  if (supersedes !== undefined) {
    const corrections = field.map((path, i) => ({ path, value: value[i] as JsonValue }));
    return await prepareCorrection(session, actor, supersedes, corrections, reason);
  }
  return { subjectId: await subjectOf(session, actor, options), fields: { ...given, kind } };
}

type Named = Pick<Options, "passport" | "uid" | "subject">;

async function subjectOf(session: Session, actor: Actor, { passport, uid, subject }: Named): Promise<PassportId> {
  if (subject !== undefined) return passportIdOf(actor.participant.id, subject);
  return passport ?? (await requireOne(session, String(uid)));
}

/** Who signs about a battery means one of them. */
async function requireOne({ operator }: Session, uid: string): Promise<PassportId> {
  const { passportId, claimants } = await findPassport(operator, uid);
  if (claimants.length <= 1) return passportId;
  const message = `${claimants.length} passports claim ${uid}: name one of them with --passport: ${claimants.join(", ")}.`;
  throw new DomainError("passport-unclear", message, { uid, claimants });
}

const timeArgument = (text: string): UnixTime => {
  const milliseconds = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds) || milliseconds < 0) {
    throw new InvalidArgumentError("It is a moment with its offset, like 2026-03-01T12:00:00Z.");
  }
  return Math.floor(milliseconds / 1000);
};

const jsonArgument = argument(parseJsonStrict);

const kindsText = (): string =>
  Object.keys(DATA_KINDS)
    .map((kind) => {
      const fields = Object.entries(specOfKind(kind as DataKind).fields);
      const needed = fields.filter(([path, { required }]) => required === true && !path.includes("[*]"));
      const mark = specOfKind(kind as DataKind).opensSubject === true ? "*" : " ";
      return ` ${mark}${kind.padEnd(18)} ${needed.map(([path]) => path).join(", ")}`;
    })
    .join("\n");
