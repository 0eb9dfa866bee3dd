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
