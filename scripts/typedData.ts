import { AbiCoder, dataSlice, keccak256, sha256, TypedDataEncoder, toUtf8Bytes, ZeroHash, zeroPadValue } from "ethers";

/**
 * The hashes of the contract as ethers' own encoders give them. Shares no code with contracts/ or backend/domain/, which
 * are both held to it.
 */
export type Domain = {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint | number;
  readonly verifyingContract: string;
};

export const domainOf = (chainId: bigint | number, verifyingContract: string): Domain => ({
  name: "BatteryPassport",
  version: "1",
  chainId,
  verifyingContract,
});

const field = (declaration: string): { type: string; name: string }[] =>
  declaration.split(",").map((part) => {
    const [type = "", name = ""] = part.split(" ");
    return { type, name };
  });

const ITEM = { Item: field("bytes20 passportId,bytes28 prevHead,bytes32 recordHash") };
const NEW_PASSPORT = { NewPassport: field("bytes20 passportId,bytes32 recordHash") };
const TIMES = "uint40 occurredAt,uint40 deadline";

/** EIP-712 types of the custody kinds, by their number in the header word. */
export const CUSTODY_TYPES = [
  {},
  { Mint: field(`uint24 issuer,${TIMES},NewPassport[] passports`), ...NEW_PASSPORT },
  { Handover: field(`uint24 giver,uint24 receiver,${TIMES},Item[] items`), ...ITEM },
  { Withdrawal: field(`uint24 custodian,${TIMES},Item[] items`), ...ITEM },
  {
    Transformation: field(`uint24 custodian,${TIMES},Item[] inputs,NewPassport[] outputs`),
    ...ITEM,
    ...NEW_PASSPORT,
  },
  { Closure: field(`uint24 custodian,${TIMES},Item[] items`), ...ITEM },
  { Void: field(`uint24 issuer,${TIMES},Item[] items`), ...ITEM },
  { Reassignment: field(`uint24 receiver,${TIMES},Item[] items`), ...ITEM },
] as const;

export const KIND = {
  mint: 1,
  handover: 2,
  withdrawal: 3,
  transformation: 4,
  closure: 5,
  void: 6,
  reassignment: 7,
} as const;
export type Kind = keyof typeof KIND;

const HEAD = "bytes32 registryHead,uint40 deadline";

/** EIP-712 types of the proposal kinds, by their number. */
export const PROPOSAL_TYPES = [
  {},
  { Admission: field(`${HEAD},uint24 participantId,address account,address signer,uint16 roles,bytes32 recordHash`) },
  { RoleChange: field(`${HEAD},uint24 participantId,uint16 roles,bytes32 recordHash`) },
  { Suspension: field(`${HEAD},uint24 participantId,bytes32 recordHash`) },
  { Reinstatement: field(`${HEAD},uint24 participantId,bytes32 recordHash`) },
  { SignerRotation: field(`${HEAD},uint24 participantId,address signer,bytes32 recordHash`) },
  { AccountChange: field(`${HEAD},uint24 participantId,address account,bytes32 recordHash`) },
  { GovernorChange: field(`${HEAD},address[] governors,uint8 threshold,bytes32 recordHash`) },
  { Succession: field(`${HEAD},address successor,bytes32 recordHash`) },
] as const;

export const OTHER_TYPES = {
  Acceptance: { Acceptance: field("bytes32 handover,uint256 declined") },
  Hold: {
    Hold: field("bytes20 passportId,uint24 regulator,uint32 counter,uint40 until,bytes32 reasonHash,uint40 deadline"),
  },
  Release: { Release: field("bytes20 passportId,uint24 regulator,uint32 counter,bytes32 reasonHash,uint40 deadline") },
  Anchor: { Anchor: field("uint24 publisher,bytes32 root,uint32 count,bytes32 manifestHash,bytes32 prevAccumulator") },
  DataRecord: { DataRecord: field("bytes20 subjectId,uint24 author,uint40 occurredAt,bytes32 recordHash") },
} as const;

export type Item = { passportId: string; prevHead: string; recordHash: string };
export type CustodyEvent = {
  kind: Kind;
  actor: number;
  counterparty: number;
  occurredAt: number;
  deadline: number;
  items: Item[];
};
export type Types = Record<string, { name: string; type: string }[]>;

export const ZERO_HEAD = `0x${"00".repeat(28)}`;

const mutable = (types: object): Types => types as Types;
const domainTypes = (types: object): [string, Types] => [Object.keys(types)[0] ?? "", mutable(types)];

/** The EIP-712 type string of a primary type with all that it refers to. */
export const encodeType = (types: object): string =>
  TypedDataEncoder.from(mutable(types)).encodeType(domainTypes(types)[0]);

export const typeHash = (types: object): string => keccak256(toUtf8Bytes(encodeType(types)));

export const structHash = (types: object, value: object): string =>
  TypedDataEncoder.hashStruct(domainTypes(types)[0], mutable(types), value);

export const digestOf = (domain: Domain, types: object, value: object): string =>
  TypedDataEncoder.hash(domain, mutable(types), value);

export const domainSeparator = (domain: Domain): string => TypedDataEncoder.hashDomain(domain);

export function encodeHeader(event: Omit<CustodyEvent, "items">, firstSignatureLength = 0): string {
  const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
  return `0x${hex(KIND[event.kind], 1)}${hex(event.actor, 3)}${hex(event.counterparty, 3)}${hex(event.occurredAt, 5)}${hex(
    event.deadline,
    5,
  )}${"00".repeat(13)}${hex(firstSignatureLength, 2)}`;
}

