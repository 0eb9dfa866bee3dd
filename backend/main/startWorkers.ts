import type { BaseWallet } from "ethers";
import type { Logger } from "pino";
import { createChainReader } from "../chain/chainReader.ts";
import type { JsonRpc } from "../chain/jsonRpc.ts";
import { createTransactor } from "../chain/transactor.ts";
import type { PutBlock, ReadBlock } from "../content/block.ts";
import { gatewayBlocks } from "../content/gatewayBlocks.ts";
import { domainSeparator } from "../domain/eip712.ts";
import { DomainError } from "../domain/errors.ts";
import type { Failpoint } from "../domain/failpoint.ts";
import type { ReceiptKey } from "../services/custody/signReceipt.ts";
import type { Deployment } from "../services/deployment.ts";
import { openAnchorQueue } from "../storage/anchorQueue.ts";
import { openContentQueues } from "../storage/contentQueues.ts";
import type { Database } from "../storage/database.ts";
import { seekLeadership } from "../storage/leadership.ts";
import { openManifestQueue } from "../storage/manifestQueue.ts";
import { openProjection } from "../storage/projectionStore.ts";
import { readReadyHoldOrder } from "../storage/readyHoldOrders.ts";
import { readReadyProposal } from "../storage/readyProposals.ts";
import { openSubmissions } from "../storage/submissions.ts";
import { createAnchorSealing } from "../workers/anchorSealing.ts";
import { createContentStep } from "../workers/contentStep.ts";
import { createFollower } from "../workers/follower.ts";
import { type Loop, type LoopFailure, startLoop } from "../workers/loop.ts";
import { createManifestStep } from "../workers/manifestStep.ts";
import { createRelayer } from "../workers/relayer.ts";
import type { RelayAlarm } from "../workers/relayerNeeds.ts";

const FOLLOW_EVERY_MS = 250;
const RELAY_EVERY_MS = 150;
const MOVE_CONTENT_EVERY_MS = 500;
const FIND_MANIFESTS_EVERY_MS = 250;

export interface Workers {
  readonly follower: Loop;
  readonly relayer: Loop;
  /** Resolves when the tables have been equal to the chain once, or the follower has given up. */
  readonly caughtUp: Promise<void>;
  /** Lets every step under way finish. */
  stop(): Promise<void>;
}

const REPEAT_ALARM_MS = 60_000;

/** The relayer raises an alarm at every step while its reason lasts; a person is told once a minute. */
function alarmOnce(log: Logger): (alarm: RelayAlarm) => void {
  const told = new Map<string, number>();
  return ({ code, details }) => {
    const now = performance.now();
    if (now - (told.get(code) ?? Number.NEGATIVE_INFINITY) < REPEAT_ALARM_MS) return;
    told.set(code, now);
    log.error({ worker: "relayer", code, ...details }, "the relayer needs attention");
  };
}

/** Puts accepted events on chain, the chain into tables, and records where others find them. Each tells its troubles to the log and goes on. */
export function startWorkers(parts: {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly rpc: JsonRpc;
  /** The chain is one node of our own: what it shows is no lagging replica's view. */
  readonly ownChain: boolean;
  readonly deployment: Deployment;
  /** Pays for transactions. */
  readonly wallet: BaseWallet;
  /** Signs anchors, as the participant that receipts name. */
  readonly publisherKey: ReceiptKey;
  /** Longest wait of a data record for company in its anchor. */
  readonly anchorWaitSeconds: number;
  readonly blocks: { readonly putBlock: PutBlock; readonly readBlock: ReadBlock };
  /** Base URLs of other operators, asked for records that are missing here. */
  readonly peers: readonly string[];
  readonly failpoint: Failpoint;
  readonly log: Logger;
}): Workers {
  const { database, deployment, rpc, log } = parts;
  const transactor = createTransactor(rpc, parts.wallet, deployment);
  const leadership = seekLeadership(parts.databaseUrl);
  const onError = ({ name, error, advice, failures, pauseMs }: LoopFailure): void => {
    const level = advice === "stop" ? "fatal" : "warn";
    const reason = error instanceof DomainError ? { code: error.code, reason: error.message } : { err: error };
    log[level](
      { worker: name, ...reason, failures, pauseMs },
      advice === "stop" ? "a worker gave up" : "a step failed",
    );
  };
  const { step: follow } = createFollower({
    chain: createChainReader(rpc, deployment.contract),
    projection: openProjection(database.pool, deployment, parts.failpoint),
    chainId: deployment.chainId,
    deploymentBlock: deployment.deploymentBlock,
    ...(parts.ownChain ? { sightingsUntilRollback: 1 } : {}),
    onProgress: (progress) => log.debug({ worker: "follower", ...progress }, "followed the chain"),
  });
  const separator = domainSeparator(deployment);
  const onAlarm = alarmOnce(log);
  const sealAnchor = createAnchorSealing({
    separator,
    key: parts.publisherKey,
    encodeAnchor: transactor.encodeAnchor,
    queue: openAnchorQueue(database.pool, leadership.fence),
    onAlarm,
    maxWaitSeconds: parts.anchorWaitSeconds,
  });
  const { step: relay } = createRelayer({
    chain: transactor,
    store: openSubmissions(database.pool, transactor.sender, leadership.fence),
    readReadyProposal: () => readReadyProposal(database.pool),
    readReadyHoldOrder: () => readReadyHoldOrder(database.pool),
    sealAnchor,
    holdLeadership: () => leadership.hold(),
    onAlarm,
    clock: () => performance.now(),
    failpoint: parts.failpoint,
  });
  const sources = [parts.blocks.readBlock, ...parts.peers.map((peer) => gatewayBlocks(peer))];
  const moveContent = createContentStep({
    queues: openContentQueues(database.pool),
    putBlock: parts.blocks.putBlock,
    sources,
    onProblem: (error, hash) =>
      log.warn({ worker: "content", hash, reason: (error as Error).message }, "a record could not be moved"),
  });
  const findManifests = createManifestStep({
    queue: openManifestQueue(database.pool),
    separator,
    sources,
    onProblem: (error, { publisher, sequence }) =>
      log.warn({ worker: "manifests", publisher, sequence, reason: (error as Error).message }, "a manifest is missing"),
  });
  let noteCaughtUp: () => void = () => undefined;
  const firstIdle = new Promise<void>((resolve) => {
    noteCaughtUp = resolve;
  });
  const followAndNote = async () => {
    const outcome = await follow();
    if (outcome === "idle") noteCaughtUp();
    return outcome;
  };
  const follower = startLoop({ name: "follower", step: followAndNote, idleMs: FOLLOW_EVERY_MS, onError });
  const relayer = startLoop({ name: "relayer", step: relay, idleMs: RELAY_EVERY_MS, onError });
  const content = startLoop({ name: "content", step: moveContent, idleMs: MOVE_CONTENT_EVERY_MS, onError });
  const manifests = startLoop({ name: "manifests", step: findManifests, idleMs: FIND_MANIFESTS_EVERY_MS, onError });
  return {
    follower,
    relayer,
    caughtUp: Promise.race([firstIdle, follower.ended]),
    async stop() {
      await Promise.all([follower.stop(), relayer.stop(), content.stop(), manifests.stop()]);
      await leadership.release();
    },
  };
}
