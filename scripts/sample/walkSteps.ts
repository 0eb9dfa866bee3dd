import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import type { JsonObject, PassportId, Uid } from "../../backend/domain/types.ts";
import { prepareItem, prepareNewItem } from "../cli/actions/prepareItems.ts";
import { readStates } from "../cli/actions/readStates.ts";
import { type Submission, signEvent } from "../cli/actions/signEvent.ts";
import type { Signer } from "../cli/keys/keystore.ts";
import { readParticipant } from "../cli/operator/answers.ts";
import { findActor, type Session } from "../cli/session.ts";
import { COLLECTION_POINT, FLEET, PRODUCER, RECYCLER, type SampleFirm } from "./sampleFirms.ts";
import type { SampleKeys } from "./sampleKeys.ts";
import { PACK_IN_USE, RECOVERY, RECYCLED_PACK, RETIREMENT, TRANSPORT_SAFETY } from "./samplePacks.ts";

const idOf = (fields: JsonObject): PassportId => passportIdOf(PRODUCER.id, fields.uid as Uid);
export const RECYCLED = idOf(RECYCLED_PACK);
export const IN_USE = idOf(PACK_IN_USE);

/** A custody event of the walk. Its place in the list is its place in the recycled pack's history. */
export type WalkStep = {
  readonly name: string;
  readonly says: string;
  readonly kind: "mint" | "handover" | "closure";
  readonly by: SampleFirm;
  readonly to?: SampleFirm;
  readonly passports: readonly PassportId[];
  readonly fields: JsonObject;
};

export const WALK: readonly WalkStep[] = [
  {
    name: "mint",
    says: "minted two NMC622 packs",
    kind: "mint",
    by: PRODUCER,
    passports: [RECYCLED, IN_USE],
    fields: {},
  },
  {
    name: "handover-to-fleet",
    says: "handed both packs to the fleet",
    kind: "handover",
    by: PRODUCER,
    to: FLEET,
    passports: [RECYCLED, IN_USE],
    fields: { condition: "new", status: "original", dispatch: { number: "DN-2025-0731" } },
  },
  {
    name: "handover-to-collection-point",
    says: "handed the retired pack in at the collection point",
    kind: "handover",
    by: FLEET,
    to: COLLECTION_POINT,
    passports: [RECYCLED],
    fields: RETIREMENT,
  },
  {
    name: "handover-to-recycler",
    says: "handed the retired pack to the recycler",
    kind: "handover",
    by: COLLECTION_POINT,
    to: RECYCLER,
    passports: [RECYCLED],
    fields: { condition: "intact", status: "waste", transportSafety: TRANSPORT_SAFETY },
  },
  {
    name: "closure",
    says: "recycled the pack and closed its passport",
    kind: "closure",
    by: RECYCLER,
    passports: [RECYCLED],
    fields: RECOVERY,
  },
];

/** Signs a step's event as its actor, on the heads as they are now. */
export async function signStep(session: Session, keys: SampleKeys, step: WalkStep): Promise<Submission> {
  const actor = await findActor(session, keys.firms.get(step.by.key) as Signer, step.by.id);
  if (step.kind === "mint") {
    const items = [RECYCLED_PACK, PACK_IN_USE].map((fields) => prepareNewItem("mint", actor.participant, fields));
    return await signEvent(session, actor, "mint", items);
  }
  const states = await readStates(session, step.passports);
  const { kind } = step;
  const items = step.passports.map((id) => prepareItem(kind, id, states, step.fields));
  if (step.to === undefined) return await signEvent(session, actor, step.kind, items);
  return await signEvent(session, actor, step.kind, items, {
    receiver: await readParticipant(session.operator, step.to.id),
  });
}
