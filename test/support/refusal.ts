import { DomainError } from "../../backend/domain/errors.ts";

/** The error of ours that the work ends with. Whatever else it throws fails the test; so does its success. */
export async function refusal(work: Promise<unknown>): Promise<DomainError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("The work was not refused.");
}

/** The code of the error of ours that the work ends with; `none` where it ends well. Whatever else it throws fails the test. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => {
      if (error instanceof DomainError) return error.code;
      throw error;
    },
  );
