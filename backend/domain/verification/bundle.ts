import { utf8ToBytes } from "@noble/hashes/utils.js";
import { parseBytes, parsePassportId } from "../bytes.ts";
import { formatBitmap, type Item, MAX_ITEMS, MAX_SIGNATURE_BYTES, parseBitmap, parseItem } from "../custody/events.ts";
import { DomainError } from "../errors.ts";
import type { ParticipantChange } from "../participants/history.ts";
import { canonicalize, parseCanonicalJson } from "../records/canonicalJson.ts";
import type { Address, Hash, Hex, JsonObject, JsonValue, ParticipantId, PassportId } from "../types.ts";
import { address, exactly, flag, hash, jsonObject, list, lower, malformed, text, whole } from "./bundleValues.ts";
import { type DataRecordEvidence, MAX_DATA_RECORDS, parseDataRecordEvidence } from "./dataRecordEvidence.ts";
import { type ModelEvidence, parseModelEvidence } from "./modelEvidence.ts";
import { createSharedItems, type SharedItems } from "./sharedItems.ts";

/** One custody event of one passport's history, with what is needed to check it without the rest of the consignment. */
export type EvidenceStep = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  /** The header word as logged. */
  readonly header: Hash;
  /** Where this passport stands in `items`. */
  readonly position: number;
  /**
   * The event's items in order: this passport's in full, the others by their EIP-712 struct hash. All of a
   * transformation's are in full, because its inputs are this passport's parents; in the bundle's bytes they stand
   * once, see {@link SharedItems}.
   */
  readonly items: readonly (Item | Hash)[];
  readonly declined: bigint;
  readonly applied: bigint;
  readonly signatures: Hex;
  /** The record behind this passport's item; null where the exporter does not have it. */
  readonly record: JsonObject | null;
  /** Disclosures of withheld fields of that record, where the exporter shows any. */
  readonly disclosures: readonly string[];
};

export type PassportHistory = { readonly passportId: PassportId; readonly steps: readonly EvidenceStep[] };

export type ParticipantEvidence = {
  readonly id: ParticipantId;
  readonly changes: readonly ParticipantChange[];
  /** The participant's records (names, kind, identifier prefixes), oldest first, as far as the exporter has them. */
  readonly records: readonly JsonObject[];
};

/**
 * Everything a verifier needs about a passport: bytes from a server that need not be trusted. It holds nothing that the
 * verifier does not check, so that no byte of it can be changed unnoticed.
 */
export type EvidenceBundle = {
  readonly chainId: number;
  readonly contract: Address;
  readonly uid: string;
  /** The passport in question first, then its ancestors by transformation, each once. */
  readonly histories: readonly PassportHistory[];
  /** The models' records that the first records of these passports name, each once, in the order of the histories. */
  readonly models: readonly ModelEvidence[];
  /** Of everybody who acted in the histories, wrote a data record here or published one. */
  readonly participants: readonly ParticipantEvidence[];
  /** Data records about these passports that the exporter knows of: in the order of `compareDataRecords`, each once. */
  readonly dataRecords: readonly DataRecordEvidence[];
};

export const BUNDLE_TYPE = "evidence/2";
/** Most passports in one bundle: the one in question and its ancestors. Beyond it nothing is gathered, and nothing read. */
export const MAX_HISTORIES = 10_000;
/** Longest bundle that is read: 64 MiB. */
export const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;

function parseStepItem(value: JsonValue, field: string): Item | Hash {
  if (typeof value === "string") return hash(value, field);
  const item = exactly(value, ["passportId", "prevHead", "recordHash"], field);
  const parsed = parseItem(item, field);
  for (const name of ["passportId", "prevHead", "recordHash"] as const) lower(parsed[name], item[name], field);
  return parsed;
}

const STEP_FIELDS = [
  "applied",
  "blockHash",
  "blockNumber",
  "declined",
  "disclosures",
  "header",
  "items",
  "position",
  "record",
  "signatures",
] as const;

function parseStep(value: JsonValue, field: string, shared: SharedItems): EvidenceStep {
  const step = exactly(value, STEP_FIELDS, field);
  const signatures = parseBytes(step.signatures, MAX_ITEMS * 65 + 2 * MAX_SIGNATURE_BYTES, `${field}.signatures`);
  const event = {
    blockHash: hash(step.blockHash, `${field}.blockHash`),
    header: hash(step.header, `${field}.header`),
    signatures: lower(signatures, step.signatures, `${field}.signatures`),
  };
  const listing = shared.find(event);
  if (listing !== undefined && step.items !== listing.passportId) {
    throw malformed(`${field}.items`, `must be ${listing.passportId}, whose history lists them`);
  }
  const items = listing?.items ?? list(step.items, `${field}.items`, MAX_ITEMS, parseStepItem);
  return {
    ...event,
    blockNumber: whole(step.blockNumber, `${field}.blockNumber`),
    position: whole(step.position, `${field}.position`, items.length - 1),
    items,
    declined: parseBitmap(step.declined, `${field}.declined`),
    applied: parseBitmap(step.applied, `${field}.applied`),
    record: step.record === null ? null : jsonObject(step.record, `${field}.record`),
    disclosures: list(step.disclosures, `${field}.disclosures`, 10_000, text),
  };
}

