/**
 * Calls back once when the process that started this one is gone, however it went: the system then gives us another
 * parent. (Windows keeps the old number for ever, so there nothing is called.) Does not keep this process alive.
 * @param {() => void} callback
 */
export function onParentGone(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}
