import { DomainError } from "../errors.ts";
import type { BatteryCode } from "./batteryCode.ts";
import { isLei } from "./lei.ts";
import { isOrganisationCode } from "./organisationCode.ts";
import { type Correction, readBatteryCode } from "./readBatteryCode.ts";
import { type ParsedUid, parseUid } from "./uid.ts";

/** An identifier of an organisation, whose check characters are right. */
export interface OrganisationId {
  readonly scheme: "uscc" | "lei";
  readonly uid: string;
  readonly granularity: "organisation";
  readonly parts: { readonly id: string };
}

/** Any identifier that this project can take apart. */
export interface DecodedIdentifier {
  readonly identifier: ParsedUid | OrganisationId;
  /** What a lenient reading mended; always empty for a strict one. */
  readonly corrections: readonly Correction[];
}

/**
 * Takes an identifier apart. Strictly: as it must stand in a record, see `parseUid`, and for organisations a unified
 * social credit code 统一社会信用代码 or a legal entity identifier. Leniently: also a GTIN alone, as on a box, and a
 * battery code with what people and cameras do to it, see `readBatteryCode`.
 * Throws `organisation-check-character` for what has the length of an organisation's identifier and another check
 * character, and the codes of `parseUid`.
 */
export function decodeIdentifier(text: string, options: { readonly lenient?: boolean } = {}): DecodedIdentifier {
  const organisation = readOrganisation(text);
  if (organisation !== undefined) return { identifier: organisation, corrections: [] };
  try {
    return { identifier: parseUid(text), corrections: [] };
  } catch (error) {
    if (!(error instanceof DomainError) || options.lenient !== true) throw error;
    const trimmed = text.trim();
    if (/^(?:\d{8}|\d{12,14})$/.test(trimmed)) {
      return { identifier: parseUid(`https://id.gs1.org/01/${trimmed}`), corrections: [] };
    }
    // A link, URN or DID means what it says: what is wrong with it is not a matter of reading.
    if (/^(?:https?|urn|did):/i.test(trimmed)) throw error;
    const { code, corrections } = readBatteryCode(text);
    return { identifier: uidOf(code), corrections };
  }
}

const uidOf = (code: BatteryCode): ParsedUid => parseUid(code.code);

function readOrganisation(text: string): OrganisationId | undefined {
  const scheme = /^[0-9A-Z]{18}$/.test(text) ? "uscc" : /^[0-9A-Z]{18}\d{2}$/.test(text) ? "lei" : undefined;
  if (scheme === undefined) return undefined;
  if (scheme === "uscc" ? !isOrganisationCode(text) : !isLei(text)) {
    const name = scheme === "uscc" ? "unified social credit code" : "legal entity identifier";
    const sentence = `The text has the length of a ${name}, and its check characters are wrong.`;
    throw new DomainError("organisation-check-character", sentence, { text, scheme });
  }
  return { scheme, uid: text, granularity: "organisation", parts: { id: text } };
}
