import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseHash, parsePassportId } from "../../backend/domain/bytes.ts";
import { DomainError } from "../../backend/domain/errors.ts";
import { parseDppId } from "../../backend/domain/identifiers/dppId.ts";
import { parseJsonStrict } from "../../backend/domain/records/jsonText.ts";
import { isDay } from "../../backend/domain/rules/workingDays.ts";
import type { Address, Hash, JsonObject, PassportId } from "../../backend/domain/types.ts";
import { usage } from "./failure.ts";
import { openKeystore, type Signer } from "./keys/keystore.ts";
import { readPassword } from "./keys/password.ts";
import { type Actor, findActor, openSession, readTrustRoot, type Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export const DEFAULT_OPERATOR = "http://127.0.0.1:8080";

export type OperatorOptions = { readonly operator: string };
export type SigningOptions = OperatorOptions & {
  readonly key?: string;
  readonly passwordFile?: string;
  readonly trustRoot?: string;
};
export type AuthorOptions = SigningOptions & { readonly as?: number; readonly rpc?: readonly string[] };
export type ParticipantOptions = AuthorOptions & { readonly validDays: number };

const collect = (value: string, list: readonly string[] = []): string[] => [...list, value];

export const jsonOption = (): Option => new Option("--json", "print one JSON document instead of text");

const operatorOption = (): Option =>
  new Option("--operator <url>", "base URL of the operator's HTTP API")
    .env("BATTERY_PASSPORT_OPERATOR")
    .default(DEFAULT_OPERATOR);

export const trustRootOption = (): Option =>
  new Option(
    "--trust-root <root>",
    "eip155:{chainId}:{contract}:{codeHash}, or a file with it: refuses any other contract",
  ).env("BATTERY_PASSPORT_TRUST_ROOT");

export const rpcOption = (description: string): Option =>
  new Option("--rpc <url>", description).argParser(collect as (value: string, previous: unknown) => string[]);

/** For commands that ask an operator. */
export const withOperator = (command: Command): Command => command.addOption(operatorOption()).addOption(jsonOption());

/** For commands that sign, as a governor or as a participant. */
export const withKey = (command: Command): Command =>
  withOperator(command)
    .addOption(
      new Option("--key <file>", "your encrypted keystore, made by `battery-passport keygen`").env(
        "BATTERY_PASSPORT_KEY",
      ),
    )
    .option("--password-file <file>", "file with the password (else BATTERY_PASSWORD, else you are asked)")
    .addOption(trustRootOption());

/** For commands that sign as a participant. */
export const withAuthor = (command: Command): Command =>
  withKey(command)
    .option("--as <id>", "your participant id (else looked up by your key's address)", participantId)
    .addOption(rpcOption("chain RPC to read heads and numbers of holds from instead of the operator; may be repeated"));

/** For commands that sign a custody event, which does not wait for its block for ever. */
export const withParticipant = (command: Command): Command =>
  withAuthor(command).option("--valid-days <days>", "how long it may wait for its block, 1 to 30", days, 7);

export const waitOption = (): Option =>
  new Option("--wait <stage>", "return only when it is on the chain, or final there").choices([
    "included",
    "finalized",
  ]);

export const timeoutOption = (): Option =>
  new Option("--timeout <seconds>", "longest wait").argParser(whole(1, 86_400)).default(120);

/** Help that teaches: examples, one line what each does. */
export const examples = (...lines: readonly (readonly [command: string, does: string])[]): string =>
  `\nExamples:\n${lines.map(([command, does]) => `  # ${does}\n  $ battery-passport ${command}`).join("\n")}`;

export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
  };
}

export const participantId = whole(1, 0xffffff);
const days = whole(1, 30);

/** A parser of the domain as one of commander's, so that what is wrong is said with the option's name. */
export function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof DomainError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

export const digestArgument = argument((text): Hash => parseHash(text, "The digest"));
export const addressArgument = argument((text) => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError("An address is 0x and 40 hex digits.");
  return text.toLowerCase() as Address;
});

export const dayArgument = (text: string): string => {
  if (isDay(text)) return text;
  throw new InvalidArgumentError("A day is a date that exists, YYYY-MM-DD.");
};

/** A passport as typed by its id: `0x…` or the CAIP-19 URI. */
export const passportArgument = argument(
  (text): PassportId =>
    text.startsWith("0x") ? parsePassportId(text, "The passport id") : parseDppId(text).passportId,
);

/** A variadic argument: parses each, and keeps them in order. */
export const each =
  <T>(parse: (text: string) => T) =>
  (text: string, previous: readonly T[] | undefined): T[] => [...(previous ?? []), parse(text)];

export async function openKey(terminal: Terminal, options: SigningOptions): Promise<Signer> {
  if (options.key === undefined) throw new DomainError("key-missing", "This command signs, and no key was named.");
  const password = await readPassword(terminal, options.passwordFile, `Password of ${options.key}`);
  return await openKeystore(options.key, password);
}

export async function sessionFor(options: SigningOptions & { readonly rpc?: readonly string[] }): Promise<Session> {
  const trustRoot = options.trustRoot === undefined ? undefined : await readTrustRoot(options.trustRoot);
  return await openSession({ operatorUrl: options.operator, trustRoot, rpcUrls: options.rpc });
}

/** Session, key and participant of a command that signs as one. */
export async function authorFor(
  terminal: Terminal,
  options: AuthorOptions,
): Promise<{ session: Session; actor: Actor }> {
  const session = await sessionFor(options);
  const signer = await openKey(terminal, options);
  return { session, actor: await findActor(session, signer, options.as) };
}

/** The same for a custody event, with how long it is valid. */
export async function actorFor(
  terminal: Terminal,
  options: ParticipantOptions,
): Promise<{ session: Session; actor: Actor; validSeconds: number }> {
  return { ...(await authorFor(terminal, options)), validSeconds: options.validDays * 24 * 3600 };
}

/** A file as it is: a partner's document may be in any encoding. */
export async function readBytes(file: string): Promise<Uint8Array> {
  return await readFile(file).catch((cause) => {
    throw new DomainError("file-unreadable", `${file} cannot be read (${cause.code}).`, { file });
  });
}

export async function readText(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause) => {
    throw new DomainError("file-unreadable", `${file} cannot be read (${cause.code}).`, { file });
  });
}

/** A JSON object from a file. Duplicate names are refused: which of them counts would be anybody's guess. */
export async function readJsonFile(file: string): Promise<JsonObject> {
  return parseObject(await readText(file), file);
}

export function parseObject(text: string, place: string): JsonObject {
  let value: unknown;
  try {
    value = parseJsonStrict(text);
  } catch (error) {
    if (error instanceof DomainError) throw usage(`${place}: ${error.message}`);
    throw error;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw usage(`${place} must hold a JSON object.`);
}
