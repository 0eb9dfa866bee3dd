import { parseSignedDataRecord } from "../../../backend/domain/anchors/dataRecord.ts";
import { parseAddress, parseHash, parseHead, parsePassportId } from "../../../backend/domain/bytes.ts";
import { PHASES, type Phase } from "../../../backend/domain/custody/state.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { ROLES, type Role } from "../../../backend/domain/participants/roles.ts";
import type {
  Address,
  Hash,
  Head,
  JsonObject,
  ParticipantId,
  PassportId,
  UnixTime,
} from "../../../backend/domain/types.ts";
import { parseTrustRoot, type TrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { plain } from "../plain.ts";
import type { Operator } from "./connectOperator.ts";

export type Registry = {
  readonly trustRoot: TrustRoot;
  readonly registryHead: Hash;
  readonly governors: readonly Address[];
  readonly threshold: number;
};

export type Participant = {
  readonly id: ParticipantId;
  readonly account: Address;
  readonly signer: Address;
  readonly roles: readonly Role[];
  readonly active: boolean;
  /** Names, kind and identifier prefixes; null while the operator does not have it. */
  readonly record: JsonObject | null;
};

/** Where a passport stands, as the operator says. */
export type Custody = {
  readonly passportId: PassportId;
  readonly head: Head;
  readonly phase: Phase;
  readonly custodian: ParticipantId;
  readonly held: boolean;
  /** The hold that stands, with its last second; null where none does. */
  readonly hold: { readonly counter: number; readonly regulator: ParticipantId; readonly until: number } | null;
  /** Number of the last hold, 0 if it never was held. */
  readonly holds: number;
  readonly steps: readonly CustodyStep[];
};
export type CustodyStep = {
  readonly digest: Hash;
  readonly kind: string;
  readonly actor: number;
  readonly counterparty: number;
  readonly recordedAt: number;
  readonly state: string;
  readonly block: { readonly number: number };
  /** Of a transformation: what it ended, and what it began. */
  readonly inputs: readonly PassportId[];
  readonly products: readonly PassportId[];
};

type Fields = Readonly<Record<string, unknown>>;

const malformed = (field: string) =>
  new DomainError("operator-answer-malformed", `The operator's answer lacks a proper ${field}.`, { field });

export function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(field);
  return value as Fields;
}

export function listOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(field);
  return value;
}

export function wholeOf(value: unknown, field: string): number {
  if (!Number.isSafeInteger(value)) throw malformed(field);
  return value as number;
}

export function textOf(value: unknown, field: string): string {
  if (typeof value !== "string") throw malformed(field);
  return value;
}

export function parseRegistry(value: unknown): Registry {
  const fields = fieldsOf(value, "registry");
  return {
    trustRoot: parseTrustRoot(fields.trustRoot ?? fields),
    registryHead: parseHash(fields.registryHead, "registryHead"),
    governors: listOf(fields.governors, "governors").map((one) => parseAddress(one, "governors")),
    threshold: wholeOf(fields.threshold, "threshold"),
  };
}

export function parseParticipant(value: unknown): Participant {
  const fields = fieldsOf(value, "participant");
  const roles = listOf(fields.roles, "roles");
  return {
    id: wholeOf(fields.id, "id"),
    account: parseAddress(fields.account, "account"),
    signer: parseAddress(fields.signer, "signer"),
    roles: ROLES.filter((role) => roles.includes(role)),
    active: fields.active === true,
    record:
      fields.record === null || fields.record === undefined ? null : (fieldsOf(fields.record, "record") as JsonObject),
  };
}

