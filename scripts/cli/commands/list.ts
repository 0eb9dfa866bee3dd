import { type Command, Option } from "commander";
import { PHASES } from "../../../backend/domain/custody/state.ts";
import { fieldsOf, listOf, readAll } from "../operator/answers.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { examples, type OperatorOptions, participantId, withOperator } from "../options.ts";
import { plain } from "../plain.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = OperatorOptions & { readonly json?: boolean } & Readonly<Record<string, string | number | undefined>>;
type Fields = Readonly<Record<string, unknown>>;

/** Adds one list: its filters become the query of its path. */
function addOne(list: Command, terminal: Terminal, name: string, path: string, lineOf: (entry: Fields) => string) {
  return withOperator(list.command(name)).action(async (options: Options) => {
    const output = outputTo(terminal, options.json === true);
    const { operator, json: _, ...filters } = options;
    const query = Object.entries(filters)
      .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
      .join("&");
    const entryName = path.slice(path.lastIndexOf("/") + 1);
    const client = connectOperator(operator);
    const entries = await readAll(client, query === "" ? path : `${path}?${query}`, entryName, (one) =>
      fieldsOf(one, name),
    );
    output.result(
      { [entryName]: entries },
      entries.length === 0 ? `no ${name} of that kind` : entries.map((entry) => plain(lineOf(entry))).join("\n"),
    );
  });
}

export function addList(program: Command, terminal: Terminal): void {
  const list = program
    .command("list")
    .description("List passports, offers or proposals, as an operator tells them.")
    .addHelpText(
      "after",
      examples(
        ["list passports --custodian 2 --phase active", "what participant 2 holds"],
        ["list offers --to 2", "what waits for its signature"],
        ["list proposals", "what waits for governors"],
      ),
    );
  addOne(
    list,
    terminal,
    "passports",
    "/v1/passports",
    ({ passportId, uid, phase, custodian }) => `${passportId}  ${phase}  custodian ${custodian}  ${uid ?? ""}`,
  )
    .description("Passports on the chain.")
    .option("--custodian <id>", "held by this participant", participantId)
    .option("--issuer <id>", "minted by this participant", participantId)
    .addOption(new Option("--phase <phase>", "where it stands").choices(PHASES.filter((phase) => phase !== "none")))
    .option("--uid <uid>", "that claim this identifier")
    .option("--battery-code <code>", "with this GB/T 34014 code");
  addOne(list, terminal, "offers", "/v1/handovers", ({ digest, event, expiresAt }) => {
    const { actor, counterparty, items } = fieldsOf(event, "event");
    return `${digest}  ${actor} → ${counterparty}  ${listOf(items, "items").length} items, until ${expiresAt}`;
  })
    .description("Handovers that wait for their receiver.")
    .option("--to <id>", "for this participant", participantId)
    .option("--from <id>", "by this participant", participantId)
    .addOption(new Option("--state <state>", "open or accepted").choices(["open", "accepted"]));
  addOne(list, terminal, "proposals", "/v1/proposals", ({ digest, proposal, state, reason, approvals, threshold }) => {
    const count = `${listOf(approvals, "approvals").length} of ${threshold}`;
    const why = reason === undefined ? "" : `: ${fieldsOf(reason, "reason").detail}`;
    return `${digest}  ${fieldsOf(proposal, "proposal").kind}  ${state}, ${count} approvals${why}`;
  })
    .description("Changes to the registry.")
    .addOption(new Option("--state <state>", "open or executed").choices(["open", "executed"]));
}
