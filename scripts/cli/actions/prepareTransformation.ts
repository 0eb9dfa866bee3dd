import { DomainError } from "../../../backend/domain/errors.ts";
import { decodeBatteryCode } from "../../../backend/domain/identifiers/batteryCode.ts";
import type { JsonObject, PassportId } from "../../../backend/domain/types.ts";
import { fieldsOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";
import type { Actor, Session } from "../session.ts";
import { prepareItem, prepareNewItem } from "./prepareItems.ts";
import { readStates } from "./readStates.ts";

/**
 * The items of a transformation: inputs that end, and products that begin with a passport of their own.
 * @param products the fields of each product's record, `uid` among them; the codes of the originals are added, because
 *   GB/T 34014 keeps them with what was made of them
 * @param inputFields what is recorded, withheld, with every input
 * @throws DomainError `dpp-unknown`, and those of `prepareNewItem`
 */
export async function prepareTransformation(
  session: Session,
  actor: Actor,
  inputs: readonly PassportId[],
  products: readonly JsonObject[],
  inputFields: JsonObject,
) {
  const states = await readStates(session, inputs);
  const ending = inputs.map((id) => prepareItem("transformation", id, states, inputFields));
  const originalCodes = await readOriginalCodes(session.operator, inputs);
  const originals: JsonObject = originalCodes.length === 0 ? {} : { originalCodes };
  const beginning = products.map((fields) =>
    prepareNewItem("transformation", actor.participant, { ...originals, ...fields }),
  );
  return { items: [...ending, ...beginning], products: beginning };
}

/** The inputs' codes by GB/T 34014, and those of what they were made of in turn. */
async function readOriginalCodes(operator: Operator, inputs: readonly PassportId[]): Promise<string[]> {
  const codes = new Set<string>();
  for (const id of inputs) {
    const { batteryCode, originalCodes } = fieldsOf(await operator.get(`/v1/dpps/${id}`), "passport");
    const listed = Array.isArray(originalCodes) ? originalCodes : [];
    for (const code of [batteryCode, ...listed]) if (isCode(code)) codes.add(code);
  }
  return [...codes].sort();
}

/** What an operator tells goes into a record that is signed: nothing but a code does. */
function isCode(code: unknown): code is string {
  try {
    return typeof code === "string" && decodeBatteryCode(code).code === code;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
