import { createChainReader } from "../../backend/chain/chainReader.ts";
import { decodeLogs, LOG_TOPICS } from "../../backend/chain/decodeLogs.ts";
import { batchAll } from "../../backend/chain/jsonRpc.ts";
import { logsRequest, parseLogs, readHeader } from "../../backend/chain/readBlocks.ts";
import type { CustodyEventAppliedLog } from "../../backend/domain/reconciliation/contractLog.ts";
import { projectCustodyLog } from "../../backend/domain/reconciliation/projectCustody.ts";
import { describeKeccak } from "../../backend/services/hashing/chooseKeccak.ts";
import { setFastKeccak } from "../../backend/services/hashing/setFastKeccak.ts";
import { openProjection } from "../../backend/storage/projectionStore.ts";
import { createFollower } from "../../backend/workers/follower.ts";
import { newMint } from "./load/acceptWorld.ts";
import { startBenchChain } from "./load/benchChain.ts";
import { type BenchSetting, withBenchSetting } from "./load/benchSetting.ts";
import { type Figure, numberOption, report, whole } from "./load/report.ts";

/**
 * `npm run bench:follow`: how fast a follower that starts on an empty database takes in a chain's history, to durable rows.
 *
 *     --events N     events on the chain, each with one item (10000)
 *     --check        exit code 1 where a goal is missed
 */
const EVENTS = numberOption("events", 10_000);
const GOAL = 10_000;
const PER_TRANSACTION = 250;

async function bench({ database, dataDir }: BenchSetting): Promise<void> {
  console.log(`hashing: ${describeKeccak(await setFastKeccak(() => performance.now()))}`);
  const chain = await startBenchChain(dataDir, 20);
  try {
    console.log(`putting ${whole(EVENTS)} events on a chain …`);
    const events = Array.from({ length: EVENTS }, () => newMint(chain.separator).signed);
    await chain.submit(events, PER_TRANSACTION);
    const { rpc, deployment } = chain;

    const { step } = createFollower({
      chain: createChainReader(rpc, deployment.contract),
      projection: openProjection(database.pool, deployment),
      chainId: deployment.chainId,
      deploymentBlock: deployment.deploymentBlock,
      sightingsUntilRollback: 1,
    });
    const cpuBefore = process.cpuUsage();
    const seconds = await timed(async () => {
      while ((await step()) === "progress");
    });
    const { user, system } = process.cpuUsage(cpuBefore);
    const { rows } = await database.pool.query("SELECT count(*)::int AS count FROM chain_passport");
    if (rows[0].count !== EVENTS) throw new Error(`Only ${rows[0].count} of ${EVENTS} events were followed.`);

    const range = { fromBlock: deployment.deploymentBlock, toBlock: (await readHeader(rpc, "latest")).number };
    const topics = [[LOG_TOPICS.CustodyEventApplied]];
    let answer: unknown;
    const fetching = await timed(async () => {
      [answer] = await batchAll(rpc, [logsRequest(deployment.contract, range, topics)]);
    });
    let raw: ReturnType<typeof parseLogs> = [];
    let decoded: ReturnType<typeof decodeLogs> = [];
    const decoding = await timed(async () => {
      raw = parseLogs(rpc, deployment.contract, range, answer);
      decoded = decodeLogs(raw);
    });
    const hashing = await timed(async () => {
      const passports = new Map();
      for (const log of decoded) projectCustodyLog(chain.separator, log as CustodyEventAppliedLog, passports);
    });
    const rate = (time: number): string => `${whole(EVENTS / time)} a second`;
    const figures: Figure[] = [
      {
        what: "events followed, to durable rows",
        figure: rate(seconds),
        goal: `≥ ${whole(GOAL)}`,
        reached: EVENTS / seconds >= GOAL,
        limit: `${whole((EVENTS * 1e6) / (user + system))} by this process's share of a core`,
      },
      { what: "logs fetched from the node, bare", figure: rate(fetching), goal: "", reached: true },
      { what: "logs parsed and decoded, bare", figure: rate(decoding), goal: "", reached: true },
      { what: "digests and heads computed again, bare", figure: rate(hashing), goal: "", reached: true },
    ];
    report(`Following ${whole(EVENTS)} events`, figures, [
      "A follower believes no log whose digest and heads it has not computed itself: that is the most of its work.",
    ]);
  } finally {
    await chain.stop();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

await withBenchSetting(bench);
