import { type Command, Option } from "commander";
import { ROLES } from "../../../backend/domain/participants/roles.ts";
import { formatTrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { describeParticipant } from "../describe.ts";
import { parseParticipant, readAll } from "../operator/answers.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { examples, type OperatorOptions, participantId, withOperator } from "../options.ts";
import { readRegistry } from "../session.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addParticipants(program: Command, terminal: Terminal): void {
  withOperator(program.command("participants"))
    .description("Show who may act: participants with roles, names and prefixes, the governors and the trust root.")
    .argument("[id]", "one participant", participantId)
    .addOption(new Option("--role <role>", "only those with this role").choices([...ROLES]))
    .addHelpText("after", examples(["participants", "all of them"], ["participants 2 --json", "one, with its history"]))
    .action(async (id: number | undefined, options: OperatorOptions & { role?: string; json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      const operator = connectOperator(options.operator);
      if (id !== undefined) {
        const answer = await operator.get(`/v1/participants/${id}`);
        output.result(answer, describeParticipant(parseParticipant(answer)));
        return;
      }
      const { trustRoot, governors, threshold } = await readRegistry(operator);
      const path = options.role === undefined ? "/v1/participants" : `/v1/participants?role=${options.role}`;
      const participants = await readAll(operator, path, "participants", parseParticipant);
      const text = [
        ...participants.map(describeParticipant),
        `governors (${threshold} of ${governors.length} decide)\n${governors.map((one) => `  ${one}`).join("\n")}`,
        `trust root\n  ${formatTrustRoot(trustRoot)}`,
      ].join("\n\n");
      output.result({ participants, governors, threshold, trustRoot: formatTrustRoot(trustRoot) }, text);
    });
}
