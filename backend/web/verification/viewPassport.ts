import type { CustodyKind } from "../../domain/custody/events.ts";
import { isCreated } from "../../domain/custody/hashEvent.ts";
import type { PassportState } from "../../domain/custody/state.ts";
import { DomainError } from "../../domain/errors.ts";
import { issuerOf } from "../../domain/identifiers/passportId.ts";
import { type ParsedUid, parseUid } from "../../domain/identifiers/uid.ts";
import type { Hash, Head, JsonObject, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import { type EvidenceBundle, parseBundle } from "../../domain/verification/bundle.ts";
import { anchorPlace, type ChainUnavailable, type ChainView } from "../../domain/verification/chainView.ts";
import { finalSteps } from "../../domain/verification/checkHistory.ts";
import { itemFields, knownFields } from "../../domain/verification/itemFields.ts";
import {
  type ReplayedDataRecord,
  type ReplayedHistory,
  type ReplayedStep,
  replayBundle,
  replayDataRecords,
} from "../../domain/verification/replay.ts";
import { blockTimeOf } from "../../domain/verification/standings.ts";
import type { TrustRoot } from "../../domain/verification/trustRoot.ts";

export type StepView = {
  readonly kind: CustodyKind;
  readonly actor: ParticipantId;
  readonly counterparty: ParticipantId;
  /** When it happened, as the actor says. */
  readonly occurredAt: UnixTime;
  /** Block time by the visitor's RPC; null while it is not known. */
  readonly recordedAt: UnixTime | null;
  readonly blockNumber: number;
  /** How many items the consignment had. */
  readonly items: number;
  /** Of a transformation: the passports that it ended, and those that it began. */
  readonly inputs: readonly PassportId[];
  readonly products: readonly PassportId[];
  readonly digest: Hash;
  readonly head: Head;
  readonly recordHash: Hash;
  /** What the evidence discloses of the event's record; the first one's stands among the item's own fields. */
  readonly fields: JsonObject;
  /** Whether the chain's final head covers it; null when the chain could not be asked. */
  readonly final: boolean | null;
};

/** A data record about the item or one that it was made from: never more than that it exists, but for what is disclosed. */
export type DataRecordView = {
  readonly author: ParticipantId;
  readonly publisher: ParticipantId;
  readonly subjectId: PassportId;
  /** When it was observed, as the author says. */
  readonly occurredAt: UnixTime;
  /** Time of the anchor's block by the visitor's RPC; null while it is not known. */
  readonly recordedAt: UnixTime | null;
  readonly blockNumber: number;
  readonly digest: Hash;
  readonly recordHash: Hash;
  /** Withheld fields that the evidence discloses. */
  readonly fields: JsonObject;
  /** Whether its anchor is final; null when the chain could not be asked. */
  readonly final: boolean | null;
};

export type ParticipantView = { readonly names: Readonly<Record<string, string>>; readonly kind: string | null };

/** What the evidence says about an item, as a page shows it: no more than was checked. */
export type PassportView = {
  readonly passportId: PassportId;
  readonly uid: string;
  /** The uid taken apart; null when it follows no scheme. */
  readonly parsedUid: ParsedUid | null;
  readonly issuer: ParticipantId;
  /** Public fields of the record that created the passport, with those of its model. */
  readonly fields: JsonObject;
  /** What the chain holds about it now; null when it could not be asked. */
  readonly state: PassportState | null;
  readonly steps: readonly StepView[];
  /** Oldest first. */
  readonly dataRecords: readonly DataRecordView[];
  /** By participant id, as a text. */
  readonly participants: Readonly<Record<string, ParticipantView>>;
  /** Ancestors by transformation, nearest first. */
  readonly ancestors: readonly PassportId[];
};

/** The content of unverified evidence for display beside the report about it; null for evidence that cannot be read. */
export function viewPassport(
  unverifiedBundle: Uint8Array,
  trustRoot: TrustRoot,
  chainView: ChainView | ChainUnavailable,
): PassportView | null {
  try {
    const bundle = parseBundle(unverifiedBundle);
    const [history] = replayBundle(bundle, trustRoot);
    if (history === undefined) return null;
    const dataRecords = replayDataRecords(bundle, trustRoot);
    return viewOf(bundle, history, dataRecords, "unavailable" in chainView ? null : chainView);
  } catch (error) {
    if (error instanceof DomainError) return null; // the report says why
    throw error;
  }
}

function viewOf(
  bundle: EvidenceBundle,
  history: ReplayedHistory,
  dataRecords: readonly ReplayedDataRecord[],
  view: ChainView | null,
): PassportView {
  const { passportId, steps } = history;
  const final = view === null ? null : finalSteps(history, view);
  return {
    passportId,
    uid: bundle.uid,
    parsedUid: parsedOrNull(bundle.uid),
    issuer: issuerOf(passportId),
    fields: publicFields(itemFields(bundle)),
    state: view?.passports.get(passportId) ?? null,
    steps: steps.map((step, i) => ({
      ...stepView(step, final === null ? null : i < final, view),
      fields: i === 0 ? {} : publicFields(knownFields(step.step)),
    })),
    dataRecords: dataRecords.map((one) => dataRecordView(one, view)),
    participants: Object.fromEntries(
      bundle.participants.map(({ id, records }) => [id, participantView(records.at(-1))]),
    ),
    ancestors: bundle.histories.slice(1).map((ancestor) => ancestor.passportId),
  };
}

function stepView(replayed: ReplayedStep, final: boolean | null, view: ChainView | null): Omit<StepView, "fields"> {
  const { header, step, item, digest, head } = replayed;
  const transformed = header.kind === "transformation" ? replayed.fullItems : [];
  return {
    kind: header.kind,
    actor: header.actor,
    counterparty: header.counterparty,
    occurredAt: header.occurredAt,
    recordedAt: view === null ? null : blockTimeOf(view, replayed),
    blockNumber: step.blockNumber,
    items: step.items.length,
    inputs: transformed.filter((one) => !isCreated(header.kind, one)).map((one) => one.passportId),
    products: transformed.filter((one) => isCreated(header.kind, one)).map((one) => one.passportId),
    digest,
    head,
    recordHash: item.recordHash,
    final,
  };
}

function dataRecordView({ evidence, digest }: ReplayedDataRecord, view: ChainView | null): DataRecordView {
  const { dataRecord, blockNumber, blockHash, publisher } = evidence;
  const { author, subjectId, occurredAt, recordHash } = dataRecord;
  const logs = view?.anchorLogs?.get(anchorPlace(evidence)) ?? [];
  return {
    author,
    publisher,
    subjectId,
    occurredAt,
    recordedAt: logs.find((log) => log.blockHash === blockHash)?.blockTime ?? null,
    blockNumber,
    digest,
    recordHash,
    fields: publicFields(knownFields(evidence)),
    final: view === null ? null : blockNumber <= view.block.number,
  };
}

function parsedOrNull(uid: string): ParsedUid | null {
  try {
    return parseUid(uid);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** What belongs to the record's own form, or is shown elsewhere. */
const NOT_SHOWN = new Set(["type", "subject", "uid", "modelRecord", "_sd", "_sd_alg"]);

const publicFields = (record: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !NOT_SHOWN.has(name)));

function participantView(record: JsonObject | undefined): ParticipantView {
  const names = record?.names;
  const texts = typeof names === "object" && names !== null ? Object.entries(names) : [];
  return {
    names: Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
    kind: typeof record?.kind === "string" ? record.kind : null,
  };
}
