import { randomBytes } from "node:crypto";
import { ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import type { CustodyKind } from "../../../backend/domain/custody/events.ts";
import { judgeIssuing } from "../../../backend/domain/custody/issuing.ts";
import { prepareNewPassport } from "../../../backend/domain/custody/prepareNewPassport.ts";
import type { PassportState } from "../../../backend/domain/custody/state.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { IdentifierPrefix } from "../../../backend/domain/identifiers/identifierPrefix.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { roleBits } from "../../../backend/domain/participants/roles.ts";
import { buildCheckedRecord } from "../../../backend/domain/records/buildCheckedRecord.ts";
import { readRecord } from "../../../backend/domain/records/parseRecord.ts";
import { newestTypeOf } from "../../../backend/domain/records/recordTypes.ts";
import type { JsonObject, PassportId, Uid } from "../../../backend/domain/types.ts";
import type { Participant } from "../operator/answers.ts";
import type { PreparedItem } from "./signEvent.ts";

const random = (length: number) => new Uint8Array(randomBytes(length));

/**
 * A new passport from the fields of its record of creation: `uid`, and whatever is known of the battery.
 * @param kind whether it is minted, or made of others by a transformation
 * @throws DomainError those of the uid's scheme, `identifier-outside-prefixes`, `record-fields-invalid`
 */
export function prepareNewItem(
  kind: "mint" | "transformation",
  issuer: Participant,
  fields: JsonObject,
): PreparedItem & { readonly uid: Uid } {
  if (typeof fields.uid !== "string") throw new DomainError("uid-missing", "A passport needs the battery's uid.", {});
  const uid = normaliseUid(fields.uid);
  requirePrefix(issuer, uid);
  const { passportId, record, hash, disclosures } = prepareNewPassport(kind, issuer.id, uid, fields, random);
  return { passportId, prevHead: ZERO_HEAD, recordHash: hash, record, disclosures, uid };
}

/** The operator and every verifier hold the uid against the issuer's record; better to hear it before signing. */
function requirePrefix(issuer: Participant, uid: Uid): void {
  const record = issuer.record === null ? undefined : readRecord(issuer.record);
  if (record?.type !== "participant/1") return;
  const prefixes: readonly IdentifierPrefix[] = record.identifierPrefixes;
  if (judgeIssuing(roleBits(issuer.roles), prefixes, uid) !== "outside-prefixes") return;
  const listed = prefixes.map(({ scheme, prefix }) => `${scheme}:${prefix}`);
  const message = `Participant ${issuer.id} may not mint ${uid}: its prefixes are ${listed.join(", ") || "none"}.`;
  throw new DomainError("identifier-outside-prefixes", message, { uid, prefixes: listed });
}

/** An item of an event about a passport that exists, with a record of the newest type of that kind. */
export function prepareItem(
  kind: Exclude<CustodyKind, "mint">,
  passportId: PassportId,
  states: ReadonlyMap<PassportId, PassportState>,
  fields: JsonObject,
): PreparedItem {
  const state = states.get(passportId);
  if (state === undefined) {
    throw new DomainError("dpp-unknown", `There is no passport ${passportId} on the chain.`, { passportId });
  }
  const { record, hash, disclosures } = buildCheckedRecord(
    newestTypeOf(kind),
    { ...fields, subject: passportId },
    random,
  );
  return { passportId, prevHead: state.head, recordHash: hash, record, disclosures };
}
