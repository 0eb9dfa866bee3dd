import type { IncomingMessage } from "node:http";
import type { Request } from "express";

/** The forms in which one address answers about a passport. */
export type Medium = "json" | "json-ld" | "html";

const OFFERED: Readonly<Record<string, Medium>> = { json: "json", "application/ld+json": "json-ld", html: "html" };

/**
 * What the client would rather have (RFC 9110, 12.5.1). Whoever takes anything, or nothing of this, gets JSON: programs
 * often name no type, and only browsers ask for HTML by name.
 */
export function preferredMedium(request: IncomingMessage): Medium {
  return OFFERED[String((request as Request).accepts(Object.keys(OFFERED)))] ?? "json";
}
