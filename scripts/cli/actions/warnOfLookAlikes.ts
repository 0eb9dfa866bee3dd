import { DomainError } from "../../../backend/domain/errors.ts";
import { lookAlikeOf } from "../../../backend/domain/identifiers/lookAlike.ts";
import { fieldsOf, listOf, textOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";
import { plain } from "../plain.ts";

/** Beyond this many the operator is not asked: a lot's serials come from a counter, and are compared among themselves. */
const MOST_ASKED = 20;

/**
 * Warns of identifiers that people or cameras could take for one another: among those to be minted, and beside those that
 * have a passport already. It stops nobody, for both may be right; an operator that cannot say is no reason to stop either.
 */
export async function warnOfLookAlikes(
  operator: Operator,
  uids: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  const seen = new Map<string, string>();
  for (const uid of uids) {
    const other = seen.get(lookAlikeOf(uid));
    if (other !== undefined) tell(`Warning: ${plain(uid)} looks like ${plain(other)}, which is in the same lot.`);
    seen.set(lookAlikeOf(uid), uid);
  }
  for (const uid of uids.length > MOST_ASKED ? [] : uids) {
    for (const other of await lookAlikesOf(operator, uid)) {
      tell(`Warning: ${plain(uid)} looks like ${plain(other)}, which has a passport already.`);
    }
  }
}

async function lookAlikesOf(operator: Operator, uid: string): Promise<string[]> {
  try {
    const answer = fieldsOf(await operator.get(`/v1/identifiers/${encodeURIComponent(uid)}`), "identifier");
    return listOf(answer.lookAlikes, "lookAlikes").map((one) => textOf(fieldsOf(one, "look-alike").uid, "uid"));
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}
