import { playSampleWalk } from "../../scripts/sample/walk.ts";
import { readConfig } from "../config.ts";
import { DomainError } from "../domain/errors.ts";
import { type Door, listen } from "./listen.ts";
import { operateInstallation } from "./operateInstallation.ts";
import { readyText } from "./readyText.ts";
import { startEmbedded } from "./startEmbedded.ts";
import { createStopSteps } from "./stopSteps.ts";

/** Past this the process ends as it stands; the watchdog then ends what it had started. */
const STOP_MS = 4_500;

const log = (line: string): void => console.log(line);
const stopSteps = createStopSteps();
let stopping = false;
const interruption = new AbortController();
let door: Door | undefined;
let starting: Promise<void> | undefined;

type Environment = Parameters<typeof readConfig>[0];

/** Throws when a stop was asked for while the start was under way. */
class Interrupted extends Error {}
function goOn(): void {
  if (stopping) throw new Interrupted();
}

async function start(environment: Environment): Promise<void> {
  const startedAt = performance.now();
  const config = readConfig(environment);
  door = await listen(config.port, config.host);
  goOn();
  const own = [config.databaseUrl === null && "the database", config.rpcUrls.length === 0 && "the chain"].filter(
    Boolean,
  );
  if (own.length > 0) log(`starting ${own.join(" and ")} …`);
  const surroundings = await startEmbedded(config, stopSteps, log, interruption.signal);
  for (const part of [surroundings.postgres, surroundings.chain]) void part?.failed.then((error) => stop(error));
  goOn();
  // With PORT=0 the port is known only now.
  const publicUrl = config.publicUrl.replace(/:0$/, `:${door.port}`);
  const { deployment, application, workers, relayer, curve, keccak, findings } = await operateInstallation(
    config,
    surroundings,
    publicUrl,
    stopSteps,
    log,
    interruption.signal,
  );
  const { follower } = workers;
  void follower?.ended.then(() => follower.failure() && stop(follower.failure()?.error));
  goOn();
  door.open(application.app);
  const isSimulation = surroundings.chain !== undefined;
  const verifyCommand = isSimulation && config.sample ? await playSample(surroundings.dataDir, publicUrl) : null;
  goOn();
  const seconds = (performance.now() - startedAt) / 1000;
  log(
    readyText({
      seconds,
      publicUrl,
      surroundings,
      deployment,
      verifyCommand,
      isSimulation,
      relayer,
      curve,
      keccak,
      findings,
    }),
  );
}

/** On an empty installation the sample's walk; on one that has it already, only the line that verifies it. */
async function playSample(dataDir: string, operatorUrl: string): Promise<string | null> {
  try {
    log("the sample: the life of a battery pack, from production to recycling …");
    return (await playSampleWalk({ dataDir, operatorUrl, log: (line) => log(`  ${line}`) })).verifyCommand;
  } catch (error) {
    if (stopping) throw new Interrupted();
    log(`The sample was not played: ${sentence(error)}`);
    return null;
  }
}

/** Ends everything, and the process with exit code 0 when a person asked for it, 1 when an error did. */
async function stop(error?: unknown): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (error !== undefined) console.error(sentence(error));
  else log("\nstopping …");
  const code = error === undefined ? 0 : 1;
  setTimeout(() => process.exit(1), STOP_MS).unref();
  // No more requests from here on; a start under way ends at its next step, the sample at its next request.
  interruption.abort();
  await Promise.all([door?.close(), starting?.catch(() => undefined)]);
  await stopSteps.run(log);
  if (error === undefined) log("stopped; everything is saved.");
  process.exit(code);
}

/** Errors of ours are sentences for a person; anything else is a fault of the program and keeps its trace. */
function sentence(error: unknown): string {
  return error instanceof DomainError ? error.message : String((error as Error)?.stack ?? error);
}

/**
 * Serves one installation, in the roles that the configuration gives this process, until it is told to stop: then it ends
 * the process, with 0 when a person asked for it and 1 when an error did.
 */
export function serve(environment: Environment): void {
  // A terminal's Ctrl-C arrives more than once (the group, npm, the launcher): only the first counts.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());
  starting = start(environment);
  starting.catch((error) => (error instanceof Interrupted ? undefined : stop(error)));
}
