import { dataRecordDigest } from "../anchors/dataRecord.ts";
import { recordLeaf } from "../anchors/recordLeaf.ts";
import type { CustodyHeader, CustodyKind, Item } from "../custody/events.ts";
import {
  eventDigestOfHashes,
  type HashedItem,
  hashHeader,
  hashItem,
  isCreated,
  nextHead,
} from "../custody/hashEvent.ts";
import { decodeHeader } from "../custody/header.ts";
import { domainSeparator } from "../eip712.ts";
import { DomainError } from "../errors.ts";
import type { Hash, Head, Hex, PassportId } from "../types.ts";
import type { EvidenceBundle, EvidenceStep, PassportHistory } from "./bundle.ts";
import { anchorPlace, type ChainQuestion } from "./chainView.ts";
import type { DataRecordEvidence } from "./dataRecordEvidence.ts";
import type { TrustRoot } from "./trustRoot.ts";

/** A step of a bundle with everything that follows from its bytes alone. */
export type ReplayedStep = {
  readonly step: EvidenceStep;
  readonly header: CustodyHeader;
  /** This passport's item. */
  readonly item: Item;
  /** All items that the bundle shows in full. */
  readonly fullItems: readonly Item[];
  readonly digest: Hash;
  /** The passport's head after it. */
  readonly head: Head;
  readonly actorSignature: Hex;
  readonly counterpartySignature: Hex;
};

export type ReplayedHistory = { readonly passportId: PassportId; readonly steps: readonly ReplayedStep[] };

/** A data record of a bundle with its identity, and the leaf that it must be in its publisher's tree. */
export type ReplayedDataRecord = {
  readonly evidence: DataRecordEvidence;
  readonly digest: Hash;
  readonly leaf: Hash;
};

type HashItems = (kind: CustodyKind, items: EvidenceStep["items"]) => readonly HashedItem[];

/** Hashes a step's items; those of a transformation once, though each of its inputs and products shows them all. */
function itemHasher(): HashItems {
  const known = new Map<EvidenceStep["items"], readonly HashedItem[]>();
  return (kind, items) => {
    const before = known.get(items);
    if (before !== undefined) return before;
    const hashed = items.map((item) => hashedItem(kind, item));
    if (kind === "transformation") known.set(items, hashed);
    return hashed;
  };
}

function hashedItem(kind: CustodyKind, item: Item | Hash): HashedItem {
  return typeof item === "string"
    ? { hash: item, created: kind === "mint" }
    : { hash: hashItem(kind, item), created: isCreated(kind, item) };
}

function replayStep(
  hashItems: HashItems,
  separator: Uint8Array,
  passportId: PassportId,
  step: EvidenceStep,
  field: string,
): ReplayedStep {
  const { firstSignatureLength, ...header } = decodeHeader(step.header);
  const item = step.items[step.position];
  const fullItems = step.items.filter((candidate) => typeof candidate !== "string");
  if (item === undefined || typeof item === "string" || item.passportId !== passportId) {
    throw new DomainError("bundle-malformed", `${field} does not show its own passport's item.`, { field });
  }
  if (fullItems.length !== (header.kind === "transformation" ? step.items.length : 1)) {
    throw new DomainError("bundle-malformed", `${field} shows the wrong items in full.`, { field });
  }
  const hashed = hashItems(header.kind, step.items);
  const digest = eventDigestOfHashes(separator, header, hashed);
  const split = 2 + 2 * firstSignatureLength;
  return {
    step,
    header,
    item,
    fullItems,
    digest,
    head: nextHead(hashHeader(separator, header, digest), (hashed[step.position] as HashedItem).hash),
    actorSignature: step.signatures.slice(0, split) as Hex,
    counterpartySignature: `0x${step.signatures.slice(split)}`,
  };
}

/** Digests and heads of every step, as the trusted contract would compute them. Throws DomainErrors of form. */
export function replayBundle(bundle: EvidenceBundle, trustRoot: TrustRoot): ReplayedHistory[] {
  const separator = domainSeparator(trustRoot);
  const hashItems = itemHasher();
  return bundle.histories.map((history: PassportHistory, h) => ({
    passportId: history.passportId,
    steps: history.steps.map((step, i) =>
      replayStep(hashItems, separator, history.passportId, step, `histories[${h}].steps[${i}]`),
    ),
  }));
}

/** The data records of a bundle, as signed for the trusted contract. */
export function replayDataRecords({ dataRecords }: EvidenceBundle, trustRoot: TrustRoot): ReplayedDataRecord[] {
  const separator = domainSeparator(trustRoot);
  return dataRecords.map((evidence) => {
    const digest = dataRecordDigest(separator, evidence.dataRecord);
    return { evidence, digest, leaf: recordLeaf(evidence.publisher, digest) };
  });
}

/** What a verifier must ask its RPCs to judge this bundle. */
export function questionOf(bundle: EvidenceBundle, histories: readonly ReplayedHistory[]): ChainQuestion {
  const events = new Map<Hash, { digest: Hash; blockNumber: number }>();
  for (const { steps } of histories) {
    for (const { digest, step } of steps) events.set(digest, { digest, blockNumber: step.blockNumber });
  }
  const anchors = new Map(
    bundle.dataRecords.map(({ publisher, blockNumber }) => [
      anchorPlace({ publisher, blockNumber }),
      { publisher, blockNumber },
    ]),
  );
  return {
    passportIds: histories.map((history) => history.passportId),
    participantIds: bundle.participants.map((participant) => participant.id),
    events: [...events.values()],
    anchors: [...anchors.values()],
    signers: [...new Set(bundle.participants.flatMap(({ changes }) => changes.map((change) => change.signer)))],
  };
}
