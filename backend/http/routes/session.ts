import * as z from "zod";
import { SIGN_IN_SECONDS, SIGN_IN_STATEMENT } from "../../domain/access/signIn.ts";
import { endSession } from "../../services/access/caller.ts";
import { signIn } from "../../services/access/signIn.ts";
import { makeNonce } from "../../services/access/signInNonce.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { session, signInTerms } from "../schemas/access.ts";
import { bytes, participantId } from "../schemas/values.ts";
import { bearerToken, callerOf } from "../session.ts";

const NEVER_KEPT = { "cache-control": "no-store" };

/** Signing in with the key that the registry knows (EIP-4361), and out. */
export function sessionRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment, sealing, publicUrl, now } = dependencies;
  const expected = { domain: new URL(publicUrl).host, uri: publicUrl, chainId: deployment.chainId };
  return [
    route({
      method: "post",
      path: "/v1/session/nonce",
      operationId: "giveNonce",
      tag: "Session",
      summary: "A nonce for one sign-in, and what the message (EIP-4361) must say.",
      answers: { 201: { description: "The nonce.", schema: signInTerms } },
      handle: async () => ({
        status: 201,
        json: {
          nonce: makeNonce(sealing, now()),
          expiresAt: new Date((now() + SIGN_IN_SECONDS) * 1000).toISOString(),
          statement: SIGN_IN_STATEMENT,
          version: "1",
          ...expected,
        },
        headers: NEVER_KEPT,
      }),
    }),
    route({
      method: "post",
      path: "/v1/session",
      operationId: "signIn",
      tag: "Session",
      summary:
        "Sign in as a participant: the message, and its signature by the participant's key or contract wallet (ERC-1271).",
      body: {
        schema: z.strictObject({
          message: z.string().min(1).max(2000),
          signature: bytes,
          participantId: participantId.min(1).optional(),
        }),
        maxBytes: 16 * 1024,
      },
      answers: { 201: { description: "A short-lived bearer token, shown once.", schema: session } },
      problems: [403, 409, 413, 415, 503],
      handle: async ({ body }) => ({
        status: 201,
        json: await signIn(dependencies, body, { ...expected, now: now() }),
        headers: NEVER_KEPT,
      }),
    }),
    route({
      method: "delete",
      path: "/v1/session",
      operationId: "signOut",
      tag: "Session",
      summary: "End the session of the token; what it opened is closed at once.",
      session: true,
      answers: { 204: { description: "Ended." } },
      async handle({ request }) {
        await callerOf(dependencies, request);
        await endSession(database, bearerToken(request));
        return { status: 204, headers: NEVER_KEPT };
      },
    }),
  ];
}
