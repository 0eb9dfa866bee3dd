import { formatTrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { freePort } from "../../../backend/embedded/freePort.ts";
import { type BenchChain, startBenchChain, storeProducerRecord } from "./benchChain.ts";
import type { BenchProcess, BenchSetting } from "./benchSetting.ts";

export type BenchInstallation = {
  readonly chain: BenchChain;
  readonly server: BenchProcess & { readonly port: number };
};

/** A server with every role on a chain of its own, which knows the producer. */
export async function withInstallation(
  { database, databaseUrl, dataDir, start }: BenchSetting,
  blockMs: number,
  work: (installation: BenchInstallation) => Promise<void>,
): Promise<void> {
  const chain = await startBenchChain(dataDir, blockMs);
  let server: BenchInstallation["server"] | undefined;
  try {
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
    };
    server = await start<{ port: number }>("serveInstallation.ts", JSON.stringify(environment));
    await storeProducerRecord(database.pool);
    await work({ chain, server });
  } finally {
    await server?.stop();
    await chain.stop();
  }
}
