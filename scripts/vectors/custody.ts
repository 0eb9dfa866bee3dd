import { id } from "ethers";
import {
  acceptanceDigest,
  type CustodyEvent,
  type EventHashes,
  encodeHeader,
  encodeState,
  encodeType,
  hashEvent,
  type Item,
  isCreated,
  type Kind,
  passportIdOf,
  type State,
  typedEvent,
  ZERO_HEAD,
} from "../typedData.ts";
import {
  CAST,
  CUSTODY_FROM,
  DAY,
  domain,
  domainFields,
  join,
  keyOfParticipant,
  LATER_THRESHOLD,
  laterGovernors,
  type Name,
  sign,
  sized,
} from "./story.ts";

export type SignedEvent = CustodyEvent & {
  actorSignature: string;
  counterpartySignature: string;
  declined: string;
};
export type Submitted = { header: string; items: Item[]; declined: string; signatures: string };
type Applied = { applied: number[]; rejected?: Record<number, string>; uids?: Record<string, string> };

export const hasCounterparty = (kind: Kind): boolean => kind === "handover" || kind === "reassignment";

export const UIDS = {
  packA: "https://id.gs1.org/01/09506000134352/21/PACK-A",
  packB: "https://id.gs1.org/01/09506000134352/21/PACK-B",
  packC: "https://id.gs1.org/01/09506000134352/21/PACK-C",
  found: "urn:battery:found-without-papers",
  moduleE: "urn:workshop:module-E",
  moduleF: "urn:workshop:module-F",
  moduleG: "urn:workshop:module-G",
};

export const newItem = (issuer: Name, uid: string): Item => ({
  passportId: passportIdOf(CAST[issuer].id, uid),
  prevHead: ZERO_HEAD,
  recordHash: id(`record of ${uid}`),
});

export function eventAt(blockTime: number, kind: Kind, actor: number, items: Item[], counterparty = 0): CustodyEvent {
  const sorted = [...items].sort((a, b) => (a.passportId < b.passportId ? -1 : 1));
  return { kind, actor, counterparty, occurredAt: blockTime - 3600, deadline: blockTime + DAY, items: sorted };
}

export function signEvent(event: CustodyEvent, declined: bigint): SignedEvent {
  const { digest } = hashEvent(domain, event);
  const actorSignature =
    event.kind === "reassignment"
      ? join(...laterGovernors.slice(0, LATER_THRESHOLD).map((key) => sign(key, digest)))
      : sign(keyOfParticipant(event.actor), digest);
  const counterpartySignature = hasCounterparty(event.kind)
    ? sign(keyOfParticipant(event.counterparty), acceptanceDigest(domain, digest, declined))
    : "0x";
  return { ...event, actorSignature, counterpartySignature, declined: `0x${declined.toString(16)}` };
}

export const submittedFrom = (event: SignedEvent): Submitted => ({
  header: encodeHeader(event, sized(event.actorSignature)),
  items: event.items,
  declined: event.declined,
  signatures: join(event.actorSignature, event.counterpartySignature),
});

/** Tells what happens to passports, event after event, and what the chain must hold after each. */
export class CustodyStory {
  readonly vectors: Record<string, unknown> = {};
  readonly states = new Map<string, State>();
  time = CUSTODY_FROM;

  /** The item as the next event names it. */
  item(passportId: string, record: string): Item {
    return { passportId, prevHead: this.states.get(passportId)?.head ?? ZERO_HEAD, recordHash: id(record) };
  }

  tell(name: string, event: CustodyEvent, outcome: Applied, declined = 0n): SignedEvent {
    const hashes = hashEvent(domain, event);
    const signed = signEvent(event, declined);
    for (const position of outcome.applied) this.#apply(event, hashes, position);
    const applied = outcome.applied.reduce((bitmap, position) => bitmap | (1n << BigInt(position)), 0n);
    const { types } = typedEvent(event);
    this.vectors[`${String(Object.keys(this.vectors).length + 1).padStart(2, "0")}-${name}`] = {
      domain: domainFields,
      blockTime: this.time,
      ...(outcome.uids === undefined ? {} : { uids: outcome.uids }),
      event: signed,
      submitted: submittedFrom(signed),
      expected: {
        type: encodeType(types),
        ...hashes,
        ...(hasCounterparty(event.kind) ? { acceptanceDigest: acceptanceDigest(domain, hashes.digest, declined) } : {}),
        applied: `0x${applied.toString(16)}`,
        rejected: Object.entries(outcome.rejected ?? {}).map(([itemIndex, reason]) => ({
          itemIndex: Number(itemIndex),
          reason,
        })),
        states: Object.fromEntries(
          event.items.flatMap(({ passportId }) => {
            const state = this.states.get(passportId);
            return state === undefined ? [] : [[passportId, { ...state, word: encodeState(state) }]];
          }),
        ),
      },
    };
    this.time += 60;
    return signed;
  }

