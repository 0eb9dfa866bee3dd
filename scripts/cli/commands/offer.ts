import type { Command } from "commander";
import type { PassportId } from "../../../backend/domain/types.ts";
import { prepareItem } from "../actions/prepareItems.ts";
import { readStates } from "../actions/readStates.ts";
import { signEvent, submissionJson } from "../actions/signEvent.ts";
import { submitEvent } from "../actions/submitEvent.ts";
import { moment } from "../describe.ts";
import { usage } from "../failure.ts";
import { nameOf, readParticipant } from "../operator/answers.ts";
import {
  actorFor,
  each,
  examples,
  type ParticipantOptions,
  participantId,
  passportArgument,
  readJsonFile,
  withParticipant,
} from "../options.ts";
import { saveProtected } from "../saveFile.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = ParticipantOptions & {
  readonly to: number;
  readonly passport: readonly PassportId[];
  readonly fields?: string;
  readonly save?: string;
  readonly json?: boolean;
};

export function addOffer(program: Command, terminal: Terminal): void {
  withParticipant(program.command("offer"))
    .description("Offer passports to another participant. Custody moves when it accepts; until then you can withdraw.")
    .requiredOption("--to <id>", "participant id of the receiver", participantId)
    .requiredOption("--passport <id>", "a passport you hold; repeat for more, up to 200", each(passportArgument))
    .option("--fields <file>", "JSON object for the handover's record (condition, documents …), withheld")
    .option("--save <file>", "keep the signed offer (mode 0600, it opens what is withheld) for another operator")
    .addHelpText(
      "after",
      examples(
        ["offer --key producer.json --to 2 --passport 0x…", "hand one pack to participant 2"],
        ["withdraw 0x… --key producer.json", "take every outstanding offer of it back"],
      ),
    )
    .action(async (options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      if (options.to === actor.participant.id)
        throw usage("Nobody hands over to itself; --to names another participant.");
      const receiver = await readParticipant(session.operator, options.to);
      const fields = options.fields === undefined ? {} : await readJsonFile(options.fields);
      const passports = [...new Set(options.passport)];
      const states = await readStates(session, passports);
      const items = passports.map((id) => prepareItem("handover", id, states, fields));
      const submission = await signEvent(session, actor, "handover", items, { receiver, validSeconds });
      if (options.save !== undefined)
        await saveProtected(options.save, `${JSON.stringify(submissionJson(submission))}\n`);
      const { digest, state } = await submitEvent(session, submission);
      const { deadline } = submission.event;
      output.result(
        { digest, state, to: receiver.id, deadline, passports },
        `offered ${passports.length} to ${nameOf(receiver)}, until ${moment(deadline)}\n` +
          `they type: battery-passport accept ${digest} --key FILE`,
      );
    });
}
