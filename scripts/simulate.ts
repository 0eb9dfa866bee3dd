import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HELP = `Plays random stories of two operators on one chain under faults, reorganisations and ends by force, and holds what
every part believes against the chain itself. A story follows from its seed alone: a seed that fails can be played again.

    npm run simulate                          20 seeds
    npm run simulate -- --seeds 200           more of them
    npm run simulate -- --from 77 --seeds 1   the one that failed
    npm run simulate -- --bail                ends at the first that fails
`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    from: { type: "string", default: "1" },
    bail: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
for (const name of ["seeds", "from"] as const) {
  if (/^[1-9]\d{0,8}$/.test(values[name])) continue;
  console.error(`--${name} takes a whole number from 1 on.`);
  process.exit(2);
}
const root = fileURLToPath(new URL("../", import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ["node_modules/mocha/bin/mocha.js", "test/simulation/simulate.long.ts", ...(values.bail ? ["--bail"] : [])],
  { cwd: root, stdio: "inherit", env: { ...process.env, SIMULATE_SEEDS: values.seeds, SIMULATE_FROM: values.from } },
);
process.exit(status ?? 1);
