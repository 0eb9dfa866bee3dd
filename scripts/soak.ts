import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HELP = `Two servers of one operator share a database and a chain under steady load, and every few seconds one of them is ended
by force and started again. At the end everything promised must be on chain, once, and fsck clean.

    npm run soak                    2 minutes
    npm run soak -- --minutes 15
`;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "2" }, help: { type: "boolean", default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (!/^[1-9]\d{0,3}$/.test(values.minutes)) {
  console.error("--minutes takes a whole number from 1 on.");
  process.exit(2);
}
const { status } = spawnSync(process.execPath, ["node_modules/mocha/bin/mocha.js", "test/faults/soak.long.ts"], {
  cwd: fileURLToPath(new URL("../", import.meta.url)),
  stdio: "inherit",
  env: { ...process.env, SOAK_MINUTES: values.minutes },
});
process.exit(status ?? 1);
