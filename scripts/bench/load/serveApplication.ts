// A server of the real application on a database that is filled already; started as a process of its own, so that
// whoever measures does not share its event loop.
import { SigningKey } from "ethers";
import { pino } from "pino";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { readConfig } from "../../../backend/config.ts";
import { toHex } from "../../../backend/domain/bytes.ts";
import { listen } from "../../../backend/main/listen.ts";
import { wireApplication } from "../../../backend/main/wireApplication.ts";
import { describeKeccak } from "../../../backend/services/hashing/chooseKeccak.ts";
import { setFastKeccak } from "../../../backend/services/hashing/setFastKeccak.ts";
import { chooseCurve, describeCurve } from "../../../backend/services/signatures/chooseCurve.ts";
import { loadNativeCurve } from "../../../backend/services/signatures/nativeCurve.ts";
import { openDatabase } from "../../../backend/storage/database.ts";
import { signerOf } from "../../cli/keys/keystore.ts";
import { DEPLOYMENT } from "./acceptWorld.ts";

/** No chain stands behind it: accepting asks none. */
const NO_CHAIN = "http://127.0.0.1:9";

const [databaseUrl = "", dataDir = ""] = process.argv.slice(2);
const database = openDatabase(databaseUrl);
const curve = chooseCurve(loadNativeCurve, () => performance.now());
const keccak = await setFastKeccak(() => performance.now());
const door = await listen(0, "127.0.0.1");
const stopping = new AbortController();
const application = await wireApplication({
  config: readConfig({ REQUESTS_PER_MINUTE: "0", MAX_OPEN_ITEMS: "10000000", MAX_BODY_BYTES: "8388608" }),
  dataDir,
  publicUrl: `http://127.0.0.1:${door.port}`,
  rpc: connectJsonRpc(NO_CHAIN),
  rpcUrls: [NO_CHAIN],
  deployment: DEPLOYMENT,
  database,
  operatorSigner: signerOf(new SigningKey(toHex(new Uint8Array(32).fill(9))), curve.signDigest),
  curve,
  keccak,
  met: { deepestReorg: 0, reorgs: 0 },
  log: pino({ level: "warn" }),
  stopping: stopping.signal,
});
door.open(application.app);
process.on("SIGTERM", async () => {
  stopping.abort();
  await door.close();
  await application.close();
  await database.close();
  process.exit(0);
});
// What the work cost on this core, whatever else the machine does meanwhile.
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.send?.({ port: door.port, signatures: describeCurve(curve), hashing: describeKeccak(keccak) });
