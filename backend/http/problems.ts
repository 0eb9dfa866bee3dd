import { STATUS_CODES } from "node:http";
import { DomainError } from "../domain/errors.ts";
import { databaseError } from "../services/databaseTrouble.ts";

/**
 * The HTTP status of every code that a request can end with; this file alone decides it. A code that is not here is a
 * fault of ours: 500, and nothing about it is told.
 */
const CODES: { readonly [status: number]: string } = {
  400: `request-invalid body-empty body-encoding-invalid url-malformed
    json-invalid json-duplicate-key json-nul-character json-lone-surrogate json-number-range json-too-deep
    json-value-unsupported json-path-malformed json-path-not-singular utf8-invalid utf8-byte-order-mark
    organisation-check-character day-malformed
    event-malformed data-record-malformed hex-malformed header-malformed items-not-ascending dpp-id-malformed cid-unsupported cursor-malformed
    uid-malformed uid-non-ascii gtin-check-digit gbt-code-invalid gbt-code-date-invalid sign-in-malformed`,
  401: "session-missing session-invalid session-revoked",
  403: `signature-wrong bad-quorum participant-unknown participant-suspended participant-id-invalid
    identifier-outside-prefixes governor-unknown approval-missing actor-inactive actor-lacks-role counterparty-inactive
    counterparty-lacks-role bad-actor-signature bad-counterparty-signature wrong-issuer sign-in-field-wrong
    nonce-refused access-denied`,
  404: `rule-set-unknown rule-unknown route-unknown dpp-unknown dpp-pending dpp-elsewhere product-unknown element-unknown schema-unknown event-unknown receipt-unknown
    handover-unknown hold-order-unknown participant-not-found proposal-unknown block-unknown
    attachment-unknown
    data-record-unknown anchor-unknown grant-unknown record-unknown`,
  405: "method-not-allowed",
  409: `stale-head not-custodian not-active held already-exists already-moved acceptance-differs registry-head-stale
    proposal-not-open participant-exists participant-already-suspended participant-not-suspended successor-already-set
    proposal-changes-nothing transformation-incomplete hold-counter-wrong hold-missing participant-unclear`,
  413: "body-too-large too-many-events record-too-large document-too-large",
  415: "content-type-unsupported content-encoding-unsupported",
  422: `attachment-type-unsupported attachment-malformed
    malformed-header unknown-kind bad-item-count declined-out-of-range nothing-accepted deadline-passed
    deadline-too-far occurred-in-future no-inputs no-outputs hold-end-out-of-range lineage-too-large
    record-missing model-record-missing model-record-not-named model-record-of-another record-hash-mismatch record-type-mismatch record-subject-mismatch record-field-not-public
    record-fields-invalid data-kind-unknown record-malformed record-type-unknown record-not-expected record-not-canonical
    disclosure-unknown disclosure-duplicate disclosure-malformed disclosure-name-reserved disclosure-name-collision
    sd-digest-repeated sd-malformed sd-algorithm-unknown offer-digest-mismatch author-wallet-unsupported subject-unknown
    document-empty document-invalid document-model-unknown document-version-unknown document-repeated
    governors-invalid proposal-roles-unknown proposal-address-zero
    document-without-identifier document-identifiers-differ utf16-odd-length grant-invalid erasure-untimely`,
  429: "rate-limited attachment-quota-exceeded",
  501: "custody-needs-signatures registration-elsewhere",
  // What stands behind this server answered, and wrongly: asking again changes nothing.
  502: `block-hash-mismatch block-too-large rpc-refused rpc-answer-malformed rpc-answer-too-large manifest-too-large
    manifest-root-differs`,
  // It did not answer now, or this server has no room now.
  503: `too-many-watchers events-backlog-full database-unavailable participant-record-missing chain-not-followed
    publisher-unknown block-unavailable rpc-unreachable rpc-timeout rpc-http-status wallet-not-checked`,
};

const STATUS = new Map(
  Object.entries(CODES).flatMap(([status, codes]) => codes.split(/\s+/).map((code) => [code, Number(status)] as const)),
);

/** The status for a code; undefined when no request should end with it. */
export const statusOf = (code: string): number | undefined => STATUS.get(code);

/** Every code that a request can end with. */
export const KNOWN_CODES: readonly string[] = [...STATUS.keys()];

/** Seconds after which asking again makes sense. */
const RETRY_AFTER: { readonly [status: number]: number } = { 429: 10, 503: 2 };

/** RFC 9457, and beside it the `Result` that EN 18222 clients read. */
export type Problem = {
  /** URL of the code's documentation. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** The values in the sentence, by name. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly statusCode: string;
  readonly message: readonly { readonly messageType: "Error"; readonly text: string; readonly code: string }[];
};

/**
 * Turns whatever was thrown into a problem. Texts of libraries, stack traces and the details of our own faults stay
 * inside: they help an attacker and nobody else.
 */
export function problemOf(thrown: unknown, publicUrl: string): Problem {
  const error = databaseError(translated(thrown));
  const status = error instanceof DomainError ? STATUS.get(error.code) : undefined;
  if (!(error instanceof DomainError) || status === undefined) {
    return problem(publicUrl, "internal-error", 500, "Something went wrong here; it was logged.", undefined);
  }
  const values = status < 500 && Object.keys(error.details).length > 0 ? plain(error.details) : undefined;
  return problem(publicUrl, error.code, status, error.message, values);
}

/** Headers that belong to a problem. */
export function problemHeaders({ status }: Problem): Record<string, string> {
  const seconds = RETRY_AFTER[status];
  return {
    ...(seconds === undefined ? {} : { "retry-after": String(seconds) }),
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
  };
}

function problem(publicUrl: string, code: string, status: number, detail: string, values: Problem["values"]): Problem {
  return {
    type: `${publicUrl}/docs/errors#${code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    code,
    ...(values === undefined ? {} : { values }),
    statusCode: STATUS_NAMES[status] ?? (status < 500 ? "ClientErrorBadRequest" : "ServerInternalError"),
    message: [{ messageType: "Error", text: detail, code }],
  };
}

/** EN 18222, table 15. */
const STATUS_NAMES: { readonly [status: number]: string } = {
  401: "ClientNotAuthorized",
  403: "ClientForbidden",
  404: "ClientErrorResourceNotFound",
  405: "ClientMethodNotAllowed",
  409: "ClientResourceConflict",
  501: "ServerNotImplemented",
  502: "ServerErrorBadGateway",
};

/** Express's router throws this for a path whose percent-encoding is broken. */
const translated = (thrown: unknown): unknown =>
  thrown instanceof URIError
    ? new DomainError("url-malformed", "The address has a percent sign that is not followed by two hex digits.")
    : thrown;

/** Values as JSON can carry them. */
const plain = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(values, (_, value: unknown) => (typeof value === "bigint" ? `0x${value.toString(16)}` : value)),
  );
