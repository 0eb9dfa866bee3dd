import { issuerOf } from "../identifiers/passportId.ts";
import { isDataKind, specOfKind } from "../records/dataKinds.ts";
import type { JsonValue } from "../types.ts";
import type { DataRecord } from "./dataRecord.ts";

type Authored = Pick<DataRecord, "subjectId" | "author">;

/**
 * True for a record by the issuer of its subject's id. Of what is no passport such a record is all that makes it exist:
 * nobody can take another issuer's ids, so whoever wants to speak of a facility of its own needs nobody's leave.
 */
export const isByIssuer = ({ subjectId, author }: Authored): boolean => issuerOf(subjectId) === author;

/**
 * Whether a record may be the first about a subject that is no passport. Only kinds that speak of facilities, vehicles,
 * organisations or lots do: a measurement with a mistyped passport id would otherwise be about nothing, unnoticed.
 * @param kind what the record says of its kind, which only those to whom it is disclosed know
 */
export const opensSubject = (record: Authored, kind: JsonValue | undefined): boolean =>
  isByIssuer(record) && isDataKind(kind) && specOfKind(kind).opensSubject === true;
