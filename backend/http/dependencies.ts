import type { Logger } from "pino";
import type { ServiceDependencies } from "../services/serviceDependencies.ts";

/** Everything the application needs; it opens and owns nothing itself. */
export type AppDependencies = ServiceDependencies & {
  readonly log: Logger;
  /** What is told instead of a refusal that blocks which were not followed yet may undo (see operation/judgeRefusal). */
  readonly judgeRefusal: (thrown: unknown) => Promise<unknown>;
  /** False for a process that only works: it answers about its health and figures, and nothing else. */
  readonly servesApi: boolean;
  readonly publicUrl: string;
  readonly maxBodyBytes: number;
  /** Per client address; 0 turns the limit off. */
  readonly requestsPerMinute: number;
  /** Number of reverse proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
  /** Aborted when the process is about to stop: answers without an end must find one. */
  readonly stopping: AbortSignal;
};
