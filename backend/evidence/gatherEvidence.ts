import { hasCounterparty, type Item } from "../domain/custody/events.ts";
import { hashItem } from "../domain/custody/hashEvent.ts";
import { decodeHeader } from "../domain/custody/header.ts";
import type { SigningDomain } from "../domain/eip712.ts";
import { DomainError } from "../domain/errors.ts";
import { issuerOf } from "../domain/identifiers/passportId.ts";
import type { ParticipantChange } from "../domain/participants/history.ts";
import { namedModel } from "../domain/records/namedModel.ts";
import type { RecoverSigner } from "../domain/signatures.ts";
import type { Hash, Hex, JsonObject, ParticipantId, PassportId } from "../domain/types.ts";
import {
  type EvidenceBundle,
  type EvidenceStep,
  MAX_HISTORIES,
  type ParticipantEvidence,
  type PassportHistory,
} from "../domain/verification/bundle.ts";
import { MAX_DATA_RECORDS } from "../domain/verification/dataRecordEvidence.ts";
import type { ModelEvidence } from "../domain/verification/modelEvidence.ts";
import { gatherDataRecords, type LoggedDataRecord } from "./gatherDataRecords.ts";

/** An applied item with the log it stands in. */
export type LoggedStep = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly header: Hash;
  readonly position: number;
  /** All items of the event. */
  readonly items: readonly Item[];
  readonly declined: bigint;
  readonly applied: bigint;
  readonly signatures: Hex;
};

/** Where the evidence comes from: an operator's tables, or the chain's logs and content-addressed storage themselves. */
export type EvidenceReaders = {
  /** The passport's steps from its creation on; empty for an unknown passport. */
  readonly readSteps: (id: PassportId) => Promise<readonly LoggedStep[]>;
  readonly readParticipantChanges: (id: ParticipantId) => Promise<readonly ParticipantChange[]>;
  /** Public records by hash; those that are not to be had are absent from the answer. */
  readonly readRecords: (hashes: readonly Hash[]) => Promise<ReadonlyMap<Hash, JsonObject>>;
  /** Anchored data records about these passports, the newest first, at most so many. */
  readonly readDataRecords: (ids: readonly PassportId[], most: number) => Promise<readonly LoggedDataRecord[]>;
  /** Tells whose signatures they are: native where there is one, which judges as strictly. */
  readonly recoverSigner: RecoverSigner;
};

/**
 * Collects everything that a verifier needs about a passport, with its ancestors to any depth, each once, and the data
 * records about any of them.
 * @returns null for a passport that is not on the chain
 */
export async function gatherEvidence(
  deployment: SigningDomain,
  passportId: PassportId,
  readers: EvidenceReaders,
): Promise<EvidenceBundle | null> {
  const loggedHistories = await gatherHistories(passportId, readers);
  if (loggedHistories === null) return null;
  const logged = await readers.readDataRecords([...loggedHistories.keys()], MAX_DATA_RECORDS);
  const actors = participantsOf(loggedHistories);
  const changes = new Map<ParticipantId, readonly ParticipantChange[]>();
  for (const id of new Set([...actors, ...logged.flatMap(partiesOf)])) {
    changes.set(id, await readers.readParticipantChanges(id));
  }

  const hashes = new Set<Hash>(logged.map(({ dataRecord }) => dataRecord.recordHash));
  for (const steps of loggedHistories.values()) {
    for (const step of steps) hashes.add((step.items[step.position] as Item).recordHash);
  }
  for (const list of changes.values()) for (const change of list) hashes.add(change.recordHash);
  const records = await readers.readRecords([...hashes]);

  const histories: PassportHistory[] = [...loggedHistories].map(([id, steps]) => ({
    passportId: id,
    steps: steps.map((step) => evidenceStep(step, records)),
  }));
  const dataRecords = gatherDataRecords(deployment, logged, changes, records, readers.recoverSigner);
  const participantIds = [...new Set([...actors, ...dataRecords.flatMap(partiesOf)])].sort((a, b) => a - b);
  const uid = histories[0]?.steps[0]?.record?.uid;
  const { chainId, contract } = deployment;
  return {
    chainId,
    contract,
    uid: typeof uid === "string" ? uid : "",
    histories,
    models: await gatherModels(histories, readers),
    participants: participantIds.map((id) => participantEvidence(id, changes.get(id) ?? [], records)),
    dataRecords,
  };
}

