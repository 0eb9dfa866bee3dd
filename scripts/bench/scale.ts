import { setFastKeccak } from "../../backend/services/hashing/setFastKeccak.ts";
import { type Database, openDatabase } from "../../backend/storage/database.ts";
import { migrate } from "../../backend/storage/migrate.ts";
import { handoverBody } from "./load/acceptWorld.ts";
import { type BenchProcess, type BenchSetting, withBenchSetting } from "./load/benchSetting.ts";
import { fillPassports, somePassports } from "./load/fillPassports.ts";
import { type Figure, numberOption, report, whole } from "./load/report.ts";
import { type LoadResult, requestBytes, sendLoad } from "./load/sendLoad.ts";

/**
 * `npm run bench:scale`: what a hundred times as many passports do to the time of an accepted handover and of a passport's
 * document. Two databases of one PostgreSQL, a server on each, and the very same loads in turns, at rates that both take with
 * ease: what is compared is the work, not a queue.
 *
 *     --small N            passports of the one (10000)
 *     --large N            and of the other (1000000: some 7 GB, and minutes to fill)
 *     --rounds N           how often each load is sent to each; the middle one of the figures counts (5)
 *     --seconds N          how long a load lasts (10)
 *     --accepts N          handovers a second (50)
 *     --reads N            documents a second (200)
 *     --data DIR           where the databases lie
 *     --check              exit code 1 where the goal is missed
 */
const SIZES = { small: numberOption("small", 10_000), large: numberOption("large", 1_000_000) };
const ROUNDS = numberOption("rounds", 5);
const SECONDS = numberOption("seconds", 10);
const RATES = { accept: numberOption("accepts", 50), read: numberOption("reads", 200) };
const GOAL = 1.5;
const CONNECTIONS = 64;

type Kind = keyof typeof RATES;
type Side = {
  readonly passports: number;
  readonly database: Database;
  readonly server: BenchProcess & { readonly port: number };
  /** About passports from all over the tables; of what is read, each once as long as there are enough. */
  readonly requests: Record<Kind, (count: number) => Uint8Array[]>;
  readonly results: Record<Kind, LoadResult[]>;
};

async function bench(setting: BenchSetting): Promise<void> {
  await setFastKeccak(() => performance.now());
  const sides: Side[] = [];
  try {
    for (const passports of Object.values(SIZES)) sides.push(await openSide(setting, passports));
    // The first round warms both servers and their caches, and counts for nothing.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const kind of ["accept", "read"] as const) {
        for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
          const result = await send(side, kind);
          if (round > 0) side.results[kind].push(result);
        }
      }
    }
    const [small, large] = sides as [Side, Side];
    const figures = (["accept", "read"] as const).flatMap((kind) => compare(kind, small, large));
    report(`${whole(large.passports)} passports against ${whole(small.passports)}`, figures, [
      `Middle one of ${ROUNDS} loads of ${SECONDS} s each, open loop. How far they lie apart says what a ratio is worth:`,
      ...(["accept", "read"] as const).map(
        (kind) => `p99 of each, ${kind}: ${p99s(small, kind)} → ${p99s(large, kind)} ms`,
      ),
    ]);
  } finally {
    for (const { server, database } of sides) {
      await server.stop();
      await database.close();
    }
  }
}

async function openSide({ database, databaseUrl, dataDir, start }: BenchSetting, passports: number): Promise<Side> {
  const name = `passports_${passports}`;
  await database.pool.query(`CREATE DATABASE ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  const own = openDatabase(url.href);
  const began = performance.now();
  await fillPassports(own.pool, passports);
  console.log(`${whole(passports)} passports filled in ${whole((performance.now() - began) / 1000)} s`);
  const loads = ROUNDS + 1;
  const accepted = Math.ceil(RATES.accept * SECONDS) * loads;
  const some = await somePassports(own.pool, accepted + Math.ceil(RATES.read * SECONDS) * loads);
  const toAccept = some.slice(0, accepted);
  const toRead = some.slice(accepted);
  if (toRead.length === 0) throw new Error("More passports are needed: --small N, or fewer --rounds.");
  let read = 0;
  const server = await start<{ port: number }>("serveApplication.ts", url.href, dataDir);
  return {
    passports,
    database: own,
    server,
    requests: {
      accept: (count) =>
        toAccept.splice(0, count).map((one) => requestBytes("POST", "/v1/custody-events", handoverBody([one]))),
      read: (count) =>
        Array.from({ length: count }, () => requestBytes("GET", `/v1/dpps/${toRead[read++ % toRead.length]?.id}`)),
    },
    results: { accept: [], read: [] },
  };
}

async function send({ server, requests }: Side, kind: Kind): Promise<LoadResult> {
  const result = await sendLoad({
    port: server.port,
    requests: requests[kind](Math.ceil(RATES[kind] * SECONDS)),
    connections: CONNECTIONS,
    perSecond: RATES[kind],
  });
  if (result.statuses[kind === "accept" ? 202 : 200] !== result.sent) {
    throw new Error(`Not every request succeeded: ${JSON.stringify(result.statuses)}`);
  }
  return result;
}

const p99s = ({ results }: Side, kind: Kind): string => results[kind].map(({ p99 }) => p99.toFixed(1)).join(", ");

function compare(kind: Kind, small: Side, large: Side): Figure[] {
  const middle = (side: Side, of: "p50" | "p99"): number =>
    side.results[kind].map((result) => result[of]).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
  return (["p50", "p99"] as const).map((of) => {
    const [few, many] = [middle(small, of), middle(large, of)];
    return {
      what: `${kind === "accept" ? "handovers accepted" : "documents read"} at ${RATES[kind]} a second, ${of}`,
      figure: `${few.toFixed(1)} → ${many.toFixed(1)} ms, ${(many / few).toFixed(2)} ×`,
      goal: of === "p99" ? `≤ ${GOAL} ×` : "",
      reached: of === "p50" || many / few <= GOAL,
    };
  });
}

await withBenchSetting(bench);
