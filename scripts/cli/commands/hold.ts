import { type Command, InvalidArgumentError } from "commander";
import type { HoldOrder } from "../../../backend/domain/custody/holds.ts";
import type { PassportId } from "../../../backend/domain/types.ts";
import { awaitHoldOrder, orderHold, readHoldCount } from "../actions/orderHold.ts";
import type { Waiting } from "../actions/performEvent.ts";
import { reasonHash } from "../actions/proposeChange.ts";
import { moment } from "../describe.ts";
import { usage } from "../failure.ts";
import {
  actorFor,
  examples,
  type ParticipantOptions,
  passportArgument,
  timeoutOption,
  waitOption,
  whole,
  withParticipant,
} from "../options.ts";
import type { Actor, Session } from "../session.ts";
import { type Output, outputTo, type Terminal } from "../terminal.ts";

type Options = ParticipantOptions &
  Waiting & {
    readonly reason: string;
    readonly days?: number;
    readonly until?: number;
    readonly json?: boolean;
  };

const DAY = 24 * 3600;

export function addHold(program: Command, terminal: Terminal): void {
  withParticipant(program.command("hold"))
    .description(
      "Stop a passport from moving, as a regulator: no handover, transformation or closure while it stands. It ends by " +
        "itself, within 180 days.",
    )
    .argument("<passport>", "id of the passport", passportArgument)
    .requiredOption("--reason <text>", "why; only its hash goes on the chain, so keep the wording")
    .option("--days <days>", "how long from now, 1 to 180", whole(1, 180))
    .option("--until <time>", "last moment instead, like 2027-03-01T00:00:00Z", momentArgument)
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        ["hold 0x… --key regulator.json --days 30 --reason 'recall 2027-14' --wait included", "stop it for a month"],
        ["release 0x… --key regulator.json --reason 'inspected, safe'", "let it go before"],
      ),
    )
    .action(async (passportId: PassportId, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const holds = await readHoldCount(session, passportId);
      const until = endOf(options, session.now());
      const { id: regulator } = actor.participant;
      const deadline = session.now() + validSeconds;
      const terms = {
        passportId,
        regulator,
        counter: holds + 1,
        until,
        reasonHash: reasonHash(options.reason),
        deadline,
      };
      const order: HoldOrder = { kind: "hold", ...terms };
      await carryOut(session, actor, order, options, output, `until ${moment(until)}`);
    });
}

export function addRelease(program: Command, terminal: Terminal): void {
  withParticipant(program.command("release"))
    .description("End a hold before its time, as a regulator. The quorum can, too: battery-passport propose release.")
    .argument("<passport>", "id of the passport", passportArgument)
    .requiredOption("--reason <text>", "why; only its hash goes on the chain, so keep the wording")
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        ["release 0x… --key regulator.json --reason 'inspected, safe' --wait included", "and be sure that it may move"],
        ["propose release --key g1.json --passport 0x… --reason 'regulator gone'", "by the governors instead"],
      ),
    )
    .action(async (passportId: PassportId, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { session, actor, validSeconds } = await actorFor(terminal, options);
      const counter = await readHoldCount(session, passportId);
      const { id: regulator } = actor.participant;
      const deadline = session.now() + validSeconds;
      const terms = { passportId, regulator, counter, reasonHash: reasonHash(options.reason), deadline };
      await carryOut(session, actor, { kind: "release", ...terms }, options, output, "it may move again");
    });
}

async function carryOut(
  session: Session,
  actor: Actor,
  order: HoldOrder,
  { wait, timeout }: Waiting,
  output: Output,
  says: string,
): Promise<void> {
  const { digest, state } = await orderHold(session, actor, order);
  const waiting = { timeoutMs: timeout * 1000, progress: output.progress };
  const reached = wait === undefined ? state : await awaitHoldOrder(session, digest, wait, waiting);
  output.result({ digest, state: reached, order }, `${order.kind} ${digest}: ${reached}\n${says}`);
}

function endOf({ days, until }: Options, now: number): number {
  if ((days === undefined) === (until === undefined)) throw usage("A hold ends: --days, or --until.");
  return until ?? now + (days as number) * DAY;
}

function momentArgument(text: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw new InvalidArgumentError("Write a moment with its offset: 2027-03-01T00:00:00Z.");
  return Math.floor(milliseconds / 1000);
}