const CHANGE_FIELDS = ["account", "active", "cause", "changedAt", "recordHash", "roles", "signer"] as const;

function parseChange(value: JsonValue, field: string): ParticipantChange {
  const change = exactly(value, CHANGE_FIELDS, field);
  return {
    cause: hash(change.cause, `${field}.cause`),
    account: address(change.account, `${field}.account`),
    signer: address(change.signer, `${field}.signer`),
    roles: whole(change.roles, `${field}.roles`, 0xffff),
    active: flag(change.active, `${field}.active`),
    recordHash: hash(change.recordHash, `${field}.recordHash`),
    changedAt: whole(change.changedAt, `${field}.changedAt`, 0xffffffffff),
  };
}

const BUNDLE_FIELDS = [
  "chainId",
  "contract",
  "dataRecords",
  "histories",
  "models",
  "participants",
  "type",
  "uid",
] as const;

/**
 * bytes → bundle. Says nothing about truth. Throws `bundle-malformed`, `bundle-outdated`, and the codes of canonical
 * JSON and of signed data records.
 */
export function parseBundle(bytes: Uint8Array): EvidenceBundle {
  const json = parseCanonicalJson(bytes, MAX_BUNDLE_BYTES);
  refuseOutdated(json);
  const root = exactly(json, BUNDLE_FIELDS, "bundle");
  if (root.type !== BUNDLE_TYPE) throw malformed("bundle.type", `must be ${BUNDLE_TYPE}`);
  const shared = createSharedItems();
  const histories = list(root.histories, "histories", MAX_HISTORIES, (value, field) => {
    const history = exactly(value, ["passportId", "steps"], field);
    const passportId = lower(parsePassportId(history.passportId, field), history.passportId, `${field}.passportId`);
    const parse = (step: JsonValue, place: string) => parseStep(step, place, shared);
    const steps = list(history.steps, `${field}.steps`, 100_000, parse);
    if (steps[0] !== undefined) shared.note(passportId, steps[0]);
    return { passportId, steps };
  });
  if (histories.length === 0) throw malformed("histories", "must not be empty");
  return {
    chainId: whole(root.chainId, "chainId"),
    contract: address(root.contract, "contract"),
    uid: text(root.uid, "uid"),
    histories,
    models: list(root.models, "models", MAX_HISTORIES, parseModelEvidence),
    participants: list(root.participants, "participants", 100_000, (value, field) => {
      const participant = exactly(value, ["changes", "id", "records"], field);
      return {
        id: whole(participant.id, `${field}.id`, 0xffffff),
        changes: list(participant.changes, `${field}.changes`, 100_000, parseChange),
        records: list(participant.records, `${field}.records`, 100_000, jsonObject),
      };
    }),
    dataRecords: list(root.dataRecords, "dataRecords", MAX_DATA_RECORDS, parseDataRecordEvidence),
  };
}

/** Evidence without room for data records would be read as evidence that there are none. */
function refuseOutdated(json: JsonValue): void {
  if (typeof json !== "object" || json === null || Reflect.get(json, "type") !== "evidence/1") return;
  throw new DomainError(
    "bundle-outdated",
    "This is evidence/1, from before evidence held data records. Export the passport again.",
    { type: "evidence/1", expected: BUNDLE_TYPE },
  );
}

/** The bundle's bytes: canonical JSON, so that one bundle has one form. */
export function formatBundle(bundle: EvidenceBundle): Uint8Array {
  const shared = createSharedItems();
  const steps = ({ passportId, steps: own }: PassportHistory) => {
    const formatted = own.map((step) => ({
      ...step,
      items: itemsOf(step, shared),
      declined: formatBitmap(step.declined),
      applied: formatBitmap(step.applied),
    }));
    if (own[0] !== undefined) shared.note(passportId, own[0]);
    return formatted;
  };
  const json = {
    type: BUNDLE_TYPE,
    chainId: bundle.chainId,
    contract: bundle.contract,
    uid: bundle.uid,
    histories: bundle.histories.map((history) => ({ passportId: history.passportId, steps: steps(history) })),
    models: bundle.models,
    participants: bundle.participants.map(({ id, changes, records }) => ({ id, changes, records })),
    dataRecords: bundle.dataRecords,
  };
  return utf8ToBytes(canonicalize(json as unknown as JsonValue));
}

/** The items, or the passport whose history lists the very same already. */
function itemsOf(step: EvidenceStep, shared: SharedItems): EvidenceStep["items"] | PassportId {
  const listing = shared.find(step);
  if (listing === undefined) return step.items;
  const same = listing.items === step.items || JSON.stringify(listing.items) === JSON.stringify(step.items);
  return same ? listing.passportId : step.items;
}
