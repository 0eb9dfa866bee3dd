import { formatTrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { freePort } from "../../../backend/embedded/freePort.ts";
import { type BenchChain, startBenchChain, storeProducerRecord } from "./benchChain.ts";
import type { BenchProcess, BenchSetting } from "./benchSetting.ts";

export type BenchServer = BenchProcess & { readonly port: number };

export type BenchInstallation = { readonly chain: BenchChain; readonly server: BenchServer };

/** A server on a chain of its own, which knows the producer. @param roles as in ROLES; every one if none are named */
export async function withInstallation(
  setting: BenchSetting,
  blockMs: number,
  work: (installation: BenchInstallation) => Promise<void>,
  roles?: string,
): Promise<void> {
  const chain = await startBenchChain(setting.dataDir, blockMs);
  let server: BenchServer | undefined;
  try {
    server = await startInstallation(setting, chain, roles);
    await storeProducerRecord(setting.database.pool);
    await work({ chain, server });
  } finally {
    await server?.stop();
    await chain.stop();
  }
}

/** One more server of the same installation, once it is ready. */
export async function startInstallation(
  { databaseUrl, dataDir, start }: BenchSetting,
  chain: BenchChain,
  roles?: string,
): Promise<BenchServer> {
  const environment = {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    RPC_URL: chain.rpc.url,
    TRUST_ROOT: formatTrustRoot(chain.deployment),
    DEPLOYMENT_BLOCK: String(chain.deployment.deploymentBlock),
    REQUESTS_PER_MINUTE: "0",
    LOG_LEVEL: "error",
    SAMPLE: "false",
    ...(roles === undefined ? {} : { ROLES: roles }),
  };
  return start<{ port: number }>("serveInstallation.ts", JSON.stringify(environment));
}
