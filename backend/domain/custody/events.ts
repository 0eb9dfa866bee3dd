import { parseBytes, parseHash, parseHead, parsePassportId } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Hash, Head, Hex, ParticipantId, PassportId, UnixTime } from "../types.ts";

/** In the contract's order: the position is the number in the header word. */
export const CUSTODY_KINDS = [
  "none",
  "mint",
  "handover",
  "withdrawal",
  "transformation",
  "closure",
  "void",
  "reassignment",
] as const;
export type CustodyKind = Exclude<(typeof CUSTODY_KINDS)[number], "none">;

/** One passport's part in an event. `prevHead` is zero where the event creates the passport. */
export type Item = { readonly passportId: PassportId; readonly prevHead: Head; readonly recordHash: Hash };

export type CustodyHeader = {
  readonly kind: CustodyKind;
  /** Who does it; 0 for a reassignment, which the quorum orders. */
  readonly actor: ParticipantId;
  /** Who receives; 0 for every kind but handover and reassignment. */
  readonly counterparty: ParticipantId;
  /** When it happened, as the actor says: a claim, never a sort key. */
  readonly occurredAt: UnixTime;
  /** Last block time at which it may be included. */
  readonly deadline: UnixTime;
};

/** A custody event: what is signed. At most 200 items, strictly ascending by passport id. */
export type CustodyEvent = CustodyHeader & { readonly items: readonly Item[] };

export type CustodySignatures = {
  /** By the actor; for a reassignment the governors' 65-byte signatures joined, ascending by governor. */
  readonly actorSignature: Hex;
  /** The receiver's signature over the acceptance; `0x` for kinds that have no counterparty, and for an open offer. */
  readonly counterpartySignature: Hex;
  /** Bit i: the receiver declines the item at position i. */
  readonly declined: bigint;
};

export type SignedCustodyEvent = CustodyEvent & CustodySignatures;

export const MAX_ITEMS = 200;
/** Longest signature taken on either side; an ERC-1271 wallet's may exceed 65 bytes. */
export const MAX_SIGNATURE_BYTES = 4096;

export const hasCounterparty = (kind: CustodyKind): boolean => kind === "handover" || kind === "reassignment";

/** Kinds whose items without a previous head bring passports into being. */
export const mayCreate = (kind: CustodyKind): boolean => kind === "mint" || kind === "transformation";

export const isDeclined = (declined: bigint, position: number): boolean => ((declined >> BigInt(position)) & 1n) === 1n;

const uint = (value: unknown, max: number, field: string): number => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > max) {
    throw new DomainError("event-malformed", `${field} must be a whole number from 0 to ${max}.`, { field });
  }
  return value;
};

const object = (value: unknown, field: string): Record<string, unknown> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DomainError("event-malformed", `${field} must be an object.`, { field });
  }
  return value as Record<string, unknown>;
};

const EVENT_FIELDS = new Set(
  "kind actor counterparty occurredAt deadline items actorSignature counterpartySignature declined".split(" "),
);

export function parseItem(value: unknown, field: string): Item {
  const item = object(value, field);
  return {
    passportId: parsePassportId(item.passportId, `${field}.passportId`),
    prevHead: parseHead(item.prevHead, `${field}.prevHead`),
    recordHash: parseHash(item.recordHash, `${field}.recordHash`),
  };
}

/** Parses the bitmap of declined items, a hex quantity such as `0x5`. */
export function parseBitmap(value: unknown, field: string): bigint {
  if (typeof value !== "string" || !/^0x(0|[1-9a-f][0-9a-f]{0,63})$/.test(value)) {
    throw new DomainError("event-malformed", `${field} must be a hex quantity such as 0x5.`, { field });
  }
  return BigInt(value);
}

export const formatBitmap = (bitmap: bigint): Hex => `0x${bitmap.toString(16)}`;

/**
 * unknown → signed custody event. Throws `event-malformed` or `hex-malformed` with the field's path. Attacker-controlled:
 * every field; nothing here says that a signature is right.
 */
export function parseSignedCustodyEvent(value: unknown, field = "event"): SignedCustodyEvent {
  const raw = object(value, field);
  for (const name of Object.keys(raw)) {
    if (!EVENT_FIELDS.has(name)) {
      throw new DomainError("event-malformed", `${field} has no field ${JSON.stringify(name)}.`, { field });
    }
  }
  const kind = CUSTODY_KINDS.find((known) => known === raw.kind);
  if (kind === undefined || kind === "none") {
    throw new DomainError("event-malformed", `${field}.kind must be one of ${CUSTODY_KINDS.slice(1).join(", ")}.`, {
      field: `${field}.kind`,
    });
  }
  if (!Array.isArray(raw.items) || raw.items.length === 0 || raw.items.length > MAX_ITEMS) {
    throw new DomainError("event-malformed", `${field}.items must hold 1 to ${MAX_ITEMS} items.`, { field });
  }
  const event: SignedCustodyEvent = {
    kind,
    actor: uint(raw.actor, 0xffffff, `${field}.actor`),
    counterparty: uint(raw.counterparty ?? 0, 0xffffff, `${field}.counterparty`),
    occurredAt: uint(raw.occurredAt, 0xffffffffff, `${field}.occurredAt`),
    deadline: uint(raw.deadline, 0xffffffffff, `${field}.deadline`),
    items: raw.items.map((item, position) => parseItem(item, `${field}.items[${position}]`)),
    actorSignature: parseBytes(raw.actorSignature, MAX_SIGNATURE_BYTES, `${field}.actorSignature`),
    counterpartySignature: parseBytes(
      raw.counterpartySignature ?? "0x",
      MAX_SIGNATURE_BYTES,
      `${field}.counterpartySignature`,
    ),
    declined: parseBitmap(raw.declined ?? "0x0", `${field}.declined`),
  };
  for (let i = 1; i < event.items.length; i++) {
    if ((event.items[i - 1] as Item).passportId >= (event.items[i] as Item).passportId) {
      throw new DomainError("items-not-ascending", "Items must be strictly ascending by passport id.", { position: i });
    }
  }
  return event;
}

/** The JSON form that `parseSignedCustodyEvent` reads. */
export function formatSignedCustodyEvent(event: SignedCustodyEvent) {
  return {
    kind: event.kind,
    actor: event.actor,
    counterparty: event.counterparty,
    occurredAt: event.occurredAt,
    deadline: event.deadline,
    items: event.items.map(({ passportId, prevHead, recordHash }) => ({ passportId, prevHead, recordHash })),
    actorSignature: event.actorSignature,
    counterpartySignature: event.counterpartySignature,
    declined: formatBitmap(event.declined),
  };
}
