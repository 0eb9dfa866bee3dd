import type { Command } from "commander";
import type { Release } from "../../../backend/domain/custody/holds.ts";
import type { Reassignment } from "../../../backend/domain/participants/quorumDecision.ts";
import type { ParticipantId, PassportId } from "../../../backend/domain/types.ts";
import { readHoldCount } from "../actions/orderHold.ts";
import { prepareItem } from "../actions/prepareItems.ts";
import { type ProposalStatus, proposeOrder, reasonHash } from "../actions/proposeChange.ts";
import { readStates } from "../actions/readStates.ts";
import { describeOrder } from "../describe.ts";
import { nameOf, readParticipant } from "../operator/answers.ts";
import {
  each,
  examples,
  openKey,
  participantId,
  passportArgument,
  rpcOption,
  type SigningOptions,
  sessionFor,
  whole,
  withKey,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & {
  readonly passport: readonly PassportId[];
  readonly to: ParticipantId;
  readonly reason: string;
  readonly validDays: number;
  readonly rpc?: readonly string[];
  readonly json?: boolean;
};

/** What governors order about passports, beside the changes of the registry. */
export function addProposeOrders(propose: Command, terminal: Terminal): void {
  const validDays = (command: Command) =>
    command.option("--valid-days <days>", "how long it may be approved and executed, 1 to 30", whole(1, 30), 7);

  validDays(withKey(propose.command("release")))
    .description("End a regulator's hold by the quorum. The regulator itself does it with `battery-passport release`.")
    .requiredOption("--passport <id>", "the passport on hold", passportArgument)
    .addOption(rpcOption("chain RPC to read the hold's number from instead of the operator; may be repeated"))
    .requiredOption("--reason <text>", "why; only its hash goes on the chain, so keep the wording")
    .addHelpText(
      "after",
      examples(
        ["propose release --key g1.json --passport 0x… --reason 'the authority was dissolved'", "the first governor"],
        ["approve DIGEST --key g2.json", "the others; at the threshold it goes to the chain"],
      ),
    )
    .action(async (options: Omit<Options, "passport"> & { readonly passport: PassportId }) => {
      const session = await sessionFor(options);
      const counter = await readHoldCount(session, options.passport);
      const order: Release = {
        kind: "release",
        passportId: options.passport,
        regulator: 0,
        counter,
        reasonHash: reasonHash(options.reason),
        deadline: session.now() + options.validDays * 24 * 3600,
      };
      const status = await proposeOrder(session, await openKey(terminal, options), order);
      tell(terminal, options, status, describeOrder(order), "the relayer sends it");
    });

  validDays(withKey(propose.command("reassignment")))
    .description(
      "Move passports by the quorum when their custodian is bankrupt, lost or refuses. The receiver must accept; it is " +
        "always shown as ordered by the quorum, never as a handover.",
    )
    .requiredOption("--passport <id>", "a passport to move; repeat for more, up to 200", each(passportArgument))
    .requiredOption("--to <id>", "participant id of the receiver", participantId)
    .requiredOption("--reason <text>", "why; withheld in the record, only its hash is public")
    .addHelpText(
      "after",
      examples(
        [
          "propose reassignment --key g1.json --to 3 --passport 0x… --reason 'custodian insolvent'",
          "the first governor",
        ],
        ["approve DIGEST --key g2.json", "the others; at the threshold it is offered to the receiver"],
        ["accept DIGEST --key receiver.json --wait included", "what the receiver types then"],
      ),
    )
    .action(async (options: Options) => {
      const session = await sessionFor(options);
      const receiver = await readParticipant(session.operator, options.to);
      const passports = [...new Set(options.passport)].sort();
      const states = await readStates(session, passports);
      const items = passports.map((id) => prepareItem("reassignment", id, states, { reason: options.reason }));
      const order: Reassignment = {
        kind: "reassignment",
        actor: 0,
        counterparty: receiver.id,
        occurredAt: session.now(),
        deadline: session.now() + options.validDays * 24 * 3600,
        items: items.map(({ passportId, prevHead, recordHash }) => ({ passportId, prevHead, recordHash })),
      };
      const records = items.map(({ record, disclosures }) => ({ record, disclosures }));
      const status = await proposeOrder(session, await openKey(terminal, options), order, records);
      tell(terminal, options, status, describeOrder(order), `${nameOf(receiver)} accepts it`);
    });
}

function tell(
  terminal: Terminal,
  { json }: { readonly json?: boolean },
  status: ProposalStatus,
  says: string,
  then: string,
): void {
  const more = status.threshold - status.approvals.length;
  const next = more > 0 ? `${more} more: battery-passport approve ${status.digest} --key FILE, then ${then}` : then;
  outputTo(terminal, json === true).result(status, `${says}\n\nproposed as ${status.digest}\n${next}`);
}
