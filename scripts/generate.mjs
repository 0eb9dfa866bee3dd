import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateCode } from "./setup/generateCode.mjs";

/** `npm run generate`: writes everything that is derived from something else, whether it seems stale or not. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
await generateCode(root, process.execPath);
for (const program of ["scripts/generateBindings.ts", "scripts/vectors.ts", "scripts/contractSnapshot.ts"]) {
  const { status } = spawnSync(process.execPath, [join(root, program)], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
