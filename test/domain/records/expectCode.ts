import { expect } from "chai";
import { DomainError } from "../../../backend/domain/errors.ts";

/** Runs `act` and expects the DomainError with this code; gives the error for further looks. */
export function expectCode(code: string, act: () => unknown): DomainError {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(DomainError);
    expect((error as DomainError).code).to.equal(code);
    return error as DomainError;
  }
  throw new Error(`nothing was thrown, expected ${code}`);
}
