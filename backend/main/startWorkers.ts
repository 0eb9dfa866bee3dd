import type { BaseWallet } from "ethers";
import type { Logger } from "pino";
import { createChainReader } from "../chain/chainReader.ts";
import { connectJsonRpc } from "../chain/jsonRpc.ts";
import { createTransactor } from "../chain/transactor.ts";
import type { Deployment } from "../services/deployment.ts";
import type { Database } from "../storage/database.ts";
import { seekLeadership } from "../storage/leadership.ts";
import { openProjection } from "../storage/projectionStore.ts";
import { readReadyProposal } from "../storage/readyProposals.ts";
import { openSubmissions } from "../storage/submissions.ts";
import { createFollower } from "../workers/follower.ts";
import { type Loop, type LoopFailure, startLoop } from "../workers/loop.ts";
import { createRelayer } from "../workers/relayer.ts";

const FOLLOW_EVERY_MS = 250;
const RELAY_EVERY_MS = 150;

export interface Workers {
  readonly follower: Loop;
  readonly relayer: Loop;
  /** Lets every step under way finish. */
  stop(): Promise<void>;
}

/** Puts accepted events on chain, and the chain into tables. Each tells its troubles to the log and goes on. */
export function startWorkers(parts: {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  /** Pays for transactions. */
  readonly wallet: BaseWallet;
  readonly log: Logger;
}): Workers {
  const { database, deployment, log } = parts;
  const rpc = connectJsonRpc(parts.rpcUrl);
  const transactor = createTransactor(rpc, parts.wallet, deployment);
  const leadership = seekLeadership(parts.databaseUrl);
  const onError = ({ name, error, advice, failures, pauseMs }: LoopFailure): void => {
    const level = advice === "stop" ? "fatal" : "warn";
    log[level](
      { err: error, worker: name, failures, pauseMs },
      advice === "stop" ? "a worker gave up" : "a step failed",
    );
  };
  const { step: follow } = createFollower({
    chain: createChainReader(rpc, deployment.contract),
    projection: openProjection(database.pool, deployment),
    chainId: deployment.chainId,
    deploymentBlock: deployment.deploymentBlock,
    onProgress: (progress) => log.debug({ worker: "follower", ...progress }, "followed the chain"),
  });
  const { step: relay } = createRelayer({
    chain: transactor,
    store: openSubmissions(database.pool, transactor.sender),
    readReadyProposal: () => readReadyProposal(database.pool),
    holdLeadership: () => leadership.hold(),
    onAlarm: ({ code, details }) => log.error({ worker: "relayer", code, ...details }, "the relayer needs attention"),
    clock: () => performance.now(),
  });
  const follower = startLoop({ name: "follower", step: follow, idleMs: FOLLOW_EVERY_MS, onError });
  const relayer = startLoop({ name: "relayer", step: relay, idleMs: RELAY_EVERY_MS, onError });
  return {
    follower,
    relayer,
    async stop() {
      await Promise.all([follower.stop(), relayer.stop()]);
      await leadership.release();
    },
  };
}
