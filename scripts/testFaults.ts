import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `npm run test:faults`: every fault that is automated, 200 seeds of the simulation, and a soak. Takes about half an hour. */
const RUNS: readonly (readonly [string, ...string[]])[] = [
  [
    "node_modules/mocha/bin/mocha.js",
    "test/faults/*.test.ts",
    ...["zombie", "syscalls", "rolling", "memory", "descriptors"].map((name) => `test/faults/${name}.long.ts`),
    "test/{storage,workers,main,content}/**/*.test.ts",
    "test/services/{custody,fsck}/**/*.test.ts",
    "test/e2e/powerCut.test.ts",
    "test/http/*ostil*.test.ts",
  ],
  ["scripts/simulate.ts", "--seeds", "200"],
  ["scripts/soak.ts", "--minutes", "5"],
];

const cwd = fileURLToPath(new URL("../", import.meta.url));
const failed = RUNS.filter((args) => spawnSync(process.execPath, args, { cwd, stdio: "inherit" }).status !== 0);
process.exit(failed.length === 0 ? 0 : 1);
