import { randomBytes } from "node:crypto";
import { keccakText, parseHash, toHex, ZERO_HASH, ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import {
  type CustodyEvent,
  type CustodyKind,
  formatSignedCustodyEvent,
  type Item,
} from "../../../backend/domain/custody/events.ts";
import { acceptanceDigest, hashEvent } from "../../../backend/domain/custody/hashEvent.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { type Role, roleBits } from "../../../backend/domain/participants/roles.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import type { RecordType } from "../../../backend/domain/records/recordTypes.ts";
import { addressOfSecret } from "../../../backend/domain/signatures.ts";
import type { Address, Hash, Head, Hex, JsonObject, PassportId } from "../../../backend/domain/types.ts";
import type { Deployment } from "../../../backend/services/deployment.ts";
import { portableCurve } from "../../../backend/services/signatures/curve.ts";
import { loadNativeCurve } from "../../../backend/services/signatures/nativeCurve.ts";
import type { Transaction } from "../../../backend/storage/database.ts";
import { RECYCLED_PACK } from "../../sample/samplePacks.ts";

// A database that knows participants and passports as if a chain had said so, and events that their owners have signed:
// what accepting needs, and no chain in between that could be the slower one.

export const DEPLOYMENT: Deployment = {
  chainId: 31337,
  contract: `0x${"be".repeat(20)}` as Address,
  deploymentBlock: 1,
  codeHash: parseHash(`0x${"c0".repeat(32)}`, "codeHash"),
};
const SEPARATOR = domainSeparator(DEPLOYMENT);
export const PRODUCER = 1;
const FLEET = 2;
export const secretOf = (id: number): Uint8Array => keccakText(`bench participant ${id}`);
const ROLES: readonly (readonly [id: number, roles: readonly Role[]])[] = [
  [PRODUCER, ["PRODUCER", "CUSTODIAN"]],
  [FLEET, ["CUSTODIAN"]],
];
const PREFIX = "9521000";

/** A passport in the producer's hands, and the head that an event about it starts from. */
export type Owned = { readonly id: PassportId; readonly head: Head };

/** A cursor as a follower would have it, and the two participants. */
export async function insertParticipants(tx: Transaction): Promise<void> {
  const time = Math.floor(Date.now() / 1000);
  await tx.query(
    `INSERT INTO chain_cursor (chain_id, contract, deployment_block, head_number, head_hash, head_time, safe_number,
       finalized_number) VALUES ($1, $2, 1, 100, $3, $4, 90, 80)`,
    [DEPLOYMENT.chainId, DEPLOYMENT.contract, `0x${"aa".repeat(32)}`, time],
  );
  for (const [participantId, roles] of ROLES) {
    const { hash, bytes } = participantRecord(participantId);
    await tx.query("INSERT INTO record (hash, bytes, type, subject) VALUES ($1, $2, 'participant/1', $3)", [
      hash,
      Buffer.from(bytes),
      `participant-${participantId}`,
    ]);
    const address = addressOfSecret(secretOf(participantId));
    await tx.query("INSERT INTO chain_participant VALUES ($1, $2, $2, $3, true, $4, $5, 1)", [
      participantId,
      address,
      roleBits(roles),
      hash,
      ZERO_HASH,
    ]);
  }
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

function fastCurve() {
  try {
    return loadNativeCurve();
  } catch {
    return portableCurve;
  }
}
const curve = fastCurve();

/** Something to be signed about: what the body of a request is made of. */
type Draft = { readonly passportId: PassportId; readonly prevHead: Head; readonly fields: JsonObject };

/** A request's body: the event, signed by its parties, with its records. */
function signedBody(kind: CustodyKind, drafts: readonly Draft[]): string {
  return signedSubmission(SEPARATOR, kind, drafts).body;
}

/** The same for any contract, with what is needed to find the event on its chain. */
export function signedSubmission(separator: Uint8Array, kind: CustodyKind, drafts: readonly Draft[]) {
  const sorted = [...drafts].sort((a, b) => (a.passportId < b.passportId ? -1 : 1));
  const records = sorted.map(({ passportId, fields }) =>
    buildRecord(`${kind}/1` as RecordType, { subject: passportId, ...fields }, random),
  );
  const now = Math.floor(Date.now() / 1000);
  const event: CustodyEvent = {
    kind,
    actor: PRODUCER,
    counterparty: kind === "handover" ? FLEET : 0,
    occurredAt: now - 60,
    deadline: now + 86_400,
    items: sorted.map(
      ({ passportId, prevHead }, i): Item => ({ passportId, prevHead, recordHash: records[i]?.hash as Hash }),
    ),
  };
  const { digest } = hashEvent(separator, event);
  const counterparty = (): Hex => curve.signDigest(secretOf(FLEET), acceptanceDigest(separator, digest, 0n));
  const signed = {
    ...event,
    declined: 0n,
    actorSignature: curve.signDigest(secretOf(PRODUCER), digest),
    counterpartySignature: kind === "handover" ? counterparty() : ("0x" as Hex),
  };
  const body = JSON.stringify({
    event: formatSignedCustodyEvent(signed),
    records: records.map(({ record, disclosures }) => ({ record, disclosures })),
  });
  return { body, digest, signed };
}

/** A handover of these passports, with a record of about 1 kB for each. */
export const handoverBody = (passports: readonly Owned[]): string =>
  signedBody(
    "handover",
    passports.map(({ id, head }) => ({
      passportId: id,
      prevHead: head,
      fields: { condition: "as new", place: "Chongqing", sealNumber: id.slice(30) },
    })),
  );

let serial = 0;
const run = randomBytes(4).toString("hex").toUpperCase();

const { batteryCode: _code, ...MODEL } = RECYCLED_PACK;

/** What a pack's line tester says of each of its modules: a good part of the bytes of a full passport, all withheld. */
const MODULE_TESTS: JsonObject[] = Array.from({ length: 12 }, (_, cell) => ({
  module: `M${cell + 1}`,
  capacity: { value: (166 + cell / 100).toFixed(2), unit: "Ah" },
  resistance: { value: (0.7 + cell / 1000).toFixed(3), unit: "mOhm" },
}));

/** The producer's record, which every mint is held to. */
export const participantRecord = (participantId: number) =>
  buildRecord(
    "participant/1",
    {
      participantId,
      kind: "battery-maker",
      names: { en: "Bench" },
      identifierPrefixes: [{ scheme: "gs1", prefix: PREFIX }],
    },
    random,
  );

/** A new passport of a few public fields, for any contract. */
export function newMint(separator: Uint8Array) {
  const uid = normaliseUid(`https://id.gs1.org/01/09521000000018/21/${run}${++serial}`);
  const passportId = passportIdOf(PRODUCER, uid);
  const fields = { uid, model: { manufacturer: "Bench", chemistry: "NMC622" } };
  return { passportId, ...signedSubmission(separator, "mint", [{ passportId, prevHead: ZERO_HEAD, fields }]) };
}

/** A new pack with everything that is known of it: model data in clear, composition and tests withheld. */
export function mintBody(): string {
  const uid = normaliseUid(`https://id.gs1.org/01/09521000000018/21/${run}${++serial}`);
  const passportId = passportIdOf(PRODUCER, uid);
  return signedBody("mint", [
    { passportId, prevHead: ZERO_HEAD, fields: { ...MODEL, moduleTests: MODULE_TESTS, uid } },
  ]);
}

/** Signatures and their digests, to recover bare. */
export const signatures = Array.from({ length: 64 }, (_, i) => {
  const digest = toHex(keccakText(`bench ${i}`)) as Hash;
  return { digest, signature: curve.signDigest(secretOf(PRODUCER), digest) };
});