  #apply(event: CustodyEvent, hashes: EventHashes, position: number): void {
    const item = event.items[position] as Item;
    const head = hashes.heads[position] ?? "";
    const before = this.states.get(item.passportId);
    if (before === undefined || isCreated(event.kind, item)) {
      const custodian = event.actor;
      this.states.set(item.passportId, { head, custodian, phase: "active", moved: false, held: false });
      return;
    }
    const ends = { transformation: "transformed", closure: "closed", void: "void" } as const;
    const moves = hasCounterparty(event.kind) ? { custodian: event.counterparty, moved: true } : {};
    const phase = event.kind in ends ? { phase: ends[event.kind as keyof typeof ends] } : {};
    this.states.set(item.passportId, { ...before, ...moves, ...phase, head });
  }
}

/** The passports of the story after all of it. */
export function tellCustody(): CustodyStory {
  const story = new CustodyStory();
  const { producer, fleet, workshop, recycler, registrar } = CAST;
  const packs = [UIDS.packA, UIDS.packB, UIDS.packC];
  const packItems = packs.map((uid) => newItem("producer", uid));
  const ids = packItems.map(({ passportId }) => passportId);
  const [a = "", b = "", c = ""] = ids;
  const uidsOf = (...known: [Name, string][]): Record<string, string> =>
    Object.fromEntries(known.map(([issuer, uid]) => [passportIdOf(CAST[issuer].id, uid), uid]));
  const events = (kind: Kind, actor: number, items: Item[], counterparty = 0) =>
    eventAt(story.time, kind, actor, items, counterparty);
  const items = (record: string, ...passportIds: string[]): Item[] =>
    passportIds.map((passportId) => story.item(passportId, `${record} of ${passportId}`));

  story.tell("mint-of-three-packs", events("mint", producer.id, packItems), {
    applied: [0, 1, 2],
    uids: uidsOf(...packs.map((uid): [Name, string] => ["producer", uid])),
  });
  const found = newItem("registrar", UIDS.found);
  story.tell("mint-by-a-registrar", events("mint", registrar.id, [found]), {
    applied: [0],
    uids: uidsOf(["registrar", UIDS.found]),
  });
  const consignment = events("handover", producer.id, items("handover", a, b, c), fleet.id);
  story.tell("handover-with-the-second-item-declined", consignment, { applied: [0, 2] }, 0b010n);
  story.tell("same-handover-again-with-nothing-declined", consignment, {
    applied: [1],
    rejected: { 0: "stale-head", 2: "stale-head" },
  });
  story.tell("withdrawal", events("withdrawal", fleet.id, items("withdrawal", a)), { applied: [0] });
  story.tell("handover-of-all", events("handover", fleet.id, items("return", a, b, c), workshop.id), {
    applied: [0, 1, 2],
  });
  const outputs: [Name, string][] = [UIDS.moduleE, UIDS.moduleF, UIDS.moduleG].map((uid) => ["workshop", uid]);
  story.tell(
    "transformation-of-two-packs-into-three-modules",
    events("transformation", workshop.id, [
      ...items("end", a, b),
      ...outputs.map(([issuer, uid]) => newItem(issuer, uid)),
    ]),
    { applied: [0, 1, 2, 3, 4], uids: uidsOf(...outputs) },
  );
  story.tell("void-of-a-misprint", events("void", registrar.id, items("misprint", found.passportId)), { applied: [0] });
  story.tell("reassignment-by-quorum", events("reassignment", 0, items("bankruptcy", c), recycler.id), {
    applied: [0],
  });
  story.tell("closure", events("closure", recycler.id, items("recycled", c)), { applied: [0] });
  return story;
}

export const custodyVectors = (): Record<string, unknown> => tellCustody().vectors;