export const isCreated = (kind: Kind, item: Item): boolean =>
  kind === "mint" || (kind === "transformation" && item.prevHead === ZERO_HEAD);

/** What an event's signer signs: the EIP-712 types and value, as a wallet gets them. */
export function typedEvent(event: CustodyEvent): { types: Types; value: Record<string, unknown> } {
  const { kind, actor, counterparty, occurredAt, deadline, items } = event;
  const created = items
    .filter((item) => isCreated(kind, item))
    .map(({ passportId, recordHash }) => ({ passportId, recordHash }));
  const changed = items.filter((item) => !isCreated(kind, item));
  const times = { occurredAt, deadline };
  const value = {
    mint: { issuer: actor, ...times, passports: created },
    handover: { giver: actor, receiver: counterparty, ...times, items: changed },
    withdrawal: { custodian: actor, ...times, items: changed },
    transformation: { custodian: actor, ...times, inputs: changed, outputs: created },
    closure: { custodian: actor, ...times, items: changed },
    void: { issuer: actor, ...times, items: changed },
    reassignment: { receiver: counterparty, ...times, items: changed },
  }[kind];
  return { types: mutable(CUSTODY_TYPES[KIND[kind]]), value };
}

export function hashItem(kind: Kind, item: Item): string {
  const { passportId, recordHash } = item;
  return isCreated(kind, item) ? structHash(NEW_PASSPORT, { passportId, recordHash }) : structHash(ITEM, item);
}

const coder = AbiCoder.defaultAbiCoder();
export const HEAD_TYPEHASH = keccak256(toUtf8Bytes("Head(bytes32 headerHash,bytes32 itemHash)"));

export type EventHashes = {
  typeHash: string;
  itemHashes: string[];
  digest: string;
  headerHash: string;
  heads: string[];
};

/** Every hash that follows from an event's bytes. */
export function hashEvent(domain: Domain, event: CustodyEvent): EventHashes {
  const { types, value } = typedEvent(event);
  const digest = digestOf(domain, types, value);
  const kindTypeHash = typeHash(types);
  const context = event.kind === "transformation" ? digest : ZeroHash;
  const headerHash = keccak256(
    coder.encode(
      ["bytes32", "bytes32", "bytes32", "bytes32"],
      [domainSeparator(domain), kindTypeHash, encodeHeader(event), context],
    ),
  );
  const itemHashes = event.items.map((item) => hashItem(event.kind, item));
  const heads = itemHashes.map((itemHash) =>
    dataSlice(keccak256(coder.encode(["bytes32", "bytes32", "bytes32"], [HEAD_TYPEHASH, headerHash, itemHash])), 0, 28),
  );
  return { typeHash: kindTypeHash, itemHashes, digest, headerHash, heads };
}

export const acceptanceDigest = (domain: Domain, handover: string, declined: bigint): string =>
  digestOf(domain, OTHER_TYPES.Acceptance, { handover, declined });

/** Issuer (24 bits) and the first 136 bits of keccak256(normalised uid). */
export const passportIdOf = (issuer: number, uid: string): string =>
  `0x${issuer.toString(16).padStart(6, "0")}${dataSlice(keccak256(toUtf8Bytes(uid)), 0, 17).slice(2)}`;

export const PHASES = ["none", "active", "transformed", "closed", "void"] as const;
export type State = {
  head: string;
  custodian: number;
  phase: (typeof PHASES)[number];
  moved: boolean;
  held: boolean;
};

/** The passport's storage word. */
export function encodeState(state: State): string {
  const flags = PHASES.indexOf(state.phase) + (state.moved ? 8 : 0) + (state.held ? 16 : 0);
  return `${state.head}${state.custodian.toString(16).padStart(6, "0")}${flags.toString(16).padStart(2, "0")}`;
}

export const REGISTRY_TYPEHASH = keccak256(toUtf8Bytes("RegistryHead(bytes32 previous,bytes32 proposal,uint40 time)"));
export const PARTICIPANT_TYPEHASH = keccak256(
  toUtf8Bytes(
    "ParticipantHead(bytes32 previous,uint24 participantId,bytes32 cause,address account,address signer,uint16 roles,bool active,bytes32 recordHash,uint40 time)",
  ),
);

export const nextRegistryHead = (previous: string, proposal: string, time: number): string =>
  keccak256(coder.encode(["bytes32", "bytes32", "bytes32", "uint40"], [REGISTRY_TYPEHASH, previous, proposal, time]));

export const genesisRegistryHead = (governors: readonly string[], threshold: number, time: number): string =>
  nextRegistryHead(ZeroHash, keccak256(coder.encode(["address[]", "uint8"], [governors, threshold])), time);

export type ParticipantChange = {
  cause: string;
  account: string;
  signer: string;
  roles: number;
  active: boolean;
  recordHash: string;
  time: number;
};

export const nextParticipantHead = (previous: string, participantId: number, change: ParticipantChange): string =>
  keccak256(
    coder.encode(
      ["bytes32", "bytes32", "uint24", "bytes32", "address", "address", "uint16", "bool", "bytes32", "uint40"],
      [
        PARTICIPANT_TYPEHASH,
        previous,
        participantId,
        change.cause,
        change.account,
        change.signer,
        change.roles,
        change.active,
        change.recordHash,
        change.time,
      ],
    ),
  );

/** sha256(0x00, publisher as 3 bytes, digest of the data record). */
export const recordLeaf = (publisher: number, recordDigest: string): string =>
  sha256(`0x00${zeroPadValue(`0x${publisher.toString(16).padStart(6, "0")}`, 3).slice(2)}${recordDigest.slice(2)}`);
