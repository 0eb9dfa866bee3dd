import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm test`: the mocha suite, then the Solidity fuzz and invariant tests. Arguments go to mocha (`npm test --
 * --grep custody`), and then only mocha runs. Both run even when the first fails; the exit code is 1 when one did.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const chosen = process.argv.slice(2);

const namesFiles = chosen.some((word) => word.endsWith(".ts"));
const mocha = ["mocha/bin/mocha.js", ...(namesFiles ? [] : ["test/**/*.test.ts"])];
const runs = [[...mocha, ...chosen], ...(chosen.length === 0 ? [["hardhat/dist/src/cli.js", "test", "solidity"]] : [])];

/** Mocha does not force its end: a server or timer that a test leaks keeps it alive, and that must be a failure. */
const LONGEST_MS = 30 * 60_000;

function succeeds([program = "", ...args]: readonly string[]): boolean {
  const { status, error } = spawnSync(process.execPath, [join(root, "node_modules", program), ...args], {
    cwd: root,
    stdio: "inherit",
    timeout: LONGEST_MS,
  });
  if (error !== undefined)
    console.error(`${program} did not end within ${LONGEST_MS / 60_000} minutes: ${error.message}`);
  return status === 0;
}

// The contract's mocha tests deploy what the compiler wrote, and a fresh clone has nothing yet.
if (!succeeds(["hardhat/dist/src/cli.js", "build", "--quiet"])) process.exit(1);
const failed = runs.filter((run) => !succeeds(run));
process.exit(failed.length === 0 ? 0 : 1);
