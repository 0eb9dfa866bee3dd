import { createHash, randomBytes } from "node:crypto";
import { dataRecordDigest, type SignedDataRecord } from "../../backend/domain/anchors/dataRecord.ts";
import { parseHash, ZERO_HASH, ZERO_HEAD } from "../../backend/domain/bytes.ts";
import {
  type CustodyEvent,
  type CustodyKind,
  formatSignedCustodyEvent,
  type Item,
  type SignedCustodyEvent,
} from "../../backend/domain/custody/events.ts";
import { acceptanceDigest, hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { encodeHeader } from "../../backend/domain/custody/header.ts";
import { evolve } from "../../backend/domain/custody/rules.ts";
import { NO_PASSPORT, type PassportState } from "../../backend/domain/custody/state.ts";
import { domainSeparator, type SigningDomain } from "../../backend/domain/eip712.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import { type Role, roleBits } from "../../backend/domain/participants/roles.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { RecordType } from "../../backend/domain/records/recordTypes.ts";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import type { Address, Hash, Hex, JsonObject, PassportId } from "../../backend/domain/types.ts";
import { type Acceptor, createAcceptor } from "../../backend/services/custody/acceptCustodyEvents.ts";
import { receiptKey } from "../../backend/services/custody/receiptKey.ts";
import {
  createDataRecordAcceptor,
  type DataRecordAcceptor,
} from "../../backend/services/dataRecords/acceptDataRecords.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

export const DEPLOYMENT: SigningDomain & { deploymentBlock: number; codeHash: Hash } = {
  chainId: 31337,
  contract: `0x${"ba".repeat(20)}` as Address,
  deploymentBlock: 1,
  codeHash: parseHash(`0x${"c0".repeat(32)}`, "codeHash"),
};
export const SEPARATOR = domainSeparator(DEPLOYMENT);

/** 12 Jan 2027: the tests' clock stands still. */
export const NOW = 1_800_000_000;

const key = (seed: string): Hex => `0x${createHash("sha256").update(seed).digest("hex")}`;
export const signerOf = (id: number) => receiptKey(key(`participant ${id}`), id);
export const governorOf = (i: number) => receiptKey(key(`governor ${i}`), 0);
export const GOVERNORS = [0, 1, 2].map(governorOf).sort((a, b) => (a.signer < b.signer ? -1 : 1));
export const OPERATOR = receiptKey(key("operator"), 9);

export const PRODUCER = 1;
export const FLEET = 2;
export const COLLECTOR = 3;
export const RECYCLER = 4;
export const SUSPENDED = 5;
export const REGISTRAR = 6;
export const LAB = 7;
export const AUTHORITY = 8;

const PARTICIPANTS: {
  id: number;
  name: string;
  kind: string;
  roles: Role[];
  active?: boolean;
  prefixes?: JsonObject[];
  signer?: Address;
}[] = [
  {
    id: PRODUCER,
    name: "Cellworks",
    kind: "battery-maker",
    roles: ["PRODUCER", "CUSTODIAN"],
    prefixes: [
      { scheme: "gs1", prefix: "9521000" },
      { scheme: "gbt34014", prefix: "001" },
      { scheme: "urn", prefix: "urn:cellworks" },
    ],
  },
  { id: FLEET, name: "City Buses", kind: "bus-company", roles: ["CUSTODIAN"] },
  { id: COLLECTOR, name: "Take Back", kind: "collection-point", roles: ["CUSTODIAN"] },
  { id: RECYCLER, name: "Loop Metals", kind: "recycler", roles: ["RECYCLER", "CUSTODIAN"] },
  { id: SUSPENDED, name: "Gone", kind: "recycler", roles: ["RECYCLER", "CUSTODIAN"], active: false },
  { id: REGISTRAR, name: "Intake", kind: "registrar", roles: ["REGISTRAR", "CUSTODIAN"] },
  { id: LAB, name: "True Measure", kind: "test-laboratory", roles: ["TEST_LAB"] },
  { id: AUTHORITY, name: "Market Watch", kind: "authority", roles: ["REGULATOR"] },
  { id: OPERATOR.publisher, name: "Registry Hall", kind: "platform", roles: ["OPERATOR"], signer: OPERATOR.signer },
];

export type Submission = {
  event: ReturnType<typeof formatSignedCustodyEvent>;
  records: { record: JsonObject; disclosures: readonly string[] }[];
};
export type Built = { signed: SignedCustodyEvent; digest: Hash; heads: readonly Hex[]; submission: Submission };

/** The acceptor's: what reads disclosures again needs the same key. */
export const SEALING = {
  key: new Uint8Array(32).fill(7),
  randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
};

/** A record of a type about a passport, with something withheld in it. */
export function recordOf(type: RecordType, fields: JsonObject) {
  return buildRecord(type, fields, (length) => new Uint8Array(randomBytes(length)));
}

export type EventOptions = Partial<Pick<CustodyEvent, "occurredAt" | "deadline" | "counterparty">> & {
  declined?: bigint;
  /** Who signs, where it is not the party itself. */
  actorKey?: ReturnType<typeof signerOf>;
  counterpartyKey?: ReturnType<typeof signerOf> | null;
  /** Of the records' type; the first where nothing is said. */
  version?: number;
};

/** Signs an event about passports in the given states; `fields` are those of each record beyond type and subject. */
export function buildEvent(
  kind: CustodyKind,
  actor: number,
  entries: readonly { passportId: PassportId; prevHead: Hex; fields?: JsonObject }[],
  options: EventOptions = {},
): Built {
  const sorted = [...entries].sort((a, b) => (a.passportId < b.passportId ? -1 : 1));
  const records = sorted.map(({ passportId, fields }) =>
    recordOf(`${kind}/${options.version ?? 1}` as RecordType, {
      subject: passportId,
      condition: "as found",
      ...fields,
    }),
  );
  const event: CustodyEvent = {
    kind,
    actor,
    counterparty: options.counterparty ?? 0,
    occurredAt: options.occurredAt ?? NOW - 60,
    deadline: options.deadline ?? NOW + 86_400,
    items: sorted.map(
      ({ passportId, prevHead }, i) => ({ passportId, prevHead, recordHash: records[i]!.hash }) as Item,
    ),
  };
  const { digest, heads } = hashEvent(SEPARATOR, event);
  const declined = options.declined ?? 0n;
  const receiver = options.counterpartyKey === undefined ? signerOf(event.counterparty) : options.counterpartyKey;
  const signed: SignedCustodyEvent = {
    ...event,
    declined,
    actorSignature: (options.actorKey ?? signerOf(actor)).sign(digest),
    counterpartySignature:
      event.counterparty === 0 || receiver === null
        ? "0x"
        : receiver.sign(acceptanceDigest(SEPARATOR, digest, declined)),
  };
  const submission = {
    event: formatSignedCustodyEvent(signed),
    records: records.map(({ record, disclosures }) => ({ record, disclosures })),
  };
  return { signed, digest, heads, submission };
}

export type BuiltDataRecord = {
  digest: Hash;
  signed: SignedDataRecord;
  submission: { dataRecord: SignedDataRecord; record: JsonObject; disclosures: readonly string[] };
};

const HEALTH = {
  kind: "state-of-health",
  measuredAt: "2027-01-11T09:00:00Z",
  stateOfHealth: { value: "81", unit: "%" },
};

/** A data record about a passport, signed by its author; its kind and its fields are withheld. */
export function buildDataRecord(
  subjectId: PassportId,
  author = LAB,
  options: { occurredAt?: number; key?: ReturnType<typeof signerOf>; fields?: JsonObject } = {},
): BuiltDataRecord {
  const fields = options.fields ?? HEALTH;
  const { hash, record, disclosures } = recordOf("data/1", { subject: subjectId, ...fields });
  const unsigned = { subjectId, author, occurredAt: options.occurredAt ?? NOW - 60, recordHash: hash };
  const digest = dataRecordDigest(SEPARATOR, unsigned);
  const signed = { ...unsigned, signature: (options.key ?? signerOf(author)).sign(digest) };
  return { digest, signed, submission: { dataRecord: signed, record, disclosures } };
}

let serial = 0;
export const nextUid = (): string => `https://id.gs1.org/01/09521000000018/21/S${++serial}`;

/** A mint of one passport, with public model data and something withheld. */
export function buildMint(
  uid = nextUid(),
  actor = PRODUCER,
  options: EventOptions = {},
  fields: JsonObject = {},
): Built {
  const passportId = passportIdOf(actor, normaliseUid(uid));
  return buildEvent(
    "mint",
    actor,
    [
      {
        passportId,
        prevHead: ZERO_HEAD,
        fields: {
          uid,
          model: { manufacturer: "Cellworks", chemistry: "NMC622", mass: { value: "304", unit: "kg" } },
          ...fields,
        },
      },
    ],
    options,
  );
}

export const passportOf = (built: Built): PassportId => built.signed.items[0]!.passportId;

export function buildHandover(from: number, to: number, entries: readonly Built[], options: EventOptions = {}): Built {
  return buildEvent(
    "handover",
    from,
    entries.map((built) => ({ passportId: passportOf(built), prevHead: built.heads[0]! })),
    { counterparty: to, ...options },
  );
}

export type World = {
  database: TestDatabase;
  acceptor: Acceptor;
  dataRecordAcceptor: DataRecordAcceptor;
  clock: { now: number };
  close(): Promise<void>;
};

/** What an acceptor needs on a database; its clock stands still. */
export const acceptingOn = ({ pool }: Pick<TestDatabase, "pool">) => ({
  pool,
  domain: DEPLOYMENT,
  recoverSigner,
  receiptKey: OPERATOR,
  sealing: SEALING,
  now: () => NOW,
  maxOpenItems: 10_000,
});

/** A migrated database that knows the participants as if the chain had said so, and an acceptor on it. */
export async function createWorld(options: { maxOpenItems?: number } = {}): Promise<World> {
  const database = await createDatabase();
  const clock = { now: NOW };
  await projectRegistry(database);
  const accepting = {
    ...acceptingOn(database),
    now: () => clock.now,
    maxOpenItems: options.maxOpenItems ?? 10_000,
  };
  const acceptor = createAcceptor(accepting);
  const dataRecordAcceptor = createDataRecordAcceptor(accepting);
  return {
    database,
    acceptor,
    dataRecordAcceptor,
    clock,
    async close() {
      await Promise.all([acceptor.close(), dataRecordAcceptor.close()]);
      await database.drop();
    },
  };
}

const blockHash = (number: number): string => `0x${number.toString(16).padStart(64, "b")}`;

async function projectRegistry({ prisma }: TestDatabase): Promise<void> {
  await prisma.chainCursor.create({
    data: {
      chainId: DEPLOYMENT.chainId,
      contract: DEPLOYMENT.contract,
      deploymentBlock: DEPLOYMENT.deploymentBlock,
      headNumber: 100,
      headHash: blockHash(100),
      headTime: NOW,
      safeNumber: 40,
      finalizedNumber: 20,
    },
  });
  await prisma.chainGovernorSet.create({
    data: {
      blockNumber: 1,
      logIndex: 0,
      governors: GOVERNORS.map((governor) => governor.signer),
      threshold: 2,
      registryHead: `0x${"99".repeat(32)}`,
    },
  });
  for (const participant of PARTICIPANTS) {
    const { id, name, kind, roles, active = true, prefixes = [], signer = signerOf(id).signer } = participant;
    const record = recordOf("participant/1", {
      participantId: id,
      kind,
      names: { en: name },
      ...(prefixes.length > 0 ? { identifierPrefixes: prefixes } : {}),
    });
    const state = { account: `0x${"a0".repeat(20)}`, signer, roles: roleBits(roles), active };
    const common = { ...state, recordHash: record.hash, head: `0x${id.toString(16).padStart(64, "e")}` };
    await prisma.record.create({
      data: {
        hash: record.hash,
        bytes: Buffer.from(record.bytes),
        type: "participant/1",
        subject: `participant-${id}`,
      },
    });
    await prisma.chainParticipant.create({ data: { id, ...common, changedBlock: 1 } });
    await prisma.chainParticipantChange.create({
      data: {
        participantId: id,
        sequence: 0,
        cause: ZERO_HASH,
        ...common,
        changedAt: BigInt(NOW - 1000),
        blockNumber: 1,
        logIndex: id,
      },
    });
  }
}

/** Writes an event into the projection as the follower would after its log in that block. */
export async function projectEvent({ prisma }: TestDatabase, built: Built, blockNumber: number): Promise<void> {
  const { signed, digest, heads } = built;
  await prisma.chainBlock.upsert({
    where: { number: blockNumber },
    create: {
      number: blockNumber,
      hash: blockHash(blockNumber),
      parentHash: blockHash(blockNumber - 1),
      time: NOW + blockNumber,
    },
    update: {},
  });
  const logIndex = await prisma.chainCustodyLog.count({ where: { blockNumber } });
  const signature = signed.actorSignature;
  await prisma.chainCustodyLog.create({
    data: {
      blockNumber,
      logIndex,
      blockHash: blockHash(blockNumber),
      txHash: `0x${(blockNumber * 1000 + logIndex).toString(16).padStart(64, "d")}`,
      digest,
      header: encodeHeader(signed, (signature.length - 2) / 2),
      items: signed.items.map((item) => [item.passportId, item.prevHead, item.recordHash]),
      declined: `0x${signed.declined.toString(16)}`,
      applied: `0x${(((1n << BigInt(signed.items.length)) - 1n) & ~signed.declined).toString(16)}`,
      signatures: signature + signed.counterpartySignature.slice(2),
    },
  });
  for (const [position, item] of signed.items.entries()) {
    if ((signed.declined >> BigInt(position)) & 1n) continue;
    const row = await prisma.chainPassport.findUnique({ where: { id: item.passportId } });
    const before = row === null ? NO_PASSPORT : (row as unknown as PassportState);
    const { head, custodian, phase, moved } = evolve(signed, item, before, heads[position] as PassportState["head"]);
    const length = row?.length ?? 0;
    await prisma.chainCustodyStep.create({
      data: {
        passportId: item.passportId,
        sequence: length,
        digest,
        position,
        kind: signed.kind,
        actor: signed.actor,
        counterparty: signed.counterparty,
        occurredAt: BigInt(signed.occurredAt),
        prevHead: item.prevHead,
        recordHash: item.recordHash,
        blockNumber,
        logIndex,
        ...{ head, custodian, phase, moved },
      },
    });
    const state = { head, custodian, phase, moved, length: length + 1, changedBlock: blockNumber };
    await prisma.chainPassport.upsert({
      where: { id: item.passportId },
      create: {
        id: item.passportId,
        issuer: Number.parseInt(item.passportId.slice(2, 8), 16),
        held: false,
        mintedBlock: blockNumber,
        ...state,
      },
      update: state,
    });
    await prisma.acceptedItem.updateMany({ where: { digest, position }, data: { state: "applied" } });
  }
}
