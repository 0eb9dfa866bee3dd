import { newMint } from "./load/acceptWorld.ts";
import { startInstallation, withInstallation } from "./load/benchInstallation.ts";
import { type BenchSetting, withBenchSetting } from "./load/benchSetting.ts";
import { numberOption, report, whole } from "./load/report.ts";
import { requestBytes, sendLoad } from "./load/sendLoad.ts";

/**
 * `npm run bench:backlog`: how long a backlog takes that grew while no relayer worked, from the start of a relayer's process
 * until the tables say of every item that the chain has it. Each item is an event of its own: the most work for as many items.
 *
 *     --items N      how many wait (20000)
 *     --profile      leaves a CPU profile of the relayer's process in the working folder
 *     --check        exit code 1 where the goal is missed
 */
const ITEMS = numberOption("items", 20_000);
const BLOCK_MS = 1_000;
const GOAL_S = 60;
const PATIENCE_S = 600;

async function bench(setting: BenchSetting): Promise<void> {
  const { pool } = setting.database;
  const countOpen = async (): Promise<number> =>
    (await pool.query("SELECT count(*)::int AS open FROM accepted_item WHERE state = 'open'")).rows[0].open;
  const drain = async (): Promise<number> => {
    const start = performance.now();
    for (;;) {
      const seconds = (performance.now() - start) / 1000;
      const open = await countOpen();
      if (open === 0) return seconds;
      if (seconds > PATIENCE_S) throw new Error(`After ${PATIENCE_S} s ${whole(open)} items still wait.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await withInstallation(
    setting,
    BLOCK_MS,
    async ({ chain, server }) => {
      console.log(`accepting ${whole(ITEMS)} events that nobody relays …`);
      const requests = Array.from({ length: ITEMS }, () =>
        requestBytes("POST", "/v1/custody-events", newMint(chain.separator).body),
      );
      await sendLoad({ port: server.port, requests, connections: 64, perSecond: null });
      if ((await countOpen()) !== ITEMS) throw new Error(`Only ${whole(await countOpen())} items wait.`);

      const [seconds, relayer] = await Promise.all([drain(), startInstallation(setting, chain, "relayer")]);
      const cpuMs = await relayer.cpuMs();
      await relayer.stop();
      const { rows } = await pool.query(
        `SELECT count(*)::int AS submissions, count(DISTINCT mined_block)::int AS blocks,
           (SELECT count(*)::int FROM attempt) AS attempts FROM submission`,
      );
      const { submissions, blocks, attempts } = rows[0];
      report(
        `A backlog of ${whole(ITEMS)} items, blocks of ${BLOCK_MS} ms`,
        [
          {
            what: "from the relayer's start to the last item's place in the tables",
            figure: `${seconds.toFixed(1)} s`,
            goal: `≤ ${GOAL_S} s for 20,000`,
            reached: seconds <= (GOAL_S * Math.max(ITEMS, 20_000)) / 20_000,
            limit: `${((blocks * BLOCK_MS) / 1000).toFixed(0)} s: the blocks that it took`,
          },
          { what: "the relayer's share of a core", figure: `${(cpuMs / 1000).toFixed(1)} s`, goal: "", reached: true },
        ],
        [`${whole(submissions)} submissions in ${whole(attempts)} attempts.`],
      );
    },
    "api,follower,content",
  );
}

await withBenchSetting(bench);