export function parseCustody(value: unknown): Custody {
  const fields = fieldsOf(value, "custody");
  const phase = PHASES.find((known) => known === fields.phase);
  if (phase === undefined) throw malformed("phase");
  return {
    passportId: parsePassportId(fields.passportId, "passportId"),
    head: parseHead(fields.head, "head"),
    phase,
    custodian: wholeOf(fields.custodian, "custodian"),
    held: fields.held === true,
    hold: fields.hold === null ? null : parseHold(fieldsOf(fields.hold, "hold")),
    holds: wholeOf(fields.holds, "holds"),
    steps: listOf(fields.steps, "steps").map((value) => {
      const step = fieldsOf(value, "step");
      return {
        digest: parseHash(step.digest, "digest"),
        kind: textOf(step.kind, "kind"),
        actor: wholeOf(step.actor, "actor"),
        counterparty: wholeOf(step.counterparty, "counterparty"),
        recordedAt: wholeOf(step.recordedAt, "recordedAt"),
        state: textOf(step.state, "state"),
        block: { number: wholeOf(fieldsOf(step.block, "block").number, "block.number") },
        inputs: listOf(step.inputs ?? [], "inputs").map((id) => parsePassportId(id, "inputs")),
        products: listOf(step.products ?? [], "products").map((id) => parsePassportId(id, "products")),
      };
    }),
  };
}

const parseHold = ({ counter, regulator, until }: Fields) => ({
  counter: wholeOf(counter, "hold.counter"),
  regulator: wholeOf(regulator, "hold.regulator"),
  until: wholeOf(until, "hold.until"),
});

/** Every entry of a list that comes in pages. */
export async function readAll<T>(operator: Operator, path: string, name: string, parse: (value: unknown) => T) {
  const entries: T[] = [];
  for (let cursor: unknown; ; ) {
    const separator = path.includes("?") ? "&" : "?";
    const next = cursor === undefined ? "" : `&cursor=${encodeURIComponent(String(cursor))}`;
    const page = fieldsOf(await operator.get(`${path}${separator}limit=200${next}`), "page");
    entries.push(...listOf(page[name], name).map(parse));
    cursor = page.nextCursor;
    if (cursor === undefined || cursor === null) return entries;
  }
}

/** Codes by which an operator says that there is no such passport, or not yet. */
export const NOT_ON_CHAIN: ReadonlySet<string> = new Set(["dpp-unknown", "dpp-pending"]);

export async function readCustody(operator: Operator, passportId: PassportId): Promise<Custody | null> {
  try {
    return parseCustody(await operator.get(`/v1/dpps/${passportId}/custody`));
  } catch (error) {
    if (error instanceof DomainError && NOT_ON_CHAIN.has(error.code)) return null;
    throw error;
  }
}

/** A data record as an operator lists it: what it says is withheld. */
export type ListedDataRecord = {
  readonly digest: Hash;
  readonly author: ParticipantId;
  /** When it was observed, as its author says. */
  readonly occurredAt: UnixTime;
  readonly state: string;
};

/** The data records about a passport, oldest first as their authors say. */
export async function readDataRecords(operator: Operator, passportId: PassportId): Promise<ListedDataRecord[]> {
  const listed = await readAll(operator, `/v1/data-records?subject=${passportId}`, "dataRecords", (value) => {
    const entry = fieldsOf(value, "data record");
    const { author, occurredAt } = parseSignedDataRecord(entry.dataRecord);
    return { digest: parseHash(entry.digest, "digest"), author, occurredAt, state: textOf(entry.state, "state") };
  });
  return listed.sort((a, b) => a.occurredAt - b.occurredAt);
}

export const readParticipant = async (operator: Operator, id: ParticipantId): Promise<Participant> =>
  parseParticipant(await operator.get(`/v1/participants/${id}`));

export const readParticipants = (operator: Operator): Promise<Participant[]> =>
  readAll(operator, "/v1/participants", "participants", parseParticipant);

/** The English name in a participant's record, else its number. */
export function nameOf(participant: Pick<Participant, "id" | "record"> | undefined, id = participant?.id): string {
  const names = participant?.record?.names as JsonObject | undefined;
  return typeof names?.en === "string" ? `${plain(names.en)} (${id})` : `participant ${id}`;
}
