import { startChain } from "../../backend/embedded/chain.ts";

const [dataDir = "", mineEveryMs = "250"] = process.argv.slice(2);
const { rpcUrl, accounts } = await startChain({ dataDir, log: console.error, mineEveryMs: Number(mineEveryMs) });
console.log(JSON.stringify({ rpcUrl, accounts }));
process.stdin.resume(); // an end of the test run closes it, and this process with it
process.stdin.on("end", () => process.exit());
