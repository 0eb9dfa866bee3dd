import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "./say.mjs";

/** The holder touches its lock this often; one that nobody touched for three times as long is left by a dead process. */
const HEARTBEAT_MS = 2000;

/**
 * Runs one preparation of this checkout at a time: a second start waits for the first and then finds everything done.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} prepare
 * @returns {Promise<T>}
 */
export async function oneAtATime(root, prepare) {
  const lock = join(root, ".node", "lock");
  try {
    mkdirSync(join(root, ".node"), { recursive: true });
  } catch (error) {
    throw new Error(`something has to be installed first, and ${root} cannot be written (${error.code}).`);
  }
  let waiting = false;
  while (!take(lock)) {
    if (!waiting) say("another start is preparing this folder; waiting for it");
    waiting = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const heartbeat = setInterval(() => utimesSync(lock, new Date(), new Date()), HEARTBEAT_MS);
  const release = () => {
    clearInterval(heartbeat);
    rmSync(lock, { force: true });
  };
  process.once("exit", release);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
  try {
    return await prepare();
  } finally {
    release();
    process.removeListener("exit", release);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  }
}

/** @param {string} lock @returns {boolean} true when it is ours now */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    const abandoned = Date.now() - statSync(lock).mtimeMs > 3 * HEARTBEAT_MS || !isRunning(Number(readFileSync(lock)));
    if (abandoned) rmSync(lock, { force: true });
  } catch {
    // released in between: the next attempt takes it
  }
  return false;
}

/** @param {number} pid 0 while its owner has not written it yet */
function isRunning(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM"; // somebody else's process, but a process
  }
}