/** The chain names an item's first record, and that one may name its model's: hence a second look. */
async function gatherModels(
  histories: readonly PassportHistory[],
  { readRecords }: Pick<EvidenceReaders, "readRecords">,
): Promise<ModelEvidence[]> {
  const named = new Set(histories.map(({ steps }) => namedModel(steps[0]?.record ?? null)));
  named.delete(undefined);
  if (named.size === 0) return [];
  const hashes = [...named] as Hash[];
  const records = await readRecords(hashes);
  return hashes.flatMap((recordHash) => {
    const record = records.get(recordHash);
    return record === undefined ? [] : [{ recordHash, record, disclosures: [] }];
  });
}

const partiesOf = ({ publisher, dataRecord }: Pick<LoggedDataRecord, "publisher" | "dataRecord">): ParticipantId[] => [
  dataRecord.author,
  publisher,
];

async function gatherHistories(
  passportId: PassportId,
  { readSteps }: EvidenceReaders,
): Promise<Map<PassportId, readonly LoggedStep[]> | null> {
  const histories = new Map<PassportId, readonly LoggedStep[]>();
  const open = [passportId];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    if (histories.has(id)) continue;
    if (histories.size >= MAX_HISTORIES) {
      const sentence = `The passport has more than ${MAX_HISTORIES} ancestors; evidence about it would be too large.`;
      throw new DomainError("lineage-too-large", sentence, { passportId, most: MAX_HISTORIES });
    }
    const steps = await readSteps(id);
    if (steps.length === 0) {
      if (histories.size === 0) return null;
      continue; // a parent that the source lacks: the verifier says that it is missing
    }
    histories.set(id, steps);
    const first = steps[0] as LoggedStep;
    if (decodeHeader(first.header).kind === "transformation") {
      for (const item of first.items) if (!/^0x0+$/.test(item.prevHead)) open.push(item.passportId);
    }
  }
  return histories;
}

function participantsOf(histories: ReadonlyMap<PassportId, readonly LoggedStep[]>): ParticipantId[] {
  const ids = new Set<ParticipantId>();
  for (const [passportId, steps] of histories) {
    ids.add(issuerOf(passportId));
    for (const step of steps) {
      const { kind, actor, counterparty } = decodeHeader(step.header);
      if (actor !== 0) ids.add(actor);
      if (hasCounterparty(kind)) ids.add(counterparty);
    }
  }
  return [...ids];
}

function evidenceStep(step: LoggedStep, records: ReadonlyMap<Hash, JsonObject>): EvidenceStep {
  const { kind } = decodeHeader(step.header);
  const own = step.items[step.position] as Item;
  return {
    blockNumber: step.blockNumber,
    blockHash: step.blockHash,
    header: step.header,
    position: step.position,
    items: step.items.map((item) => (item === own || kind === "transformation" ? item : hashItem(kind, item))),
    declined: step.declined,
    applied: step.applied,
    signatures: step.signatures,
    record: records.get(own.recordHash) ?? null,
    disclosures: [],
  };
}

function participantEvidence(
  id: ParticipantId,
  changes: readonly ParticipantChange[],
  records: ReadonlyMap<Hash, JsonObject>,
): ParticipantEvidence {
  const named = [...new Set(changes.map((change) => change.recordHash))];
  return { id, changes, records: named.map((hash) => records.get(hash)).filter((record) => record !== undefined) };
}
