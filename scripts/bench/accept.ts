import { portableCurve } from "../../backend/services/signatures/curve.ts";
import { loadNativeCurve } from "../../backend/services/signatures/nativeCurve.ts";
import { handoverBody, mintBody, type Owned, signatures } from "./load/acceptWorld.ts";
import { insertBare } from "./load/bareInsert.ts";
import { type BenchProcess, type BenchSetting, withBenchSetting } from "./load/benchSetting.ts";
import { fillPassports, somePassports } from "./load/fillPassports.ts";
import { type Figure, measureRate, numberOption, report, timesOf, whole } from "./load/report.ts";
import { type LoadResult, requestBytes, sendLoad } from "./load/sendLoad.ts";

/**
 * `npm run bench:accept`: what one server accepts by HTTP, recovered, judged and durable (fsync on), in a process of its
 * own beside PostgreSQL and the sender, all on this machine.
 *
 *     --seconds N     how long each load lasts (8)
 *     --passports N   how many passports the tables hold (10000); bench:scale compares
 *     --data DIR      where the database lies: another disk, another figure
 *     --profile       leaves a CPU profile of the server in the working folder
 *     --check         exit code 1 where a goal is missed
 */
const SECONDS = numberOption("seconds", 8);
const PASSPORTS = numberOption("passports", 10_000);
const GOALS = { singles: 2_000, items: 10_000, passports: 150, p99: 250 };
const CONSIGNMENT = 100;
/** Enough to keep the group commit filled, and fewer than a server's sockets. */
const CONNECTIONS = 128;

type Server = BenchProcess & { readonly port: number; readonly signatures: string; readonly hashing: string };

/** Hands out each passport once: a second event about one would be refused. */
function passportsOf(owned: Owned[]): (count: number) => Owned[] {
  return (count) => {
    if (owned.length < count) throw new Error("More passports are needed: --passports N, or fewer --seconds.");
    return owned.splice(0, count);
  };
}

const post = (body: string): Uint8Array => requestBytes("POST", "/v1/custody-events", body);

/** First as fast as it goes, which is the figure; then at the goal's rate, which is where latency means something. */
async function measure(server: Server, rate: number, make: () => string) {
  const bodies = (count: number): Uint8Array[] =>
    Array.from({ length: Math.max(1, Math.round(count)) }, () => post(make()));
  const probe = await sendLoad({
    port: server.port,
    requests: bodies(rate),
    connections: CONNECTIONS,
    perSecond: null,
  });
  const wanted = Math.min(probe.perSecond, 4 * rate) * SECONDS;
  const cpuBefore = await server.cpuMs();
  const full = await sendLoad({
    port: server.port,
    requests: bodies(wanted),
    connections: CONNECTIONS,
    perSecond: null,
  });
  const cpuMs = ((await server.cpuMs()) - cpuBefore) / full.sent;
  const steady = await sendLoad({
    port: server.port,
    requests: bodies(Math.min(rate, 0.8 * full.perSecond) * SECONDS),
    connections: CONNECTIONS,
    perSecond: Math.min(rate, 0.8 * full.perSecond),
  });
  for (const load of [probe, full, steady]) requireAccepted(load);
  return { full, cpuMs, steady, steadyRate: Math.min(rate, 0.8 * full.perSecond) };
}

function requireAccepted({ statuses, sent }: LoadResult): void {
  if (statuses[202] !== sent) throw new Error(`Not everything was accepted: ${JSON.stringify(statuses)}`);
}

async function bench({ database, databaseUrl, dataDir, start }: BenchSetting): Promise<void> {
  const consignments = Math.ceil((GOALS.items / CONSIGNMENT) * (SECONDS * 3 + 1)) * CONSIGNMENT;
  const singles = GOALS.singles * (SECONDS * 5 + 1);
  const needed = Math.max(PASSPORTS, consignments + singles);
  console.log(`filling the tables with ${whole(needed)} passports …`);
  await fillPassports(database.pool, needed);
  const take = passportsOf(await somePassports(database.pool, consignments + singles));
  const server = await start<Server>("serveApplication.ts", databaseUrl, dataDir);
  console.log(`signatures: ${server.signatures}\nhashing: ${server.hashing}`);

  const single = () => handoverBody(take(1));
  const consignment = () => handoverBody(take(CONSIGNMENT));
  const passport = () => mintBody();
  const size = (body: string): string => `${(Buffer.byteLength(body) / 1000).toFixed(1)} kB`;
  const [singleSize, passportSize] = [size(single()), size(passport())];

  const one = await measure(server, GOALS.singles, single);
  const many = await measure(server, GOALS.items / CONSIGNMENT, consignment);
  const pack = await measure(server, GOALS.passports, passport);
  await server.stop();

  const bare = await insertBare(database.pool, SECONDS);
  const native = measureRate((i) => recover(loadNativeCurve().recoverSigner, i));
  const portable = measureRate((i) => recover(portableCurve.recoverSigner, i));
  const items = many.full.perSecond * CONSIGNMENT;
  const figures: Figure[] = [
    {
      what: `handovers a second, alone (${singleSize} each)`,
      figure: whole(one.full.perSecond),
      goal: `≥ ${whole(GOALS.singles)}`,
      reached: one.full.perSecond >= GOALS.singles,
      limit: `${whole(bare.eventsPerSecond)} bare inserts of the same rows; ${ceiling(one.cpuMs)}`,
    },
    {
      what: `… at ${whole(one.steadyRate)} a second, open loop`,
      figure: timesOf(one.steady),
      goal: `p99 ≤ ${GOALS.p99} ms`,
      reached: one.steady.p99 <= GOALS.p99 && one.steadyRate >= GOALS.singles,
    },
    {
      what: `items a second, in consignments of ${CONSIGNMENT}`,
      figure: whole(items),
      goal: `≥ ${whole(GOALS.items)}`,
      reached: items >= GOALS.items,
      limit: `${whole(bare.itemsPerSecond)} bare inserts of the same rows; ${ceiling(many.cpuMs / CONSIGNMENT)}`,
    },
    {
      what: `… at ${whole(many.steadyRate)} consignments a second, open loop`,
      figure: timesOf(many.steady),
      goal: `p99 ≤ ${GOALS.p99} ms`,
      reached: many.steady.p99 <= GOALS.p99,
    },
    {
      what: `full passports a second (${passportSize} each)`,
      figure: whole(pack.full.perSecond),
      goal: `≥ ${whole(GOALS.passports)}`,
      reached: pack.full.perSecond >= GOALS.passports,
      limit: ceiling(pack.cpuMs),
    },
    {
      what: "signers recovered a second on one core, bare",
      figure: whole(native),
      goal: "",
      reached: true,
      limit: `${whole(portable)} portable`,
    },
  ];
  report(`Accepting, ${whole(needed)} passports in the tables`, figures, [
    "Every figure is of whole HTTP requests that were answered 202 after COMMIT.",
  ]);
}

/** What one whole core would do if it did nothing but this process's share of the work. */
const ceiling = (cpuMs: number): string => `${whole(1000 / cpuMs)} by ${cpuMs.toFixed(3)} ms of the server's core each`;

const recover = (recoverSigner: typeof portableCurve.recoverSigner, i: number): void => {
  const { digest, signature } = signatures[i % signatures.length] as (typeof signatures)[number];
  recoverSigner(digest, signature);
};

await withBenchSetting(bench);
