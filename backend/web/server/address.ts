import { DomainError } from "../../domain/errors.ts";
import { parseDppId } from "../../domain/identifiers/dppId.ts";
import { isPassportId } from "../../domain/identifiers/passportId.ts";
import { parseUid } from "../../domain/identifiers/uid.ts";
import type { Uid } from "../../domain/types.ts";
import type { Subject } from "../../domain/verification/checkIdentity.ts";

/** What an address asks for. */
export type Address =
  | { readonly page: "start" }
  | { readonly page: "passport"; readonly dppId: string; readonly subject: Subject }
  | { readonly page: "product"; readonly uid: Uid }
  | { readonly page: "unknown" };

/** Reads the page's own address: EN 18222 paths, and GS1 Digital Link paths as they stand on the battery. */
export function readAddress(href: string): Address {
  const { pathname } = new URL(href);
  if (pathname === "/" || pathname === "/index.html") return { page: "start" };
  try {
    const [, kind, id = ""] = /^\/v1\/(dpps|dppsByProductId)\/([^/]+)\/?$/.exec(pathname) ?? [];
    if (kind === "dpps") {
      const dppId = decodeURIComponent(id);
      return { page: "passport", dppId, subject: { passportId: parseDppId(dppId).passportId } };
    }
    if (kind === "dppsByProductId") return { page: "product", uid: parseUid(decodeURIComponent(id)).uid };
    if (pathname.startsWith("/01/")) return { page: "product", uid: parseUid(href).uid };
  } catch (error) {
    if (!(error instanceof DomainError || error instanceof URIError)) throw error;
  }
  return { page: "unknown" };
}

/**
 * Where to go for what a visitor typed or scanned: a uid of any scheme, a battery code or a passport id.
 * Throws the codes of `parseUid`.
 */
export function addressFor(typed: string): string {
  const text = typed.trim();
  if (isPassportId(text)) return `/v1/dpps/${text}`;
  const parsed = parseUid(text);
  // A GS1 Digital Link keeps its own path on this server: the one that is printed on the battery.
  if (parsed.scheme === "gs1") return new URL(parsed.uid).pathname;
  return `/v1/dppsByProductId/${encodeURIComponent(parsed.uid)}`;
}
