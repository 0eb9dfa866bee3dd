import type { Command } from "commander";
import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import { isIdentifierPrefix } from "../../../backend/domain/identifiers/identifierPrefix.ts";
import { parseRoles, roleBits } from "../../../backend/domain/participants/roles.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import type { Address, JsonObject } from "../../../backend/domain/types.ts";
import { type Change, proposeChange, reasonHash } from "../actions/proposeChange.ts";
import { describeChange } from "../describe.ts";
import { usage } from "../failure.ts";
import { readParticipant } from "../operator/answers.ts";
import {
  addressArgument,
  each,
  examples,
  openKey,
  participantId,
  readJsonFile,
  type SigningOptions,
  sessionFor,
  whole,
  withKey,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";
import { addProposeOrders } from "./proposeOrder.ts";

type RecordOptions = {
  readonly record?: string;
  readonly name?: string;
  readonly nameZh?: string;
  readonly kind?: string;
  readonly country?: string;
  readonly prefix?: readonly string[];
};
type Options = SigningOptions &
  RecordOptions & {
    readonly id: number;
    readonly account: Address;
    readonly signer: Address;
    readonly roles: string;
    readonly governor: readonly Address[];
    readonly threshold: number;
    readonly successor: Address;
    readonly reason: string;
    readonly validDays: number;
    readonly json?: boolean;
  };

/** The kinds of proposals: what each needs, and the change it makes. */
export function addPropose(program: Command, terminal: Terminal): void {
  const propose = program
    .command("propose")
    .description(
      "Propose what the quorum decides, as a governor: a change of the registry, the release of a hold, a reassignment. " +
        "Enough governors must approve it.",
    )
    .addHelpText(
      "after",
      examples(
        [
          "propose admission --key g1.json --id 8 --signer 0x… --roles producer,custodian --name 'Example Cells Ltd' --kind battery-maker --prefix gs1:4012345",
          "admit a producer with a GS1 company prefix",
        ],
        ["propose suspension --key g1.json --id 8 --reason 'licence expired'", "suspend a participant"],
        [
          "propose reassignment --key g1.json --to 3 --passport 0x… --reason 'custodian insolvent'",
          "move a passport without its custodian",
        ],
        ["approve DIGEST --key g2.json", "what another governor types then"],
      ),
    );

  const add = (kind: string, description: string, shape: (command: Command) => Command, change: ChangeOf): void => {
    const command = shape(withKey(propose.command(kind).description(description)));
    command.option("--valid-days <days>", "how long it may be approved and executed, 1 to 30", whole(1, 30), 7);
    command.action(async (options: Options) => await run(terminal, options, change));
  };
  const id = (command: Command) => command.requiredOption("--id <id>", "participant id", participantId);
  const reason = (command: Command) =>
    command.requiredOption("--reason <text>", "why; only its hash goes on the chain, so keep the wording");
  const signer = (command: Command) =>
    command.requiredOption("--signer <address>", "address that signs", addressArgument);
  const roles = (command: Command) =>
    command.requiredOption("--roles <roles>", "comma-separated: producer, custodian, recycler, …");

  add(
    "admission",
    "Admit a participant.",
    (command) =>
      recordOptions(roles(signer(id(command)))).option(
        "--account <address>",
        "address that may rotate the signer (default: the signer itself)",
        addressArgument,
      ),
    async (options) => {
      const record = await participantRecord(options);
      if (record === undefined) throw usage("An admission needs a record: --name and --kind, or --record FILE.");
      const { hash, record: payload } = buildRecord("participant/1", record, noRandomness);
      const { id: participantId, account = options.signer } = options;
      const bits = rolesFrom(options);
      const named = { participantId, account, signer: options.signer, roles: bits, recordHash: hash };
      return { change: { kind: "admission", ...named }, record: payload };
    },
  );
  add(
    "role-change",
    "Change a participant's roles, and its record where one is given.",
    (command) => recordOptions(roles(id(command))),
    async (options) => {
      const record = await participantRecord(options);
      const built = record === undefined ? undefined : buildRecord("participant/1", record, noRandomness);
      const recordHash = built?.hash ?? ZERO_HASH;
      return {
        change: { kind: "role-change", participantId: options.id, roles: rolesFrom(options), recordHash },
        ...(built === undefined ? {} : { record: built.record }),
      };
    },
  );
  for (const kind of ["suspension", "reinstatement"] as const) {
    const description =
      kind === "suspension" ? "Suspend a participant: it can sign nothing." : "Reinstate a participant.";
    const shape = (command: Command) => reason(id(command));
    add(kind, description, shape, async (options) => ({
      change: { kind, participantId: options.id, recordHash: reasonHash(options.reason) },
    }));
  }
  add(
    "signer-rotation",
    "Give a participant another signing key.",
    (c) => reason(signer(id(c))),
    async (options) => ({
      change: {
        kind: "signer-rotation",
        participantId: options.id,
        signer: options.signer,
        recordHash: reasonHash(options.reason),
      },
    }),
  );
  add(
    "account-change",
    "Give a participant another account; 0x000…0 bars a lost one.",
    (command) => reason(id(command)).requiredOption("--account <address>", "the new account", addressArgument),
    async (options) => ({
      change: {
        kind: "account-change",
        participantId: options.id,
        account: options.account,
        recordHash: reasonHash(options.reason),
      },
    }),
  );
  add(
    "governor-change",
    "Replace the governors and the threshold.",
    (command) =>
      reason(command)
        .requiredOption("--governor <address>", "a governor; repeat for each", each(addressArgument))
        .requiredOption("--threshold <number>", "how many must approve", whole(2, 20)),
    async ({ governor, threshold, reason: why }) => ({
      change: { kind: "governor-change", governors: [...governor].sort(), threshold, recordHash: reasonHash(why) },
    }),
  );
  add(
    "succession",
    "Point to a successor contract, once and for ever.",
    (command) => reason(command).requiredOption("--successor <address>", "its address", addressArgument),
    async ({ successor, reason: why }) => ({
      change: { kind: "succession", successor, recordHash: reasonHash(why) },
    }),
  );
  addProposeOrders(propose, terminal);
}

type ChangeOf = (options: Options) => Promise<{ readonly change: Change; readonly record?: JsonObject }>;

async function run(terminal: Terminal, options: Options, changeOf: ChangeOf): Promise<void> {
  const output = outputTo(terminal, options.json === true);
  const { change, record } = await changeOf(options);
  const session = await sessionFor(options);
  if (change.kind !== "admission" && "participantId" in change) {
    await readParticipant(session.operator, change.participantId); // a change of nobody would only waste signatures
  }
  const governor = await openKey(terminal, options);
  const validSeconds = options.validDays * 24 * 3600;
  const status = await proposeChange(session, governor, change, { record, validSeconds });
  const more = status.threshold - status.approvals.length;
  const next = more > 0 ? `${more} more: battery-passport approve ${status.digest} --key FILE` : "the relayer sends it";
  output.result(status, `${describeChange(change, record ?? null)}\n\nproposed as ${status.digest}\n${next}`);
}

const rolesFrom = ({ roles }: Options): number => roleBits(parseRoles(roles.split(",").map((role) => role.trim())));

/** A participant's record is public as a whole: nothing in it is withheld, so nothing is salted. */
const noRandomness = (length: number) => new Uint8Array(length);

const recordOptions = (command: Command): Command =>
  command
    .option("--record <file>", "the participant's record as JSON, instead of the options below")
    .option("--name <text>", "its name in English")
    .option("--name-zh <text>", "its name in Chinese")
    .option("--kind <word>", "what kind of firm: battery-maker, bus-company, recycler, …")
    .option("--country <code>", "two letters, ISO 3166-1")
    .option(
      "--prefix <scheme:prefix>",
      "identifiers it may mint under, like gs1:4012345; may be repeated",
      each(String),
    );

async function participantRecord(options: Options): Promise<JsonObject | undefined> {
  const { record, name, nameZh, kind, country, prefix = [] } = options;
  if (record !== undefined) return { ...(await readJsonFile(record)), participantId: options.id };
  if (name === undefined && kind === undefined && prefix.length === 0) return undefined;
  if (name === undefined || kind === undefined) throw usage("A record needs --name and --kind.");
  const identifierPrefixes = prefix.map((text): JsonObject => {
    const [scheme = "", ...rest] = text.split(":");
    const one = { scheme, prefix: rest.join(":") };
    if (isIdentifierPrefix(one)) return { ...one };
    throw usage(`--prefix ${text} is none: write gs1:4012345, gbt34014:9BP or urn:urn:example:firm.`);
  });
  const names: JsonObject = nameZh === undefined ? { en: name } : { en: name, zh: nameZh };
  const base = { participantId: options.id, kind, names, identifierPrefixes };
  return country === undefined ? base : { ...base, country };
}
