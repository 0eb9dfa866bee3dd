/**
 * Places where a process may die between two durable steps, named after the step and the side of it. Tests end a real
 * process there (`KILL_AT`); whoever starts it next must find everything whole.
 */
export const FAILPOINTS = [
  "accept.beforeCommit",
  "accept.afterCommit",
  "seal.afterCommit",
  "send.before",
  "send.after",
  "index.mid",
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];

/** Passes a failpoint: does nothing, but where a test wants this process to end there. */
export type Failpoint = (name: FailpointName) => void;

export const NO_FAILPOINT: Failpoint = () => undefined;
