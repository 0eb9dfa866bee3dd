import { DomainError } from "../errors.ts";
import type { Uid } from "../types.ts";
import { decodeIdentifier } from "./decodeIdentifier.ts";
import { CANONICAL_HOST } from "./gs1DigitalLink.ts";
import { gs1CheckDigit } from "./gtin.ts";
import { parseHttpLink } from "./httpLink.ts";

/** GLN of a place (414) or of a party (417), GS1 Digital Link URI syntax 1.2. */
const GLN_PATH = /^\/(414|417)\/(\d{13})\/?$/;
/** ISO 3779: 17 characters without I, O and Q. */
const VIN = /^[A-HJ-NPR-Z0-9]{17}$/i;

/**
 * The one spelling of the identifier of a facility, vehicle, organisation or lot, from which its subject id derives: a
 * unified social credit code 统一社会信用代码, an LEI, a GLN as a GS1 Digital Link, and whatever identifies a battery.
 * A vehicle's own number is refused. Ids are public, and of numbers with so little chance in them anybody can try all: a
 * vehicle goes by an identifier that its keeper made up, and its number is withheld inside the record.
 * @throws DomainError `subject-is-vin`, `gln-check-digit`, `organisation-check-character` and the codes of `parseUid`
 */
export function normaliseSubjectUid(raw: string): Uid {
  if (VIN.test(raw)) {
    const sentence =
      "A vehicle's number must not be guessed from a public id. Name the vehicle by an identifier of your own making, such as urn:uuid:…, and give the number as the withheld field vin.";
    throw new DomainError("subject-is-vin", sentence);
  }
  return readGln(raw) ?? (decodeIdentifier(raw).identifier.uid as Uid);
}

function readGln(raw: string): Uid | undefined {
  const link = /^https?:/i.test(raw) ? parseHttpLink(raw) : undefined;
  const [, key, gln] = (link?.host === CANONICAL_HOST && GLN_PATH.exec(link.path)) || [];
  if (key === undefined || gln === undefined) return undefined;
  const expected = gs1CheckDigit(gln.slice(0, -1).padStart(13, "0"));
  if (gln.at(-1) !== expected) {
    throw new DomainError("gln-check-digit", "The check digit of the GLN is wrong.", { gln, expected });
  }
  return `https://${CANONICAL_HOST}/${key}/${gln}` as Uid;
}
