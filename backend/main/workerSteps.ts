import type { BaseWallet } from "ethers";
import type { Logger } from "pino";
import { createChainReader } from "../chain/chainReader.ts";
import type { JsonRpc } from "../chain/jsonRpc.ts";
import { readHeader } from "../chain/readBlocks.ts";
import { createTransactor } from "../chain/transactor.ts";
import type { PutBlock, ReadBlock } from "../content/block.ts";
import { gatewayBlocks } from "../content/gatewayBlocks.ts";
import { domainSeparator } from "../domain/eip712.ts";
import type { Failpoint } from "../domain/failpoint.ts";
import type { ReceiptKey } from "../services/custody/signReceipt.ts";
import type { Deployment } from "../services/deployment.ts";
import { readHeights } from "../services/finality.ts";
import type { WorkersFigures } from "../services/serviceDependencies.ts";
import { openAnchorQueue } from "../storage/anchorQueue.ts";
import { openContentQueues } from "../storage/contentQueues.ts";
import type { Database } from "../storage/database.ts";
import type { Leadership } from "../storage/leadership.ts";
import { openManifestQueue } from "../storage/manifestQueue.ts";
import { openProjection } from "../storage/projectionStore.ts";
import { readReadyHoldOrder } from "../storage/readyHoldOrders.ts";
import { readReadyProposal } from "../storage/readyProposals.ts";
import { openSubmissions } from "../storage/submissions.ts";
import { createAnchorSealing } from "../workers/anchorSealing.ts";
import { createContentStep } from "../workers/contentStep.ts";
import { createFollower } from "../workers/follower.ts";
import type { Step } from "../workers/loop.ts";
import { createManifestStep } from "../workers/manifestStep.ts";
import { createRelayer } from "../workers/relayer.ts";
import type { RelayAlarm } from "../workers/relayerNeeds.ts";

/** What the workers of a process work with. */
export type WorkerParts = {
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
  readonly met: WorkersFigures;
  readonly log: Logger;
};

/** Of several followers one works; another takes over when it gives no sign. Should two meet, the cursor lets one pass. */
export function followStep(parts: WorkerParts, leadership: Leadership, noteCaughtUp: () => void): Step {
  const { database, deployment, rpc, met, log } = parts;
  const { step } = createFollower({
    chain: createChainReader(rpc, deployment.contract),
    projection: openProjection(database.pool, deployment, parts.failpoint),
    chainId: deployment.chainId,
    deploymentBlock: deployment.deploymentBlock,
    ...(parts.ownChain ? { sightingsUntilRollback: 1 } : {}),
    onProgress(progress) {
      if (progress.step !== "rollback") return log.debug({ worker: "follower", ...progress }, "followed the chain");
      met.reorgs++;
      met.deepestReorg = Math.max(met.deepestReorg, progress.depth);
      log.warn({ worker: "follower", ...progress }, "undid blocks that the chain does not have any more");
    },
  });
  return async () => {
    if (!(await leadership.hold())) return "idle";
    const outcome = await step();
    if (outcome === "idle") noteCaughtUp();
    return outcome;
  };
}

const REPEAT_ALARM_MS = 60_000;
/** Alarms that mean that nothing more is sent until a person, or the market, changes something. */
const PAUSES: ReadonlySet<RelayAlarm["code"]> = new Set(["relayer-unfunded", "fee-cap-reached"]);
/** Blocks that the tables may be behind when relaying begins: what the chain has already must not be sent again. */
const MOST_BEHIND = 5;

/** Relays when it is this process's turn, and tells the others what keeps it from that. */
export function relayStep(parts: WorkerParts, leadership: Leadership): Step {
  const { database, deployment, rpc, log } = parts;
  const transactor = createTransactor(rpc, parts.wallet, deployment);
  const tell = alarmOnce(log);
  let trouble: string | null = null;
  const onAlarm = (alarm: RelayAlarm): void => {
    if (PAUSES.has(alarm.code)) trouble = alarm.code;
    tell(alarm);
  };
  const sealAnchor = createAnchorSealing({
    separator: domainSeparator(deployment),
    key: parts.publisherKey,
    encodeAnchor: transactor.encodeAnchor,
    queue: openAnchorQueue(database.pool, leadership.fence),
    onAlarm,
    maxWaitSeconds: parts.anchorWaitSeconds,
  });
  const store = openSubmissions(database.pool, transactor.sender, leadership.fence);
  const { step } = createRelayer({
    chain: transactor,
    store: {
      ...store,
      async seal(submission) {
        const id = await store.seal(submission);
        log.debug({ worker: "relayer", submission: id, digests: submission.digests }, "sealed");
        return id;
      },
    },
    readReadyProposal: () => readReadyProposal(database.pool),
    readReadyHoldOrder: () => readReadyHoldOrder(database.pool),
    sealAnchor,
    holdLeadership: () => leadership.hold(),
    onAlarm,
    clock: () => performance.now(),
    failpoint: parts.failpoint,
  });
  let isCaughtUp = false;
  return async () => {
    // Tables from an older backup, or of a new operator, do not know yet what the chain has.
    isCaughtUp ||= await isNearChain(parts);
    if (!isCaughtUp) return "idle";
    trouble = null;
    const outcome = await step();
    await leadership.note(trouble);
    return outcome;
  };
}

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

async function isNearChain({ database, rpc }: WorkerParts): Promise<boolean> {
  const heights = await readHeights(database.pool);
  return heights !== null && (await readHeader(rpc, "latest")).number - heights.head <= MOST_BEHIND;
}

const sourcesOf = ({ blocks, peers }: WorkerParts): ReadBlock[] => [
  blocks.readBlock,
  ...peers.map((peer) => gatewayBlocks(peer)),
];

/** Puts records where others find them, and fetches those that are missing here. */
export function contentStep(parts: WorkerParts): Step {
  return createContentStep({
    queues: openContentQueues(parts.database.pool),
    putBlock: parts.blocks.putBlock,
    sources: sourcesOf(parts),
    onProblem: (error, hash) =>
      parts.log.warn({ worker: "content", hash, reason: (error as Error).message }, "a record could not be moved"),
  });
}

/** Finds the leaves of others' anchors. */
export function manifestStep(parts: WorkerParts): Step {
  return createManifestStep({
    queue: openManifestQueue(parts.database.pool),
    separator: domainSeparator(parts.deployment),
    sources: sourcesOf(parts),
    onProblem(error, { publisher, sequence }) {
      const reason = (error as Error).message;
      parts.log.warn({ worker: "manifests", publisher, sequence, reason }, "a manifest is missing");
    },
  });
}
