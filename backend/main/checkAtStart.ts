import type { Logger } from "pino";
import type { JsonRpc } from "../chain/jsonRpc.ts";
import { domainSeparator } from "../domain/eip712.ts";
import type { RecoverSigner } from "../domain/signatures.ts";
import type { Deployment } from "../services/deployment.ts";
import { checkTables, type Finding } from "../services/fsck/checkTables.ts";
import type { Database } from "../storage/database.ts";

/**
 * The short form of `battery-passport fsck`: what is quick however many rows there are. A breach goes to the log and does
 * not keep the server from starting: readers are served, and workers that cannot go on stop by themselves.
 */
export async function checkAtStart(parts: {
  readonly database: Database;
  readonly rpc: JsonRpc;
  readonly deployment: Deployment;
  readonly curve: { readonly recoverSigner: RecoverSigner };
  readonly log: Logger;
}): Promise<Finding[]> {
  const { database, rpc, deployment, curve, log } = parts;
  const setting = {
    pool: database.pool,
    rpc,
    deployment,
    separator: domainSeparator(deployment),
    recoverSigner: curve.recoverSigner,
    onProgress: () => undefined,
  };
  const findings = await checkTables(setting, { quick: true, repair: false });
  for (const { state, ...finding } of findings) {
    if (state === "broken") log.error({ ...finding }, "the tables break a rule; battery-passport fsck tells more");
    if (state === "unavailable") log.warn({ ...finding }, "a rule about the tables could not be checked");
  }
  return findings;
}
