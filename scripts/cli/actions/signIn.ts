import { formatSignIn, personalDigest } from "../../../backend/domain/access/signIn.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { ParticipantId } from "../../../backend/domain/types.ts";
import type { Signer } from "../keys/keystore.ts";
import { fieldsOf, textOf, wholeOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";

/**
 * Signs in (EIP-4361), works, and signs out, whatever the work ends with.
 * @param as the participant, where the key signs for several
 * @throws DomainError `sign-in-elsewhere`, those of the operator, and the work's own
 */
export async function whileSignedIn<T>(
  operator: Operator,
  signer: Signer,
  as: ParticipantId | undefined,
  work: (signedIn: Operator) => Promise<T>,
): Promise<T> {
  const message = await signInMessage(operator, signer);
  const answer = await operator.post("/v1/session", {
    message,
    signature: signer.sign(personalDigest(message)),
    ...(as === undefined ? {} : { participantId: as }),
  });
  const signedIn = operator.withToken(textOf(fieldsOf(answer, "session").token, "token"));
  try {
    return await work(signedIn);
  } finally {
    // The token ends by itself soon; that a sign-out failed is no reason to lose what was read.
    await signedIn.delete("/v1/session").catch(() => undefined);
  }
}

/**
 * The message for the address that was typed, and no other: a server could pass on the terms of another operator, and
 * sign in there with the answer.
 */
async function signInMessage(operator: Operator, { address }: Signer): Promise<string> {
  const terms = fieldsOf(await operator.post("/v1/session/nonce", {}), "terms");
  const domain = textOf(terms.domain, "domain");
  const uri = textOf(terms.uri, "uri");
  const expected = new URL(operator.url).host;
  if (domain !== expected || !URL.canParse(uri) || new URL(uri).host !== expected) {
    const sentence = `The operator at ${expected} asks to sign in at ${domain}; name it by that address, if you trust it.`;
    throw new DomainError("sign-in-elsewhere", sentence, { expected, domain, uri });
  }
  const chainId = wholeOf(terms.chainId, "chainId");
  const nonce = textOf(terms.nonce, "nonce");
  return formatSignIn({ domain, address, uri, chainId, nonce, issuedAt: new Date().toISOString() });
}
