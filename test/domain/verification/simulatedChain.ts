import { secp256k1 } from "@noble/curves/secp256k1.js";
import { anchorRoot } from "../../../backend/domain/anchors/anchor.ts";
import {
  type DataRecord,
  dataRecordDigest,
  type SignedDataRecord,
} from "../../../backend/domain/anchors/dataRecord.ts";
import { inclusionProof } from "../../../backend/domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../../backend/domain/anchors/recordLeaf.ts";
import { fromHex, keccakText, toHex, ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import type { CustodyEvent, CustodyKind, Item } from "../../../backend/domain/custody/events.ts";
import { isDeclined } from "../../../backend/domain/custody/events.ts";
import { acceptanceDigest, hashEvent, isCreated } from "../../../backend/domain/custody/hashEvent.ts";
import { encodeHeader } from "../../../backend/domain/custody/header.ts";
import { evolve } from "../../../backend/domain/custody/rules.ts";
import { NO_PASSPORT, type PassportState } from "../../../backend/domain/custody/state.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { type ParticipantChange, participantHeads } from "../../../backend/domain/participants/history.ts";
import { type Role, roleBits } from "../../../backend/domain/participants/roles.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { addressOf, recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Address, Hash, Hex, JsonObject, PassportId } from "../../../backend/domain/types.ts";
import type { EvidenceBundle } from "../../../backend/domain/verification/bundle.ts";
import { formatBundle } from "../../../backend/domain/verification/bundle.ts";
import {
  type AnchorLog,
  anchorPlace,
  type ChainView,
  type CustodyLog,
} from "../../../backend/domain/verification/chainView.ts";
import type { TrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import type { LoggedDataRecord } from "../../../backend/evidence/gatherDataRecords.ts";
import { gatherEvidence, type LoggedStep } from "../../../backend/evidence/gatherEvidence.ts";

/** A chain held in memory that follows the domain's own rules: fast ground truth for the verifier's tests. */

export const trustRoot: TrustRoot = {
  chainId: 31337,
  contract: "0x5fbdb2315678afecb367f032d93f642f64180aa3" as Address,
  codeHash: toHex(keccakText("code")) as Hash,
};
const separator = domainSeparator(trustRoot);

const keyOf = (name: string): Uint8Array => keccakText(`key of ${name}`);
export const addressOfKey = (key: Uint8Array): Address => addressOf(secp256k1.getPublicKey(key, false));

export function sign(key: Uint8Array, digest: Hash): Hex {
  const signature = secp256k1.sign(fromHex(digest), key, { prehash: false, format: "recovered" });
  // noble: recovery ‖ r ‖ s; Ethereum: r ‖ s ‖ v
  return toHex(Uint8Array.of(...signature.subarray(1), 27 + (signature[0] as number)));
}

/** Repeatable salts: a counter hashed. */
function countingRandom(): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => keccakText(`random ${counter++}`).slice(0, length);
}

type Passport = { state: PassportState; steps: LoggedStep[] };

export class SimulatedChain {
  time = 1_780_000_000;
  block = 10;
  readonly random = countingRandom();
  readonly keys = new Map<number, Uint8Array>();
  readonly changes = new Map<number, ParticipantChange[]>();
  readonly records = new Map<Hash, { record: JsonObject; disclosures: readonly string[] }>();
  readonly passports = new Map<PassportId, Passport>();
  readonly logs = new Map<Hash, CustodyLog[]>();
  readonly anchors = new Map<string, AnchorLog[]>();
  readonly dataRecords: LoggedDataRecord[] = [];

  private mine(): void {
    this.block += 1;
    this.time += 12;
  }

  private blockHash(): Hash {
    return toHex(keccakText(`block ${this.block}`)) as Hash;
  }

  store(type: Parameters<typeof buildRecord>[0], fields: JsonObject): Hash {
    const { hash, record, disclosures } = buildRecord(type, fields, this.random);
    this.records.set(hash, { record, disclosures });
    return hash;
  }

  admit(id: number, name: string, roles: readonly Role[], prefix?: string): void {
    this.mine();
    const key = keyOf(name);
    this.keys.set(id, key);
    const recordHash = this.store("participant/1", {
      participantId: id,
      kind: name.replaceAll(" ", "-"),
      names: { en: name },
      identifierPrefixes: prefix === undefined ? [] : [{ scheme: "gs1", prefix }],
    });
    this.change(id, {
      account: addressOfKey(key),
      signer: addressOfKey(key),
      roles: roleBits(roles),
      active: true,
      recordHash,
    });
  }

  change(id: number, change: Partial<ParticipantChange>): void {
    this.mine();
    const history = this.changes.get(id) ?? [];
    const cause = toHex(keccakText(`proposal ${this.block}`)) as Hash;
    history.push({ ...(history.at(-1) as ParticipantChange), ...change, cause, changedAt: this.time });
    this.changes.set(id, history);
  }

  /** Signs and applies an event on the passports, whatever the rules say: the verifier must find out. */
  apply(kind: CustodyKind, actor: number, counterparty: number, items: readonly Item[], declined = 0n): Hash {
    this.mine();
    const event: CustodyEvent = {
      kind,
      actor,
      counterparty,
      items,
      occurredAt: this.time - 5,
      deadline: this.time + 3600,
    };
    const { digest, heads } = hashEvent(separator, event);
    const actorSignature = sign(this.keys.get(actor) as Uint8Array, digest);
    const counterpartySignature =
      counterparty === 0
        ? "0x"
        : sign(this.keys.get(counterparty) as Uint8Array, acceptanceDigest(separator, digest, declined));
    let applied = 0n;
    items.forEach((_, i) => {
      if (!isDeclined(declined, i)) applied |= 1n << BigInt(i);
    });
    const log = {
      blockNumber: this.block,
      blockHash: this.blockHash(),
      header: encodeHeader(event, (actorSignature.length - 2) / 2),
      declined,
      applied,
      signatures: `${actorSignature}${counterpartySignature.slice(2)}` as Hex,
    };
    this.logs.set(digest, [{ ...log, blockTime: this.time }]);
    items.forEach((item, position) => {
      if (isDeclined(declined, position)) return;
      const passport = this.passports.get(item.passportId) ?? { state: NO_PASSPORT, steps: [] };
      passport.state = evolve(event, item, passport.state, heads[position] as never);
      passport.steps.push({ ...log, position, items });
      this.passports.set(item.passportId, passport);
    });
    return digest;
  }

  item(kind: CustodyKind, passportId: PassportId, fields: JsonObject = {}): Item {
    const prevHead = this.passports.get(passportId)?.state.head ?? ZERO_HEAD;
    const recordHash = this.store(`${kind}/1` as never, { subject: passportId, ...fields });
    return { passportId, prevHead, recordHash };
  }

  mint(issuer: number, uid: string): PassportId {
    const passportId = passportIdOf(issuer, normaliseUid(uid));
    this.apply("mint", issuer, 0, [
      this.item("mint", passportId, { uid, model: { chemistry: "NMC622" }, item: { stateOfHealth: "0.98" } }),
    ]);
    return passportId;
  }

  /** Mints an item whose record names its model's. */
  mintOfModel(issuer: number, uid: string, modelRecord: Hash, fields: JsonObject = {}): PassportId {
    const passportId = passportIdOf(issuer, normaliseUid(uid));
    const recordHash = this.store("mint/2", { subject: passportId, uid, modelRecord, ...fields });
    this.apply("mint", issuer, 0, [{ passportId, prevHead: ZERO_HEAD, recordHash }]);
    return passportId;
  }

  /** The record with a model's data. */
  storeModel(issuer: number, uid: string, model: JsonObject): Hash {
    return this.store("model/1", { subject: passportIdOf(issuer, normaliseUid(uid)), uid, model });
  }

  handover(giver: number, receiver: number, ids: readonly PassportId[], declined = 0n): void {
    const items = [...ids].sort().map((id) => this.item("handover", id, { condition: { remark: "sound" } }));
    this.apply("handover", giver, receiver, items, declined);
  }

  transform(actor: number, inputs: readonly PassportId[], outputs: readonly string[]): PassportId[] {
    const created = outputs.map((uid) => ({ uid, id: passportIdOf(actor, normaliseUid(uid)) }));
    const items = [
      ...inputs.map((id) => this.item("transformation", id)),
      ...created.map(({ uid, id }) => this.item("transformation", id, { uid })),
    ].sort((a, b) => (a.passportId < b.passportId ? -1 : 1));
    this.apply("transformation", actor, 0, items);
    if (!items.some((item) => isCreated("transformation", item))) throw new Error("no outputs");
    return created.map(({ id }) => id);
  }

  /** A data record, signed by its author. */
  observe(author: number, subjectId: PassportId, fields: JsonObject): SignedDataRecord {
    const recordHash = this.store("data/1", { subject: subjectId, ...fields });
    return this.signDataRecord({ subjectId, author, occurredAt: this.time - 60, recordHash });
  }

  /** Signs with the author's key, or another's. */
  signDataRecord(record: DataRecord, key = this.keys.get(record.author) as Uint8Array): SignedDataRecord {
    const { subjectId, author, occurredAt, recordHash } = record;
    const signature = sign(key, dataRecordDigest(separator, record));
    return { subjectId, author, occurredAt, recordHash, signature };
  }

  /** Anchors data records in one tree, whatever they are: the contract cannot know. */
  anchor(publisher: number, records: readonly SignedDataRecord[]): void {
    this.mine();
    const leaves = records.map((record) => recordLeaf(publisher, dataRecordDigest(separator, record)));
    const place = { blockNumber: this.block, blockHash: this.blockHash(), blockTime: this.time, publisher };
    const root = anchorRoot(separator, publisher, records);
    this.anchors.set(anchorPlace(place), [{ ...place, root, count: records.length }]);
    records.forEach((dataRecord, leafIndex) => {
      this.dataRecords.push({ ...place, leafIndex, proof: inclusionProof(leaves, leafIndex), dataRecord });
    });
  }

  async bundle(passportId: PassportId): Promise<EvidenceBundle> {
    const bundle = await gatherEvidence(trustRoot, passportId, {
      readSteps: async (id) => this.passports.get(id)?.steps ?? [],
      readParticipantChanges: async (id) => this.changes.get(id) ?? [],
      readRecords: async (hashes) =>
        new Map(
          hashes.flatMap((hash) => {
            const found = this.records.get(hash);
            return found ? [[hash, found.record] as const] : [];
          }),
        ),
      readDataRecords: async (ids) => this.dataRecords.filter(({ dataRecord }) => ids.includes(dataRecord.subjectId)),
      recoverSigner,
    });
    if (bundle === null) throw new Error(`no passport ${passportId}`);
    return bundle;
  }

  async bytes(passportId: PassportId): Promise<Uint8Array> {
    return formatBundle(await this.bundle(passportId));
  }

  view(): ChainView {
    return {
      rpcs: ["simulated"],
      ...trustRoot,
      block: { number: this.block, hash: this.blockHash(), time: this.time },
      tag: "finalized",
      passports: new Map([...this.passports].map(([id, { state }]) => [id, state])),
      participantHeads: new Map([...this.changes].map(([id, list]) => [id, participantHeads(id, list).at(-1) as Hash])),
      holds: new Map(),
      custodyLogs: new Map(this.logs),
      anchorLogs: new Map(this.anchors),
      contractWallets: new Set(),
      successor: null,
    };
  }
}

export const UID = "https://id.gs1.org/01/09521002005004/21/PACK-0001";

/**
 * Producer 1, fleet 2, collection point 3, recycler 4; one pack from mint to closure. Test lab 5 measures both packs in
 * between and mends a figure later; operator 7 anchors what it wrote.
 */
export function playedChain(): { chain: SimulatedChain; pack: PassportId } {
  const chain = new SimulatedChain();
  chain.admit(1, "producer", ["PRODUCER", "CUSTODIAN"], "9521002");
  chain.admit(2, "fleet", ["CUSTODIAN"]);
  chain.admit(3, "collection point", ["CUSTODIAN"]);
  chain.admit(4, "recycler", ["CUSTODIAN", "RECYCLER"]);
  chain.admit(5, "test lab", ["TEST_LAB"]);
  chain.admit(7, "operator", ["OPERATOR"]);
  const pack = chain.mint(1, UID);
  const second = chain.mint(1, "https://id.gs1.org/01/09521002005004/21/PACK-0002");
  chain.handover(1, 2, [pack, second]);
  chain.handover(2, 3, [pack]);
  const measured = { kind: "state-of-health", stateOfHealth: { value: "76.0", unit: "%" } };
  chain.anchor(7, [chain.observe(5, second, measured), chain.observe(5, pack, measured)]);
  chain.handover(3, 4, [pack]);
  chain.apply("closure", 4, 0, [chain.item("closure", pack, { recovered: [] })]);
  chain.anchor(7, [chain.observe(5, pack, { kind: "correction", value: { value: "75.9", unit: "%" } })]);
  return { chain, pack };
}
