import { fileURLToPath } from "node:url";
import { staleness } from "./result.ts";

/** Fails when contracts/docs/mutation-result.json is about other sources of the contract than the present ones. */
const stale = await staleness(fileURLToPath(new URL("../../", import.meta.url)));
if (stale !== undefined) {
  console.error(stale);
  process.exitCode = 1;
}
