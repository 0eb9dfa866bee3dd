import { readFile, writeFile } from "node:fs/promises";
import { id } from "ethers";
import hre, { network } from "hardhat";
import type { CustodyKind } from "../../backend/domain/custody/events.ts";
import type { ParticipantId, PassportId } from "../../backend/domain/types.ts";
import { measureEas } from "./easPeer.ts";
import { GasScenario, PARTICIPANTS } from "./gasScenario.ts";
import { measurePlainToken } from "./plainTokenPeer.ts";

/**
 * `npm run bench:gas`: gas per item of the whole transaction, hardfork osaka, beside peers doing the same work in
 * the same run: the Ethereum Attestation Service, and a plain token.
 *
 *     bench:gas            prints the table
 *     bench:gas --write    and keeps it in contracts/snapshots/costs.gas.json
 *     bench:gas --check    and fails when a figure differs from the snapshot, or a goal is missed at 100 items
 */
const SNAPSHOT = new URL("../../contracts/snapshots/costs.gas.json", import.meta.url);
const SIZES = [1, 10, 100, 200] as const;
const RECORDS = [100, 1_000, 10_000] as const;
const STEPS = ["mint", "handover", "closure"] as const satisfies readonly CustodyKind[];
const GOALS: Readonly<Record<string, number>> = {
  "mint, alone": 46_000,
  "mint, consignment": 29_500,
  "handover, alone": 35_000,
  "handover, consignment": 12_250,
  "closure, alone": 25_500,
  "closure, consignment": 10_100,
};
const RECORD_GOALS: Readonly<Record<number, number>> = { 100: 425, 1000: 43, 10000: 4.3 };

type Row = Record<string, number>;
type Figures = {
  readonly custody: Record<string, Row>;
  readonly records: Row;
  readonly eas: Readonly<Record<string, Row>>;
  readonly plainToken: Row;
};

const passportOf = (issuer: ParticipantId, name: string): PassportId =>
  `0x${issuer.toString(16).padStart(6, "0")}${id(name).slice(2, 36)}` as PassportId;
const next = (participant: ParticipantId): ParticipantId => (participant % PARTICIPANTS) + 1;

/** Mints, hands over and closes `size` passports, each in an event of its own: one transaction a step. */
async function measureAlone(scenario: GasScenario, size: number): Promise<Row> {
  const passports = Array.from({ length: size }, (_, i) => {
    const issuer = (i % PARTICIPANTS) + 1;
    return { issuer, passport: passportOf(issuer, `alone ${size} ${i}`) };
  });
  const row: Row = {};
  for (const step of STEPS) {
    const events = passports.map(({ issuer, passport }) =>
      step === "handover"
        ? scenario.event(step, issuer, next(issuer), [passport])
        : scenario.event(step, step === "mint" ? issuer : next(issuer), 0, [passport]),
    );
    row[step] = Math.round((await scenario.submit(events)) / size);
  }
  return row;
}

/** The same with one event a step. */
async function measureConsignment(scenario: GasScenario, size: number): Promise<Row> {
  const passports = Array.from({ length: size }, (_, i) => passportOf(1, `consignment ${size} ${i}`));
  const row: Row = {};
  for (const step of STEPS) {
    const actor = step === "closure" ? 2 : 1;
    const event = scenario.event(step, actor, step === "handover" ? 2 : 0, passports);
    row[step] = Math.round((await scenario.submit([event])) / size);
  }
  return row;
}

async function measure(): Promise<Figures> {
  await hre.tasks.getTask("build").run({ quiet: true });
  const connection = await network.create();
  const scenario = await GasScenario.deploy(connection);
  const custody: Record<string, Row> = Object.fromEntries(Object.keys(GOALS).map((name) => [name, {}]));
  for (const size of SIZES) {
    const alone = await measureAlone(scenario, size);
    const together = await measureConsignment(scenario, size);
    for (const step of STEPS) {
      (custody[`${step}, alone`] as Row)[size] = alone[step] as number;
      (custody[`${step}, consignment`] as Row)[size] = together[step] as number;
    }
  }
  await scenario.anchor(1);
  const records: Row = {};
  for (const count of RECORDS) records[count] = Math.round(((await scenario.anchor(count)) / count) * 100) / 100;
  const eas = await measureEas(connection, SIZES);
  const plainToken = await measurePlainToken(connection);
  await connection.close();
  return { custody, records, eas, plainToken };
}

function missedGoals(figures: Figures): string[] {
  const custody = Object.entries(GOALS).filter(([name, goal]) => (figures.custody[name]?.[100] ?? 0) > goal);
  const records = RECORDS.filter((count) => (figures.records[count] ?? 0) > (RECORD_GOALS[count] ?? 0));
  return [...custody.map(([name, goal]) => `${name}: goal ${goal}`), ...records.map((count) => `record at ${count}`)];
}

/** Columns by size, as DESIGN's table has them. */
const bySize = (row: Row): Record<string, number | undefined> =>
  Object.fromEntries(SIZES.map((size) => [`N = ${size}`, row[size]]));

/** How many times as much as a consignment of ours at 100 items. */
function timesOurs(figures: Figures, step: string, gas: number | undefined): string {
  const ours = figures.custody[`${step}, consignment`]?.[100];
  return ours === undefined || gas === undefined ? "" : `${(gas / ours).toFixed(1)} ×`;
}

function print(figures: Figures): void {
  console.log("Gas per item, whole transaction, hardfork osaka\n");
  console.table(
    Object.fromEntries(
      Object.entries(figures.custody).map(([name, row]) => [name, { ...bySize(row), "goal at 100": GOALS[name] }]),
    ),
  );
  console.table(
    Object.fromEntries(
      RECORDS.map((count) => [
        `data record, ${count} an anchor`,
        { gas: figures.records[count], goal: RECORD_GOALS[count] },
      ]),
    ),
  );
  console.log("\nPeers, in as few transactions as hold the work; and against a consignment above at 100 items\n");
  const eas = Object.entries(figures.eas).map(([name, row]) => [
    `EAS: ${name}`,
    { ...bySize(row), "against ours": timesOurs(figures, name.split(",")[0] ?? "", row[100]) },
  ]);
  // A transaction holds one of these, so its figure is the same at any size.
  const plainToken = Object.entries(figures.plainToken).map(([name, gas]) => [
    `ERC721URIStorage: ${name}${name === "handover" ? ", no consent of the receiver" : ""}`,
    { ...bySize(Object.fromEntries(SIZES.map((size) => [size, gas]))), "against ours": timesOurs(figures, name, gas) },
  ]);
  console.table(Object.fromEntries([...eas, ...plainToken]));
}

const figures = await measure();
print(figures);
const text = `${JSON.stringify(figures, null, 2)}\n`;
if (process.argv.includes("--write")) await writeFile(SNAPSHOT, text);
if (process.argv.includes("--check")) {
  const kept = await readFile(SNAPSHOT, "utf8").catch(() => "");
  if (kept !== text) console.error("Gas differs from contracts/snapshots/costs.gas.json: npm run bench:gas -- --write");
  const missed = missedGoals(figures);
  if (missed.length > 0) console.error(`Over the goal at 100: ${missed.join("; ")}`);
  if (kept !== text || missed.length > 0) process.exitCode = 1;
}
