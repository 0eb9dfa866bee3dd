// `npm run sample`: plays the sample walk on the installation that runs here (DATA_DIR, PORT).
import { resolve } from "node:path";
import { readConfig } from "../backend/config.ts";
import { describeFailure, exitCodeOf } from "./cli/failure.ts";
import { playSampleWalk } from "./sample/walk.ts";

try {
  const config = readConfig(process.env);
  const dataDir = resolve(config.dataDir);
  const operatorUrl = process.env.BATTERY_PASSPORT_OPERATOR ?? `http://127.0.0.1:${config.port}`;
  const { verifyCommand } = await playSampleWalk({ dataDir, operatorUrl, log: (line) => console.error(line) });
  console.log(verifyCommand);
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = exitCodeOf(error);
}
