import { readFileSync } from "node:fs";

/**
 * Calls back once when the process that started this one is gone, however it went: the system then gives us another
 * parent. (Windows keeps the old number for ever, so there nothing is called.) Does not keep this process alive.
 * @param {() => void} callback
 * @param {() => string} parents names those whose going counts
 */
export function onParentGone(callback, parents = () => String(process.ppid)) {
  const atStart = parents();
  const timer = setInterval(() => {
    if (parents() === atStart) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}

/**
 * npm runs a script in a shell. Some shells stay between it and us and outlive a killed npm; then it is the shell's
 * parent that tells. (macOS's shell gives way to the command, so there npm itself is our parent.)
 */
export function npmAndItsShell() {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, "utf8"));
    return /^(ba|da)?sh$/.test(name) ? `${process.ppid} ${parent}` : String(process.ppid);
  } catch {
    return String(process.ppid); // no /proc, or a parent that went at this moment
  }
}
