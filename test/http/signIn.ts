import { expect } from "chai";
import { formatSignIn, personalDigest, type SignInMessage } from "../../backend/domain/access/signIn.ts";
import { signerOf } from "../services/world.ts";
import type { TestServer } from "./server.ts";

/** The sign-in message of a participant for a test server, with a fresh nonce; `change` overrides fields. */
export async function signInMessage(
  server: TestServer,
  id: number,
  change: Partial<SignInMessage> = {},
): Promise<string> {
  const { nonce, domain, uri, chainId } = await (await server.post("/v1/session/nonce", undefined)).json();
  const issuedAt = new Date(server.world.clock.now * 1000).toISOString();
  return formatSignIn({ domain, uri, chainId, nonce, address: signerOf(id).signer, issuedAt, ...change });
}

/** The body that signs in with a message. */
export const signed = (message: string, by: number, more: object = {}) => ({
  message,
  signature: signerOf(by).sign(personalDigest(message)),
  ...more,
});

/** Signs a participant in and gives the headers of its requests. */
export async function signIn(server: TestServer, id: number): Promise<{ headers: { authorization: string } }> {
  const response = await server.post("/v1/session", signed(await signInMessage(server, id), id));
  expect(response.status).to.equal(201);
  return { headers: { authorization: `Bearer ${(await response.json()).token}` } };
}
