import type { Config } from "../config.ts";
import { DomainError } from "../domain/errors.ts";
import { type Leadership, type Office, seekLeadership } from "../storage/leadership.ts";
import { type Loop, type LoopFailure, type Step, startLoop } from "../workers/loop.ts";
import { contentStep, followStep, manifestStep, relayStep, type WorkerParts } from "./workerSteps.ts";

const FOLLOW_EVERY_MS = 250;
const RELAY_EVERY_MS = 150;
const MOVE_CONTENT_EVERY_MS = 500;
const FIND_MANIFESTS_EVERY_MS = 250;

export interface Workers {
  /** The follower's loop; null where another process follows. */
  readonly follower: Loop | null;
  /** Resolves when the tables have been equal to the chain once, or the follower has given up. */
  readonly caughtUp: Promise<void>;
  /** Lets every step under way finish. */
  stop(): Promise<void>;
}

/**
 * Puts accepted events on chain, the chain into tables, and records where others find them, as far as these are the roles
 * of this process. Each tells its troubles to the log and goes on.
 */
export function startWorkers(
  parts: WorkerParts & { readonly roles: Config["roles"]; readonly databaseUrl: string },
): Workers {
  const loops: Loop[] = [];
  const offices: Leadership[] = [];
  const onError = ({ name, error, advice, failures, pauseMs }: LoopFailure): void => {
    const level = advice === "stop" ? "fatal" : "warn";
    const reason = error instanceof DomainError ? { code: error.code, reason: error.message } : { err: error };
    parts.log[level](
      { worker: name, ...reason, failures, pauseMs },
      advice === "stop" ? "a worker gave up" : "a step failed",
    );
  };
  const start = (name: string, idleMs: number, step: Step): Loop => {
    const loop = startLoop({ name, step, idleMs, onError });
    loops.push(loop);
    return loop;
  };
  const seek = (office: Office): Leadership => {
    const leadership = seekLeadership(parts.databaseUrl, office);
    offices.push(leadership);
    return leadership;
  };

  let follower: Loop | null = null;
  let caughtUp: Promise<void> = Promise.resolve();
  if (parts.roles.has("follower")) {
    let noteCaughtUp: () => void = () => undefined;
    const firstIdle = new Promise<void>((resolve) => {
      noteCaughtUp = resolve;
    });
    follower = start("follower", FOLLOW_EVERY_MS, followStep(parts, seek("follower"), noteCaughtUp));
    caughtUp = Promise.race([firstIdle, follower.ended]);
  }
  if (parts.roles.has("relayer")) start("relayer", RELAY_EVERY_MS, relayStep(parts, seek("relayer")));
  if (parts.roles.has("content")) {
    start("content", MOVE_CONTENT_EVERY_MS, contentStep(parts));
    start("manifests", FIND_MANIFESTS_EVERY_MS, manifestStep(parts));
  }
  return {
    follower,
    caughtUp,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(offices.map((leadership) => leadership.release()));
    },
  };
}
