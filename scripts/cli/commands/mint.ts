import type { Command } from "commander";
import { importDocuments } from "../../../backend/domain/documents/importDocuments.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { keepDisclosures } from "../actions/disclosedRecords.ts";
import { packConsignments } from "../actions/packConsignments.ts";
import { prepareNewItem } from "../actions/prepareItems.ts";
import { shareModel } from "../actions/shareModel.ts";
import { signEvent } from "../actions/signEvent.ts";
import { awaitEvent, type Stage, submitEvent } from "../actions/submitEvent.ts";
import { warnOfLookAlikes } from "../actions/warnOfLookAlikes.ts";
import { usage } from "../failure.ts";
import {
  actorFor,
  examples,
  type ParticipantOptions,
  parseObject,
  readBytes,
  readJsonFile,
  readText,
  timeoutOption,
  waitOption,
  withParticipant,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = ParticipantOptions & {
  readonly uid?: string;
  readonly batteryCode?: string;
  readonly model?: string;
  readonly modelUid?: string;
  readonly fields?: string;
  readonly batch?: string;
  readonly file?: readonly string[];
  readonly keep?: string;
  readonly wait?: Stage;
  readonly timeout: number;
  readonly json?: boolean;
};

export function addMint(program: Command, terminal: Terminal): void {
  withParticipant(program.command("mint"))
    .description(
      "Create passports. Everything in the record is withheld but what the law makes public; its hash is signed.",
    )
    .option("--uid <uid>", "identifier on the battery: GS1 Digital Link, URN, DID, GB/T 34014 code …")
    .option("--battery-code <code>", "its code by GB/T 34014")
    .option("--model <file>", "JSON object with the model's data, put under `model`")
    .option("--model-uid <uid>", "put the model's data into one record of this name, which all the passports share")
    .option("--fields <file>", "JSON object with the record's fields; the options above come on top")
    .option("--batch <file>", "NDJSON, one object of fields a line: many passports, up to 200 an event")
    .option(
      "--file <document>",
      "a partner's document: Catena-X battery_pass 6.1.0, Battery Pass 1.2 submodel; may be repeated",
      (file: string, files: readonly string[] = []) => [...files, file],
    )
    .option("--keep <file>", "your own copy of records and disclosures (mode 0600), written before anything is signed")
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        [
          "mint --key producer.json --uid https://id.gs1.org/01/09520123456788/21/A1 --fields pack.json --wait included",
          "one pack, and wait for its block",
        ],
        [
          "mint --key producer.json --model nmc622.json --model-uid urn:example:nmc622 --batch packs.ndjson",
          "a production lot, with the model's data once for all of it",
        ],
        ["mint --key producer.json --file general.json --file labels.json", "a passport from a partner's documents"],
        [
          "mint --key producer.json --file pass.json --uid UID --keep kept.json",
          "… that `export --format catena-x --disclosures kept.json` gives back",
        ],
      ),
    )
    .action(async (options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const given = await readFields(options, output.progress);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const shared = options.modelUid === undefined ? null : shareModel(actor.participant, options.modelUid, given);
      const items = (shared?.fieldsList ?? given).map((fields) => prepareNewItem("mint", actor.participant, fields));
      requireDistinct(items);
      await warnOfLookAlikes(
        session.operator,
        items.map(({ uid }) => uid),
        output.progress,
      );
      const models = shared === null ? [] : [shared.model];
      if (options.keep !== undefined) await keepDisclosures(options.keep, [...items, ...models]);
      const consignments = packConsignments(items);
      const done = [];
      for (const [i, consignment] of consignments.entries()) {
        if (consignments.length > 1) {
          output.progress(`event ${i + 1} of ${consignments.length}: ${consignment.length} passports`);
        }
        const signed = await signEvent(session, actor, "mint", consignment, { validSeconds });
        const submission = { ...signed, models };
        const { digest, state, receipt } = await submitEvent(session, submission);
        const passports = consignment.map(({ passportId, uid }) => ({ passportId, uid }));
        done.push({ digest, state, receipt, passports });
      }
      const results = [];
      for (const event of done) {
        if (options.wait === undefined) results.push(event);
        else {
          const waiting = { timeoutMs: options.timeout * 1000, progress: output.progress };
          results.push({ ...event, state: await awaitEvent(session, event.digest, options.wait, waiting) });
        }
      }
      const text = results.map(({ digest, state, passports }) =>
        [`mint ${digest}: ${state}`, ...passports.map(({ passportId, uid }) => `  ${passportId}  ${uid}`)].join("\n"),
      );
      output.result({ events: results }, text.join("\n"));
    });
}

async function readFields(options: Options, tell: (line: string) => void): Promise<JsonObject[]> {
  if (options.file !== undefined) return [await readDocuments(options, options.file, tell)];
  const model = options.model === undefined ? {} : { model: await readJsonFile(options.model) };
  if (options.batch !== undefined) {
    if (options.uid !== undefined || options.batteryCode !== undefined) {
      throw usage("With --batch the uid and battery code of each passport stand in its own line.");
    }
    const common = options.fields === undefined ? {} : await readJsonFile(options.fields);
    const file = options.batch;
    const lines = (await readText(file)).split(/\r?\n/);
    const list = lines.flatMap((line, i) =>
      line.trim() === "" ? [] : [{ ...common, ...model, ...parseObject(line, `${file}, line ${i + 1}`) }],
    );
    if (list.length === 0) throw usage(`${file} holds no passports.`);
    return list;
  }
  const fields = options.fields === undefined ? {} : await readJsonFile(options.fields);
  const uid = options.uid === undefined ? {} : { uid: options.uid };
  const code = options.batteryCode === undefined ? {} : { batteryCode: options.batteryCode };
  const all: JsonObject = { ...fields, ...model, ...uid, ...code };
  if (all.uid === undefined) throw usage("A passport needs --uid, or a uid in --fields.");
  return [all];
}

/** The documents say everything; what of theirs found no place of ours is told, and kept with them. */
async function readDocuments(
  { fields, model, batch, uid, batteryCode }: Options,
  files: readonly string[],
  tell: (line: string) => void,
): Promise<JsonObject> {
  if (fields !== undefined || model !== undefined || batch !== undefined) {
    throw usage("--file goes with --uid and --battery-code, not with --fields, --model or --batch.");
  }
  const documents = await Promise.all(files.map(readBytes));
  const imported = nameFile(files, () => importDocuments(documents, uid === undefined ? {} : { uid }));
  for (const { field, rule, message } of imported.notices) tell(`${field} left out (${rule}): ${message}`);
  return batteryCode === undefined ? imported.fields : { ...imported.fields, batteryCode };
}

/** What is wrong with one of several documents is said with its file. */
function nameFile<T>(files: readonly string[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    const file = error instanceof DomainError ? files[Number(error.details.document)] : undefined;
    if (!(error instanceof DomainError) || file === undefined) throw error;
    throw new DomainError(error.code, `${file}: ${error.message}`, { ...error.details, file }, { cause: error });
  }
}

function requireDistinct(items: readonly { readonly passportId: string; readonly uid: string }[]): void {
  const seen = new Set<string>();
  for (const { passportId, uid } of items) {
    if (seen.has(passportId)) throw new DomainError("uid-repeated", `${uid} stands in the batch twice.`, { uid });
    seen.add(passportId);
  }
}
