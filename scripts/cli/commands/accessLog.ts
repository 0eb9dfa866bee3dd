import type { Command } from "commander";
import { findPassport } from "../actions/findPassport.ts";
import { whileSignedIn } from "../actions/signIn.ts";
import { fieldsOf, listOf, readAll, textOf, wholeOf } from "../operator/answers.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { examples, openKey, participantId, type SigningOptions, withKey } from "../options.ts";
import { plain } from "../plain.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addAccessLog(program: Command, terminal: Terminal): void {
  withKey(program.command("access-log"))
    .description(
      "Who read, granted and erased what is withheld of a passport, newest first: for custodian and regulator.",
    )
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .option("--as <id>", "your participant id, where your key signs for several", participantId)
    .addHelpText("after", examples(["access-log 0x… --key fleet.json", "who looked into the battery you hold"]))
    .action(async (text: string, options: SigningOptions & { as?: number; json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      const operator = connectOperator(options.operator);
      const { passportId } = await findPassport(operator, text);
      const entries = await whileSignedIn(operator, await openKey(terminal, options), options.as, (signedIn) =>
        readAll(signedIn, `/v1/dpps/${passportId}/access-log`, "entries", parseEntry),
      );
      const lines = entries.map(
        ({ at, participant, action, records }) =>
          `${at}  ${action.padEnd(8)} participant ${participant}${records > 0 ? `, ${records} records` : ""}`,
      );
      output.result({ passportId, entries }, lines.join("\n") || "nobody yet");
    });
}

function parseEntry(value: unknown) {
  const entry = fieldsOf(value, "entry");
  const details = fieldsOf(entry.details, "details");
  return {
    at: plain(textOf(entry.at, "at")),
    participant: wholeOf(entry.participantId, "participantId"),
    action: plain(textOf(entry.action, "action")),
    records: details.records === undefined ? 0 : listOf(details.records, "records").length,
  };
}
