import { SigningKey, Wallet } from "ethers";
import { destination, type Logger, pino } from "pino";
import { signerOf } from "../../scripts/cli/keys/keystore.ts";
import { OPERATOR } from "../../scripts/sample/sampleFirms.ts";
import { createSampleKeys, GOVERNOR_THRESHOLD } from "../../scripts/sample/sampleKeys.ts";
import { failoverRpc } from "../chain/failoverRpc.ts";
import { connectJsonRpc, type JsonRpc } from "../chain/jsonRpc.ts";
import { readBalance } from "../chain/sendTransaction.ts";
import type { Config } from "../config.ts";
import { DomainError } from "../domain/errors.ts";
import type { SignDigest } from "../domain/signatures.ts";
import type { Address } from "../domain/types.ts";
import type { Deployment } from "../services/deployment.ts";
import type { Finding } from "../services/fsck/checkTables.ts";
import type { ChosenKeccak } from "../services/hashing/chooseKeccak.ts";
import { setFastKeccak } from "../services/hashing/setFastKeccak.ts";
import { type ChosenCurve, chooseCurve } from "../services/signatures/chooseCurve.ts";
import { loadNativeCurve } from "../services/signatures/nativeCurve.ts";
import { openDatabase } from "../storage/database.ts";
import { migrate } from "../storage/migrate.ts";
import { checkAtStart } from "./checkAtStart.ts";
import { deployOwnContract } from "./deployOwnContract.ts";
import { failpointAt } from "./failpoint.ts";
import { findDeployment } from "./findDeployment.ts";
import { readOperatorKey } from "./operatorKey.ts";
import type { Surroundings } from "./startEmbedded.ts";
import { startWorkers, type Workers } from "./startWorkers.ts";
import type { StopSteps } from "./stopSteps.ts";
import { type Application, wireApplication } from "./wireApplication.ts";

/** An anchor costs the same for one record as for ten thousand; on a chain of our own it costs nothing. */
const ANCHOR_WAIT_SECONDS = 60;
const OWN_CHAIN_WAIT_SECONDS = 2;

/** An installation at work. */
export interface Operation {
  readonly deployment: Deployment;
  readonly application: Application;
  readonly workers: Workers;
  readonly relayer: { readonly account: Address; readonly balance: bigint };
  readonly curve: ChosenCurve;
  readonly keccak: ChosenKeccak;
  /** What the quick checks of the tables came to. */
  readonly findings: readonly Finding[];
}

/** Migrates, finds the contract or deploys one, and starts the application and its workers. */
export async function operateInstallation(
  config: Config,
  surroundings: Surroundings,
  publicUrl: string,
  stopSteps: StopSteps,
  log: (line: string) => void,
  stopping: AbortSignal,
): Promise<Operation> {
  const { dataDir, databaseUrl, rpcUrls, chain } = surroundings;
  const logger = pino({ level: config.logLevel }, destination({ dest: 2, sync: true }));
  const keccak = await setFastKeccak(() => performance.now());
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) log(`prepared the database (${applied.length} migrations)`);
  const database = openDatabase(databaseUrl, {
    onConnectionLost: (error) => logger.warn({ reason: error.message }, "an idle database connection was lost"),
  });
  stopSteps.add("database", database.close);

  const rpc = connectChain(rpcUrls, null, logger);
  const found = await findDeployment(config, rpc, dataDir);
  if (found === null && chain === undefined) {
    const message =
      "This installation does not know its contract: set TRUST_ROOT and DEPLOYMENT_BLOCK, or deploy one with `npm run deploy`.";
    throw new DomainError("contract-unknown", message);
  }
  const curve = chooseCurve(loadNativeCurve, () => performance.now());
  const keys =
    chain === undefined
      ? await ownKeys(config, dataDir, curve.signDigest)
      : await simulatedKeys(dataDir, chain.accounts, curve.signDigest);
  const deployment =
    found ??
    (await deployOwnContract({
      rpc,
      chain: chain as NonNullable<typeof chain>,
      dataDir,
      governors: keys.governors,
      threshold: GOVERNOR_THRESHOLD,
      resolver: `${publicUrl}/v1/dpps/`,
    }));
  if (found === null) log(`deployed the contract at ${deployment.contract}`);

  const chainRpc = connectChain(rpcUrls, deployment.chainId, logger);
  const met = { deepestReorg: 0, reorgs: 0 };
  const application = await wireApplication({
    config,
    dataDir,
    publicUrl,
    rpc: chainRpc,
    rpcUrls,
    deployment,
    database,
    operatorSigner: keys.operator,
    curve,
    keccak,
    met,
    log: logger,
    stopping,
  });
  stopSteps.add("application", application.close);
  const workers = startWorkers({
    roles: config.roles,
    databaseUrl,
    database,
    rpc: chainRpc,
    ownChain: chain !== undefined,
    deployment,
    wallet: keys.relayer,
    publisherKey: application.receiptKey,
    anchorWaitSeconds: config.anchorWaitSeconds ?? (chain === undefined ? ANCHOR_WAIT_SECONDS : OWN_CHAIN_WAIT_SECONDS),
    blocks: application.blocks,
    peers: config.peers,
    failpoint: failpointAt(config.killAt),
    met,
    log: logger,
  });
  stopSteps.add("workers", workers.stop);
  // After a power cut our own chain comes back a few blocks shorter than the tables: nobody is told of those any more.
  if (chain !== undefined) await workers.caughtUp;
  const findings = await checkAtStart({ database, rpc: chainRpc, deployment, curve, log: logger });
  const account = keys.relayer.address.toLowerCase() as Address;
  return {
    deployment,
    application,
    workers,
    curve,
    keccak,
    findings,
    relayer: { account, balance: await readBalance(rpc, account).catch(() => 0n) },
  };
}

/** All endpoints of the chain as one; which of them fail, and how, goes to the log. */
function connectChain(urls: readonly [string, ...string[]], chainId: number | null, log: Logger): JsonRpc {
  const [first, ...others] = urls.map((url) => connectJsonRpc(url)) as [JsonRpc, ...JsonRpc[]];
  if (others.length === 0) return first;
  return failoverRpc([first, ...others], {
    chainId,
    clock: () => performance.now(),
    onTrouble: (trouble) => log.warn(trouble, "an RPC of the chain fails; another one is asked"),
  });
}

type Keys = {
  readonly operator: ReturnType<typeof signerOf>;
  readonly relayer: Wallet;
  readonly governors: Awaited<ReturnType<typeof createSampleKeys>>["governorAddresses"];
};

/** One key for receipts and for paying. */
async function ownKeys(config: Config, dataDir: string, sign: SignDigest): Promise<Keys> {
  const key = await readOperatorKey(config, dataDir);
  return { operator: signerOf(new SigningKey(key), sign), relayer: new Wallet(key), governors: [] };
}

/** Everybody's keys on this machine; the chain's own funded accounts deploy (the first) and relay (the second). */
async function simulatedKeys(
  dataDir: string,
  accounts: readonly { readonly privateKey: string }[],
  sign: SignDigest,
): Promise<Keys> {
  const keys = await createSampleKeys(dataDir, sign);
  const operator = keys.firms.get(OPERATOR.key);
  const relayer = accounts[1];
  if (operator === undefined || relayer === undefined) throw new Error("the sample has no operator, or no account");
  return { operator, relayer: new Wallet(relayer.privateKey), governors: keys.governorAddresses };
}
