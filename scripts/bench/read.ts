import { newMint } from "./load/acceptWorld.ts";
import { withInstallation } from "./load/benchInstallation.ts";
import { type BenchSetting, withBenchSetting } from "./load/benchSetting.ts";
import { type Figure, numberOption, report, timesOf, whole } from "./load/report.ts";
import { type LoadResult, requestBytes, sendLoad } from "./load/sendLoad.ts";

/**
 * `npm run bench:read`: public reads of passports from one server, beside a bare Express route that answers as many bytes.
 *
 *     --seconds N      how long each load lasts (8)
 *     --passports N    how many passports are read in turn (200)
 *     --check          exit code 1 where a goal is missed
 */
const SECONDS = numberOption("seconds", 8);
const PASSPORTS = numberOption("passports", 200);
const GOAL = 3_000;
const CONNECTIONS = 64;

async function bench(setting: BenchSetting): Promise<void> {
  await withInstallation(setting, 50, async ({ chain, server }) => {
    const mints = Array.from({ length: PASSPORTS }, () => newMint(chain.separator));
    const posts = mints.map(({ body }) => requestBytes("POST", "/v1/custody-events", body));
    await sendLoad({ port: server.port, requests: posts, connections: 8, perSecond: null });
    for (;;) {
      const { rows } = await setting.database.pool.query(
        `SELECT (SELECT count(*) FROM chain_passport p, chain_cursor c WHERE p.minted_block <= c.finalized_number)::int AS final`,
      );
      if (rows[0].final === PASSPORTS) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const paths = { report: "verification", passport: "" };
    const sample = await fetch(`http://127.0.0.1:${server.port}/v1/dpps/${mints[0]?.passportId}/verification`);
    const { verdict } = (await sample.clone().json()) as { verdict: string };
    const bytes = (await sample.arrayBuffer()).byteLength;
    if (verdict !== "verified") throw new Error(`A passport is ${verdict}, not verified.`);

    const load = async (path: string): Promise<LoadResult & { cpuMs: number }> => {
      const one = mints.map(({ passportId }) =>
        requestBytes("GET", `/v1/dpps/${passportId}${path === "" ? "" : `/${path}`}`),
      );
      const rounds = (count: number) => Array.from({ length: count }, (_, i) => one[i % one.length] as Uint8Array);
      const common = { port: server.port, connections: CONNECTIONS };
      const probe = await sendLoad({ ...common, requests: rounds(2 * PASSPORTS), perSecond: null });
      const before = await server.cpuMs();
      const full = await sendLoad({
        ...common,
        requests: rounds(Math.ceil(probe.perSecond * SECONDS)),
        perSecond: null,
      });
      const cpuMs = ((await server.cpuMs()) - before) / full.sent;
      if (full.statuses[200] !== full.sent)
        throw new Error(`Not every read succeeded: ${JSON.stringify(full.statuses)}`);
      const rate = Math.min(GOAL, 0.8 * full.perSecond);
      const steady = await sendLoad({ ...common, requests: rounds(Math.ceil(rate * SECONDS)), perSecond: rate });
      return { ...full, p50: steady.p50, p99: steady.p99, slowest: steady.slowest, cpuMs };
    };
    const reports = await load(paths.report);
    const passports = await load(paths.passport);
    const bare = await setting.start<{ port: number }>("serveBare.ts", String(bytes));
    const barely = Array.from({ length: Math.ceil(GOAL * SECONDS) }, () => requestBytes("GET", "/bare/0x00"));
    const limit = await sendLoad({ port: bare.port, requests: barely, connections: CONNECTIONS, perSecond: null });
    await bare.stop();

    const figures = Object.entries({ "verification reports": reports, passports: passports }).flatMap(
      ([what, read]): Figure[] => [
        {
          what: `${what} a second`,
          figure: whole(read.perSecond),
          goal: `≥ ${whole(GOAL)}`,
          reached: read.perSecond >= GOAL,
          limit: `${whole(limit.perSecond)} of a bare Express route; ${whole(1000 / read.cpuMs)} by ${read.cpuMs.toFixed(3)} ms of the server's core each`,
        },
        {
          what: `… at ${whole(Math.min(GOAL, 0.8 * read.perSecond))} a second, open loop`,
          figure: timesOf(read),
          goal: "",
          reached: true,
        },
      ],
    );
    report(`Reading ${whole(PASSPORTS)} passports in turn`, figures, [
      `A report has ${whole(bytes)} bytes, is made once for each head and finalized block, and is then kept.`,
    ]);
  });
}

await withBenchSetting(bench);
