import type { Command } from "commander";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { PassportId } from "../../../backend/domain/types.ts";
import { findPassport } from "../actions/findPassport.ts";
import { moment } from "../describe.ts";
import {
  fieldsOf,
  type ListedDataRecord,
  nameOf,
  readCustody,
  readDataRecords,
  readParticipant,
} from "../operator/answers.ts";
import { connectOperator, type Operator } from "../operator/connectOperator.ts";
import { type PendingEvent, readPendingEvents } from "../operator/pendingEvents.ts";
import { examples, type OperatorOptions, withOperator } from "../options.ts";
import { plain } from "../plain.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addShow(program: Command, terminal: Terminal): void {
  withOperator(program.command("show"))
    .description("Show a passport's public fields and custody, as an operator tells them. To be sure, verify it.")
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .addHelpText(
      "after",
      examples(
        ["show https://id.gs1.org/01/09520123456788/21/A1", "by what is printed on the battery"],
        ["show 9BPPE581660422G3C0000017 --json", "by its GB/T code, for scripts"],
      ),
    )
    .action(async (text: string, options: OperatorOptions & { json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      const operator = connectOperator(options.operator);
      const { passportId, claimants } = await findPassport(operator, text);
      const pending = await readPendingEvents(operator, passportId);
      const passport = await readPassport(operator, passportId);
      if (passport === null) {
        const told = await pendingLines(operator, pending, []);
        const lines = [`${passportId} is not on the chain yet: there is nothing to verify.`, ...told];
        return output.result({ passport, custody: null, pending, dataRecords: [], claimants }, lines.join("\n"));
      }
      const custody = await readCustody(operator, passportId);
      const dataRecords = await readDataRecords(operator, passportId);
      const lines = [
        ...Object.entries(passport).map(([name, value]) => `${plain(name).padEnd(26)} ${shown(value)}`),
        ...(custody?.hold ? [`on hold until ${moment(custody.hold.until)}: it cannot move`] : []),
        "",
        ...(await custodyLines(operator, custody?.steps ?? [])),
        ...(await pendingLines(operator, pending, custody?.steps ?? [])),
        ...(await dataRecordLines(operator, dataRecords)),
        ...(claimants.length > 1
          ? ["", `Warning: ${claimants.length} passports claim this identifier:`, ...claimants]
          : []),
        "",
        `To be sure: battery-passport verify ${passportId} --rpc URL --trust-root ROOT`,
      ];
      output.result({ passport, custody, pending, dataRecords, claimants }, lines.join("\n"));
    });
}

/** Null for one that is only on its way. Throws `dpp-unknown`. */
async function readPassport(operator: Operator, passportId: PassportId) {
  try {
    return fieldsOf(await operator.get(`/v1/dpps/${passportId}`), "passport");
  } catch (error) {
    if (error instanceof DomainError && error.code === "dpp-pending") return null;
    throw error;
  }
}

const shown = (value: unknown): string => plain(typeof value === "string" ? value : JSON.stringify(value));

type Steps = NonNullable<Awaited<ReturnType<typeof readCustody>>>["steps"];

async function namesOf(operator: Operator, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (const id of new Set(ids)) if (id !== 0) names.set(id, nameOf(await readParticipant(operator, id)));
  return names;
}

async function custodyLines(operator: Operator, steps: Steps): Promise<string[]> {
  const names = await namesOf(
    operator,
    steps.flatMap(({ actor, counterparty }) => [actor, counterparty]),
  );
  return steps.flatMap(({ kind, actor, counterparty, recordedAt, state, block, inputs, products }) => {
    const to = counterparty === 0 ? "" : ` → ${names.get(counterparty)}`;
    const by = actor === 0 ? "the quorum" : names.get(actor);
    return [
      `${moment(recordedAt)}  ${plain(kind).padEnd(12)} ${by}${to}  (block ${block.number}, ${plain(state)})`,
      ...inputs.map((id) => `${" ".repeat(22)}of   ${id}`),
      ...products.map((id) => `${" ".repeat(22)}made ${id}`),
    ];
  });
}

/** What the history does not have yet, or will never have. */
async function pendingLines(operator: Operator, pending: readonly PendingEvent[], steps: Steps): Promise<string[]> {
  const inHistory = new Set(steps.map(({ digest }) => digest));
  const onTheWay = pending.filter(({ digest }) => !inHistory.has(digest));
  if (onTheWay.length === 0) return [];
  const names = await namesOf(
    operator,
    onTheWay.flatMap(({ actor, counterparty }) => [actor, counterparty]),
  );
  const lines = onTheWay.map(({ kind, actor, counterparty, acceptedAt, state, reason }) => {
    const to = counterparty === 0 ? "" : ` → ${names.get(counterparty)}`;
    const why = reason === null ? "" : `: ${plain(reason)}`;
    return `${moment(acceptedAt)}  ${plain(kind).padEnd(12)} ${names.get(actor)}${to}  (${plain(state)}${why})`;
  });
  return ["", "on its way, as the operator says; nothing of it can be verified yet:", ...lines];
}

/** That somebody signed something about it, and when; what and of which kind is withheld. */
async function dataRecordLines(operator: Operator, dataRecords: readonly ListedDataRecord[]): Promise<string[]> {
  if (dataRecords.length === 0) return [];
  const names = await namesOf(
    operator,
    dataRecords.map(({ author }) => author),
  );
  const lines = dataRecords.map(
    ({ occurredAt, author, state, digest }) =>
      `${moment(occurredAt)}  data record  ${names.get(author)}  (${plain(state)})  ${digest}`,
  );
  return ["", ...lines];
}
