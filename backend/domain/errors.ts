/**
 * The one error class of the domain. `code` is stable and documented (backend/docs/errors.md); the message is one
 * sentence that says what is wrong; `details` carries the values, so that a caller can act without parsing text.
 */
export class DomainError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Record<string, unknown> = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "DomainError";
    this.code = code;
    this.details = details;
  }
}

/** Runs `work` and adds `details` to whatever of ours it throws: where in a list, in which file. */
export function withDetails<T>(details: Record<string, unknown>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.message, { ...error.details, ...details }, { cause: error });
  }
}
