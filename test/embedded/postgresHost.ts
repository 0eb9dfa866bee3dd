import { startPostgres } from "../../backend/embedded/postgres.ts";

const [dataDir = ""] = process.argv.slice(2);
const { url } = await startPostgres({ dataDir, log: console.error });
console.log(JSON.stringify({ url }));
process.stdin.resume(); // an end of the test run closes it, and this process with it
process.stdin.on("end", () => process.exit());
