import { ZERO_HEAD } from "../../backend/domain/bytes.ts";
import {
  type CustodyEvent,
  type CustodyKind,
  formatSignedCustodyEvent,
  type Item,
  type SignedCustodyEvent,
} from "../../backend/domain/custody/events.ts";
import { hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { evolve } from "../../backend/domain/custody/rules.ts";
import { NO_PASSPORT, type PassportState } from "../../backend/domain/custody/state.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { type BuiltRecord, buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { RecordType } from "../../backend/domain/records/recordTypes.ts";
import type { Hash, Head, JsonObject, PassportId, Uid } from "../../backend/domain/types.ts";
import type { UnverifiedSubmission } from "../../backend/services/custody/prepareSubmission.ts";
import { type Member, signEvent, type TestContract } from "../support/contract.ts";
import type { Chance } from "./chance.ts";

/** An event that somebody may post, and what it would do. */
export type Told = {
  readonly digest: Hash;
  readonly signed: SignedCustodyEvent;
  readonly submission: UnverifiedSubmission;
  readonly after: ReadonlyMap<PassportId, PassportState>;
};

/** What the tellers believe about the passports: every event that an operator promised, in order. */
export type Story = {
  /** A random event that should be taken, or null where there is nothing to tell. */
  next(now: number): Told | null;
  /** Two different events that would move the same head: at most one can come true. */
  rivals(now: number): readonly [Told, Told] | null;
  /** The event was promised. */
  believe(told: Told): void;
  /** Which of two rivals comes true is not known here: their passports are left alone from now on. */
  leaveAlone(told: Told): void;
  readonly passports: () => readonly PassportId[];
};

export const STORY_PREFIX = "urn:story";

/** Random events by a producer and a fleet that also recycles, signed with real keys. */
export function tellStory(parts: {
  readonly contract: TestContract;
  readonly producer: Member;
  readonly fleet: Member;
  readonly chance: Chance;
  readonly seed: number;
}): Story {
  const { contract, producer, fleet, chance, seed } = parts;
  const believed = new Map<PassportId, PassportState>();
  const uids = new Map<PassportId, string>();
  let serial = 0;

  const newUid = (): Uid => `${STORY_PREFIX}:${seed}-${++serial}` as Uid;
  const created = () => {
    const uid = newUid();
    const passportId = passportIdOf(producer.id, uid);
    uids.set(passportId, uid);
    return { passportId, prevHead: ZERO_HEAD as Head, fields: { uid } };
  };
  const existing = (passportId: PassportId) => ({
    passportId,
    prevHead: (believed.get(passportId) as PassportState).head,
    fields: {},
  });
  const activeOf = (member: Member): PassportId[] =>
    [...believed].filter(([, state]) => state.phase === "active" && state.custodian === member.id).map(([id]) => id);
  const some = (ids: readonly PassportId[]) => {
    const count = 1 + chance.int(Math.min(4, ids.length));
    const start = chance.int(ids.length - count + 1);
    return ids.slice(start, start + count).map(existing);
  };

  const tell = (
    kind: CustodyKind,
    now: number,
    actor: Member,
    entries: readonly { passportId: PassportId; prevHead: Head; fields: JsonObject }[],
    receiver?: Member,
  ): Told => {
    const records = new Map<PassportId, BuiltRecord>();
    for (const { passportId, fields } of entries) {
      const all = { subject: passportId, note: `${serial}`, ...fields };
      records.set(passportId, buildRecord(`${kind}/1` as RecordType, all, chance.bytes));
    }
    const items: Item[] = entries
      .map(({ passportId, prevHead }) => ({ passportId, prevHead, recordHash: records.get(passportId)?.hash as Hash }))
      .sort((a, b) => (a.passportId < b.passportId ? -1 : 1));
    const event: CustodyEvent = {
      kind,
      actor: actor.id,
      counterparty: receiver?.id ?? 0,
      occurredAt: now - chance.int(1000),
      deadline: now + 20_000,
      items,
    };
    const declined = receiver !== undefined && items.length > 1 && chance.happens(0.3) ? 1n : 0n;
    const signed = signEvent(contract.separator, event, {
      kind,
      actor,
      declined,
      ...(receiver === undefined ? {} : { receiver }),
    });
    const { digest, heads } = hashEvent(contract.separator, event);
    const after = new Map<PassportId, PassportState>();
    items.forEach((item, i) => {
      if ((declined >> BigInt(i)) & 1n) return;
      after.set(item.passportId, evolve(event, item, believed.get(item.passportId) ?? NO_PASSPORT, heads[i] as Head));
    });
    const submission = {
      event: formatSignedCustodyEvent(signed),
      records: items.map(({ passportId }) => {
        const { record, disclosures } = records.get(passportId) as BuiltRecord;
        return { record, disclosures };
      }),
    };
    return { digest, signed, submission, after };
  };

  const next: Story["next"] = (now) => {
    const mine = activeOf(producer);
    const theirs = activeOf(fleet);
    const kind = chance.weighed({ mint: 4, handover: 5, return: 2, withdrawal: 2, closure: 2, void: 1, split: 2 });
    switch (kind) {
      case "mint":
        return tell("mint", now, producer, Array.from({ length: 1 + chance.int(3) }, created));
      case "handover":
        return mine.length === 0 ? null : tell("handover", now, producer, some(mine), fleet);
      case "return":
        return theirs.length === 0 ? null : tell("handover", now, fleet, some(theirs), producer);
      case "withdrawal":
        return mine.length === 0 ? null : tell("withdrawal", now, producer, some(mine));
      case "closure":
        return theirs.length === 0 ? null : tell("closure", now, fleet, some(theirs));
      case "void": {
        const unmoved = mine.filter((id) => believed.get(id)?.moved === false);
        return unmoved.length === 0 ? null : tell("void", now, producer, some(unmoved));
      }
      case "split":
        return mine.length === 0
          ? null
          : tell("transformation", now, producer, [
              ...some(mine),
              created(),
              ...(chance.happens(0.5) ? [created()] : []),
            ]);
    }
  };

  return {
    next,
    rivals(now) {
      const mine = activeOf(producer);
      if (mine.length === 0) return null;
      const contested = some(mine);
      return [tell("withdrawal", now, producer, contested), tell("handover", now, producer, contested, fleet)];
    },
    believe({ after }) {
      for (const [id, state] of after) believed.set(id, state);
    },
    leaveAlone({ signed }) {
      for (const { passportId } of signed.items) believed.delete(passportId);
    },
    passports: () => [...uids.keys()],
  };
}
