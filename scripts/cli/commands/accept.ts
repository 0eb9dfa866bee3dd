import type { Command } from "commander";
import type { Hash } from "../../../backend/domain/types.ts";
import { acceptOffer, isQuorum, reviewOffer } from "../actions/acceptOffer.ts";
import { readUids } from "../actions/findPassport.ts";
import { awaitEvent, type Stage } from "../actions/submitEvent.ts";
import { confirm, yesOption } from "../confirm.ts";
import { describeOffer } from "../describe.ts";
import { nameOf } from "../operator/answers.ts";
import {
  actorFor,
  digestArgument,
  examples,
  type ParticipantOptions,
  readJsonFile,
  timeoutOption,
  waitOption,
  whole,
  withParticipant,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = ParticipantOptions & {
  readonly decline?: readonly number[];
  readonly offer?: string;
  readonly yes?: boolean;
  readonly wait?: Stage;
  readonly timeout: number;
  readonly json?: boolean;
};

export function addAccept(program: Command, terminal: Terminal): void {
  withParticipant(program.command("accept"))
    .description(
      "Take what was offered to you, or reassigned by the quorum: checks digest, signatures and heads itself, shows it, and signs.",
    )
    .argument("<digest>", "the offer's digest", digestArgument)
    .option("--decline <positions...>", "positions (from 0) of items you do not take", (text, list?: number[]) => [
      ...(list ?? []),
      ...text.split(",").map(whole(0, 199)),
    ])
    .option("--offer <file>", "the offer as its giver saved it, for an operator that never saw it")
    .addOption(yesOption())
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        ["list offers --to 2", "what waits for participant 2"],
        ["accept 0x… --key fleet.json --wait included", "take all of it"],
        ["accept 0x… --key fleet.json --decline 3 7", "all but the items at 3 and 7"],
        ["accept 0x… --key fleet.json --offer offer.json --operator URL", "at another operator than the giver's"],
      ),
    )
    .action(async (digest: Hash, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { session, actor } = await actorFor(terminal, options);
      const file = options.offer === undefined ? undefined : await readJsonFile(options.offer);
      const offer = await reviewOffer(session, actor, digest, file);
      const declined = [...new Set(options.decline ?? [])];
      const ids = offer.event.items.map(({ passportId }) => passportId);
      const uids = await readUids(session.operator, ids);
      const giver = isQuorum(offer.giver) ? "the quorum, which orders this reassignment" : nameOf(offer.giver);
      output.progress(describeOffer(offer.event, giver, uids, offer.obstacles, declined));
      await confirm(terminal, options.yes, "Take custody?");
      const { state, receipt } = await acceptOffer(session, actor, offer, declined);
      const waiting = { timeoutMs: options.timeout * 1000, progress: output.progress };
      const reached = options.wait === undefined ? state : await awaitEvent(session, digest, options.wait, waiting);
      const taken = ids.filter((_, position) => !declined.includes(position));
      output.result(
        { digest, state: reached, receipt, taken, declined },
        `took ${taken.length} of ${ids.length} from ${giver}: ${reached}`,
      );
    });
}
