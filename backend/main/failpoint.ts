import { type Failpoint, type FailpointName, NO_FAILPOINT } from "../domain/failpoint.ts";

/** Ends this process at that place as a power cut would: nothing is flushed, nobody is told. */
export function failpointAt(wanted: FailpointName | null): Failpoint {
  if (wanted === null) return NO_FAILPOINT;
  return (name) => {
    if (name === wanted) process.kill(process.pid, "SIGKILL");
  };
}
