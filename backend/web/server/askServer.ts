import { isPassportId } from "../../domain/identifiers/passportId.ts";
import type { ParticipantId, PassportId } from "../../domain/types.ts";
import { MAX_BUNDLE_BYTES } from "../../domain/verification/bundle.ts";
import { parseTrustRoot, type TrustRoot } from "../../domain/verification/trustRoot.ts";
import { PageTrouble, PassportPending } from "./pageTrouble.ts";

/** One of the passports that claim an identifier: unverified, as the server tells it. */
export type Claimant = {
  readonly passportId: PassportId;
  readonly issuer: ParticipantId;
  /** By language; empty where the server does not know any. */
  readonly names: Readonly<Record<string, string>>;
  readonly phase: string;
};

const TIMEOUT_MS = 15_000;

/** GET from the operator's own server. Rejects with `server-unreachable`, `server-refused`, `passport-unknown`, `passport-pending`. */
export async function ask<T>(path: string, read: (response: Response) => Promise<T>): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new PageTrouble("server-unreachable", cause);
  }
  if (response.status === 404) throw await notFound(response);
  if (!response.ok) throw new PageTrouble("server-refused", response.status);
  try {
    return await read(response);
  } catch (cause) {
    throw new PageTrouble("answer-malformed", cause);
  }
}

/** An RFC 9457 problem says whether there is no such passport, or not yet; anything else is taken for the first. */
async function notFound(response: Response): Promise<PageTrouble> {
  const { code, values } = Object(await response.json().catch(() => null)) as Record<string, unknown>;
  const passportId: unknown = Reflect.get(Object(values), "passportId");
  return code === "dpp-pending" && isPassportId(passportId)
    ? new PassportPending(passportId)
    : new PageTrouble("passport-unknown", response.url);
}

/** The trust root as the operator names it: as trustworthy as the page itself, which comes from the same place. */
export const askTrustRoot = (): Promise<TrustRoot> =>
  ask("/v1/registry", async (response) => parseTrustRoot(Reflect.get(Object(await response.json()), "trustRoot")));

/** The evidence about a passport: unverified bytes. */
export const askEvidence = (dppId: string): Promise<Uint8Array> =>
  ask(`/v1/dpps/${encodeURIComponent(dppId)}/evidence`, async (response) => {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > MAX_BUNDLE_BYTES) throw new Error("too large");
    return bytes;
  });

/** Every passport that claims an identifier, the likeliest first; never empty. */
export const askClaimants = (uid: string): Promise<readonly [Claimant, ...Claimant[]]> =>
  ask(`/v1/dppsByProductId/${encodeURIComponent(uid)}`, async (response) => {
    const list: unknown = Reflect.get(Object(await response.json()), "claimants");
    const [first, ...others] = Array.isArray(list) ? list.map(parseClaimant) : [];
    if (first === undefined) throw new Error("no claimants");
    return [first, ...others] as const;
  });

function parseClaimant(value: unknown): Claimant {
  const { passportId, issuer, issuerNames, phase } = Object(value) as Record<string, unknown>;
  if (typeof passportId !== "string" || typeof issuer !== "number" || typeof phase !== "string") {
    throw new Error("a claimant has no passport id, issuer or phase");
  }
  return { passportId: passportId as PassportId, issuer, names: textsOf(issuerNames), phase };
}

const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(Object(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
