import { DomainError } from "../../backend/domain/errors.ts";
import { plain } from "./plain.ts";

/** What the shell learns: 0 done or verified, 1 refused or failed, 2 could not tell, or used wrongly. */
export const EXIT = { done: 0, refused: 1, couldNotTell: 2 } as const;

/** A command used wrongly: exit code 2. The sentence says which option, the second one what to type instead. */
export const usage = (sentence: string, advice?: string): DomainError =>
  new DomainError("usage", sentence, advice === undefined ? {} : { advice });

/** Codes after which nothing is known about what was asked: no answer is not a no. */
const COULD_NOT_TELL = new Set([
  "usage",
  "operator-unreachable",
  "operator-answer-malformed",
  "file-unreadable",
  "password-missing",
  "wait-timeout",
  "starting",
  "rate-limited",
  "database-unavailable",
  "chain-not-followed",
  "dpp-pending",
  "block-unavailable",
  "events-backlog-full",
]);

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof DomainError)) return EXIT.couldNotTell;
  const unknown = COULD_NOT_TELL.has(error.code) || /^(rpc|chain)-/.test(error.code);
  return unknown ? EXIT.couldNotTell : EXIT.refused;
}

/** What a person can do about a code. Codes without an entry speak for themselves. */
const ADVICE: Readonly<Record<string, string>> = {
  "operator-unreachable": "Start the server (npm start), or name another operator with --operator URL.",
  "operator-other-contract": "Do not sign: ask whoever gave you the trust root, or use another operator.",
  "key-missing": "Name your keystore with --key FILE; `battery-passport keygen --out FILE` makes one.",
  "password-missing": "Set BATTERY_PASSWORD, or name a file with --password-file FILE.",
  "password-wrong": "Check BATTERY_PASSWORD or --password-file.",
  "participant-not-mine": "Use the key of that participant, or let the quorum rotate its signer.",
  "participant-unclear": "Name the participant with --as ID.",
  "signer-unknown": "The quorum must admit you first: battery-passport propose admission --help.",
  "stale-head": "Somebody else's event came first; look with `battery-passport show`, then do it again.",
  "not-custodian": "Only the present custodian can do this; `battery-passport show` says who that is.",
  held: "A regulator has put it on hold; `battery-passport show` says until when.",
  "hold-counter-wrong": "Another hold or release came first; look with `battery-passport show`, then do it again.",
  "signature-wrong": "Sign with the key that the registry names for this participant.",
  "already-exists": "This identifier has a passport already: battery-passport show UID.",
  "actor-lacks-role": "A role is granted by the quorum: battery-passport propose role-change --help.",
  "sign-in-elsewhere": "Name the operator by the address it goes by, if you trust it: --operator URL.",
  "document-not-kept": "Ask for a format that it came in, with its disclosures: --disclosures FILE, or --key FILE.",
  "registry-head-stale": "Another proposal was executed first; propose it again.",
  "governor-unknown": "Only governors propose and approve; use a governor's key.",
  "identifier-outside-prefixes": "The issuer's record lists its prefixes: battery-passport participants ID.",
  "correction-not-by-author": "Ask its author, or sign a record of your own that says otherwise.",
  "passport-unclear": "Look at each with `battery-passport verify`; only one issuer can be entitled.",
  "publisher-unknown": "This operator may not anchor data records; use another one with --operator URL.",
  "wait-timeout": "It may still arrive: ask again, or raise --timeout.",
  "events-backlog-full": "The operator is behind; send it again later.",
};

export function adviceFor(error: DomainError): string | undefined {
  const own = error.details.advice;
  if (typeof own === "string") return own;
  const page = error.details.type;
  return ADVICE[error.code] ?? (typeof page === "string" && page.startsWith("http") ? `See ${page}` : undefined);
}

/** One sentence, the code, and what to do. A fault of the program itself keeps its trace: it should be reported. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof DomainError)) return String((error as Error)?.stack ?? error);
  const advice = adviceFor(error);
  return `error: ${plain(error.message)} [${plain(error.code)}]${advice === undefined ? "" : `\n  ${plain(advice)}`}`;
}

/** The same as data, for --json. */
export function failureJson(error: unknown): object {
  if (!(error instanceof DomainError)) return { error: { code: "internal-error", message: String(error) } };
  const { advice: _, ...details } = error.details;
  return { error: { code: error.code, message: error.message, advice: adviceFor(error), details } };
}
