import type { PassportId } from "../../domain/types.ts";

/** Why the page could not get as far as a report; each has a sentence in every language. */
export type PageTroubleCode =
  | "server-unreachable"
  | "server-refused"
  | "answer-malformed"
  | "passport-unknown"
  | "passport-pending"
  | "address-unknown"
  | "verifier-failed"
  | "verifier-timeout";

export class PageTrouble extends Error {
  readonly code: PageTroubleCode;

  constructor(code: PageTroubleCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }

  /** Any thrown value as one: what nobody foresaw is the verifier's fault, and never a verdict. */
  static of(thrown: unknown): PageTrouble {
    return thrown instanceof PageTrouble ? thrown : new PageTrouble("verifier-failed", thrown);
  }
}

/** The server has accepted the passport and the chain does not have it yet. */
export class PassportPending extends PageTrouble {
  readonly passportId: PassportId;

  constructor(passportId: PassportId) {
    super("passport-pending");
    this.passportId = passportId;
  }
}
