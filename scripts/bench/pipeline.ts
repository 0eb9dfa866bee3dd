import { createChainReader } from "../../backend/chain/chainReader.ts";
import { readHeader } from "../../backend/chain/readBlocks.ts";
import { newMint } from "./load/acceptWorld.ts";
import { withInstallation } from "./load/benchInstallation.ts";
import { type BenchSetting, withBenchSetting } from "./load/benchSetting.ts";
import { numberOption, report, timesOf, whole } from "./load/report.ts";
import { percentilesOf, requestBytes, sendLoad } from "./load/sendLoad.ts";

/**
 * `npm run bench:pipeline`: from the moment an event is due to be sent to the block that carries it, with a server of every
 * role, PostgreSQL and the chain on this machine. Open loop: who had to wait for the server counts in full.
 *
 *     --seconds N    how long events are sent (20)
 *     --rate N       events a second (200)
 *     --check        exit code 1 where a goal is missed
 */
const SECONDS = numberOption("seconds", 20);
const RATE = numberOption("rate", 200);
const BLOCK_MS = 1_000;
const GOALS = { p50: 2_000, p99: 5_000 };
const PATIENCE_MS = 120_000;

async function bench(setting: BenchSetting): Promise<void> {
  await withInstallation(setting, BLOCK_MS, async ({ chain, server }) => {
    const events = Array.from({ length: Math.ceil(RATE * SECONDS) }, () => newMint(chain.separator));
    const requests = events.map(({ body }) => requestBytes("POST", "/v1/custody-events", body));
    const due = new Map<string, number>();
    const mined = new Map<string, number>();

    const reader = createChainReader(chain.rpc, chain.deployment.contract);
    let seen = (await readHeader(chain.rpc, "latest")).number;
    const look = async (): Promise<void> => {
      const { number } = await readHeader(chain.rpc, "latest");
      if (number === seen) return;
      const logs = await reader.readLogsOf(await reader.readBlocks(seen + 1, number));
      const now = performance.now();
      for (const log of logs) if (log.name === "CustodyEventApplied") mined.set(log.digest, now);
      seen = number;
    };
    const sending = sendLoad({
      port: server.port,
      requests,
      connections: 64,
      perSecond: RATE,
      onAnswer: (i, at) => void due.set(events[i]?.digest ?? "", at),
    });
    const end = performance.now() + SECONDS * 1000 + PATIENCE_MS;
    while (mined.size < events.length) {
      if (performance.now() > end) throw new Error(`Only ${mined.size} of ${events.length} events were mined.`);
      await look();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const sent = await sending;
    const times = percentilesOf([...mined].map(([digest, at]) => at - (due.get(digest) ?? at)));
    const { rows } = await setting.database.pool.query(
      "SELECT count(*)::int AS submissions, max(gas_limit) AS gas, (SELECT count(*)::int FROM attempt) AS attempts FROM submission",
    );
    report(
      `Accepted to mined, ${whole(RATE)} events a second, blocks of ${BLOCK_MS} ms`,
      [
        {
          what: "from due to mined, half of the events",
          figure: `${whole(times.p50)} ms`,
          goal: `p50 ≤ ${whole(GOALS.p50)} ms`,
          reached: times.p50 <= GOALS.p50,
          limit: `${whole(BLOCK_MS / 2)} ms: half a block is waited on average for the next one`,
        },
        {
          what: "from due to mined, all but one in a hundred",
          figure: `${whole(times.p99)} ms`,
          goal: `p99 ≤ ${whole(GOALS.p99)} ms`,
          reached: times.p99 <= GOALS.p99,
          limit: `slowest ${whole(times.slowest)} ms`,
        },
        { what: "from due to accepted (202)", figure: timesOf(sent), goal: "", reached: true },
      ],
      [
        `${whole(events.length)} events in ${rows[0].submissions} submissions and ${rows[0].attempts} attempts; the largest had a gas limit of ${whole(rows[0].gas)}.`,
      ],
    );
  });
}

await withBenchSetting(bench);
