import { globSync } from "node:fs";
import { resolve } from "node:path";
import hre from "hardhat";
import Mocha from "mocha";
import { testOrder } from "./testOrder.ts";
import type { Outcome, Work } from "./testProcess.ts";

/**
 * The program of a test process, started in the prepared copy. Hardhat, mocha and the tests are loaded once; every message
 * names a mutation, and is answered by how the tests ended. The first failure ends a run.
 */
const FILES = globSync("test/contracts/*.test.ts").sort();

/** A test that cannot be hurried says its own limit; all others end when they end, and the parent waits for so long. */
const mocha = new Mocha({ timeout: 0, bail: true, reporter: Mocha.reporters.Base });
for (const file of FILES) mocha.addFile(resolve(file));
await mocha.loadFilesAsync();
mocha.cleanReferencesAfterRun(false);

// Every chain of a run has the mutation's number as its coinbase, and is closed when the run is over.
const create = hre.network.create.bind(hre.network);
let coinbase = "";
let lastKiller = "";
let opened: { close(): Promise<void> }[] = [];
hre.network.create = (async () => {
  const connection = await create({ network: "default", override: { coinbase } });
  opened.push(connection);
  return connection;
}) as typeof create;

async function runOnce({ number, source }: Work): Promise<Outcome> {
  coinbase = `0x${number.toString(16).padStart(40, "0")}`;
  mocha.suite.suites = testOrder(mocha.suite.suites, source, lastKiller);
  let outcome: Outcome = { kind: "survived" };
  await new Promise<void>((done) => {
    const runner = mocha.run(() => done());
    runner.once("fail", (test, error) => {
      lastKiller = test.titlePath()[0] ?? "";
      outcome = { kind: failsForGood(error) ? "killed" : "unclear", by: test.fullTitle(), why: sentenceOf(error) };
    });
  });
  for (const connection of opened) await connection.close();
  opened = [];
  return outcome;
}

const sentenceOf = (error: Error): string => `${error.name}: ${error.message.split("\n")[0]?.slice(0, 200)}`;

/** An expectation that does not hold, or a revert: neither comes from a busy machine. */
const failsForGood = ({ name, message }: Error): boolean =>
  name === "AssertionError" || /revert(ed)?\b|CALL_EXCEPTION|out of gas/.test(message);

/** Any other failure, such as a missing value in a test's preparations, must come a second time, and in the same words. */
async function run(work: Work): Promise<Outcome> {
  const first = await runOnce(work);
  if (first.kind !== "unclear" || /timeout/i.test(first.why)) return first;
  const second = await runOnce(work);
  const same = second.kind === "unclear" && second.by === first.by && second.why === first.why;
  return same ? { ...first, kind: "killed" } : second;
}

process.on("message", async (work: Work) => process.send?.(await run(work)));
process.on("disconnect", () => process.exit());
