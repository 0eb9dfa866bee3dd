import { type Issuing, judgeIssuing } from "../custody/issuing.ts";
import { DomainError } from "../errors.ts";
import type { IdentifierPrefix } from "../identifiers/identifierPrefix.ts";
import { issuerOf, passportIdOf } from "../identifiers/passportId.ts";
import { normaliseUid } from "../identifiers/uid.ts";
import { canonicalBytes } from "../records/canonicalJson.ts";
import { recordHash } from "../records/recordHash.ts";
import type { JsonObject, PassportId, Uid } from "../types.ts";
import type { EvidenceBundle, ParticipantEvidence } from "./bundle.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory, ReplayedStep } from "./replay.ts";
import type { CheckLine } from "./report.ts";
import type { StandingAt } from "./standings.ts";

/** What the reader looked at before verifying: the scanned uid, or a passport id. */
export type Subject = { readonly uid: string } | { readonly passportId: PassportId };

/** A battery also bears its GB/T 34014 code: whoever read that one asked for the battery whose record states it. */
function identifiersOf(asked: Uid, uid: Uid, { steps }: ReplayedHistory): [wanted: Uid, found: Uid] {
  return [asked, steps[0]?.step.record?.batteryCode === asked ? asked : uid];
}

/** Does this passport belong to the identifier that was scanned, and to the issuer it names? */
export function checkIdentifier(
  bundle: EvidenceBundle,
  subject: ReplayedHistory,
  expected: Subject | undefined,
): CheckLine {
  const check = recordCheck("identifier");
  const { passportId } = subject;
  try {
    const uid = normaliseUid(bundle.uid);
    check.compare("identifier, normalised", uid, bundle.uid, "uid-not-normalised", "The identifier is not normalised.");
    const derived = passportIdOf(issuerOf(passportId), uid);
    const reason = "The passport id does not follow from the identifier and the issuer.";
    check.compare("passport id", derived, passportId, "passport-id-wrong", reason);
    const named = subject.steps[0]?.step.record?.uid;
    if (typeof named === "string") {
      const other = "The record of creation names another identifier.";
      check.compare("identifier in the record of creation", uid, named, "uid-not-in-record", other);
    } else {
      check.unavailable("uid-record-missing", "The record that names the identifier is not in the evidence.");
    }
    if (expected !== undefined) {
      const [wanted, found] =
        "uid" in expected ? identifiersOf(normaliseUid(expected.uid), uid, subject) : [expected.passportId, passportId];
      check.compare("what was asked for", wanted, found, "not-what-was-asked", "This is the passport of another item.");
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    check.fail("uid-malformed", `The identifier is malformed: ${error.message}`);
  }
  return check.close("identifier-matches", "The passport belongs to this identifier and to the issuer it names.");
}

const prefixesOf = (record: JsonObject): IdentifierPrefix[] => {
  const prefixes = record.identifierPrefixes;
  if (!Array.isArray(prefixes)) return [];
  return prefixes.flatMap((entry) => {
    const { scheme, prefix } = (entry ?? {}) as { scheme?: unknown; prefix?: unknown };
    return typeof scheme === "string" && typeof prefix === "string" ? [{ scheme, prefix } as IdentifierPrefix] : [];
  });
};

const nameOf = (record: JsonObject, id: number): string => {
  const names = record.names;
  const english = typeof names === "object" && names !== null ? Reflect.get(names, "en") : undefined;
  return typeof english === "string" ? english : `participant ${id}`;
};

/** An identifier of no known scheme is under nobody's prefix; the check of the identifier itself says why. */
function issuingOf(roles: number, prefixes: readonly IdentifierPrefix[], uid: string): Issuing {
  try {
    return judgeIssuing(roles, prefixes, normaliseUid(uid));
  } catch (error) {
    if (error instanceof DomainError) return "outside-prefixes";
    throw error;
  }
}

/** Was the issuer admitted for identifiers like this one when it created the passport? */
export function checkIssuer(
  bundle: EvidenceBundle,
  first: ReplayedStep | undefined,
  passportId: PassportId,
  standingAt: StandingAt,
): CheckLine {
  const check = recordCheck("issuer");
  const id = issuerOf(passportId);
  const close = (code: string, reason: string, name: string) => check.close(code, reason, { issuer: id, name });
  const evidence: ParticipantEvidence | undefined = bundle.participants.find((participant) => participant.id === id);
  if (first === undefined || evidence === undefined) {
    check.fail("issuer-unknown", "The evidence says nothing about the issuer of this passport.", { issuer: id });
    return close("issuer-unknown", "", "");
  }
  const records = new Map(evidence.records.map((record) => [recordHash(canonicalBytes(record)), record]));
  const outcomes = standingAt(id, first).map((standing) => {
    const record = records.get(standing.recordHash);
    if (record === undefined) return { outcome: "record-missing" as const, name: "" };
    return {
      outcome: issuingOf(standing.roles, prefixesOf(record), bundle.uid),
      name: nameOf(record, id),
    };
  });
  const best = (["own-prefix", "registered-at-intake", "record-missing", "outside-prefixes"] as const)
    .map((wanted) => outcomes.find(({ outcome }) => outcome === wanted))
    .find((found) => found !== undefined);
  const name = best?.name ?? "";
  switch (best?.outcome) {
    case "own-prefix":
      return close("issuer-entitled", `Issued by ${name} under an identifier prefix of its own.`, name);
    case "registered-at-intake":
      return close("issuer-registrar", `Registered at intake by ${name}, not by the item's producer.`, name);
    case "record-missing":
      check.unavailable("issuer-record-missing", "The issuer's own record is not in the evidence.", { issuer: id });
      break;
    case "outside-prefixes":
      check.fail("issuer-outside-prefixes", `${name} is not entitled to identifiers like this one.`, {
        issuer: id,
        name,
      });
      break;
    case undefined:
      check.fail("issuer-not-admitted", "The issuer was not admitted when it created the passport.", { issuer: id });
  }
  return close("issuer-entitled", "", name);
}
