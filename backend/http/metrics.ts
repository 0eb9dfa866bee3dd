import type { RequestHandler } from "express";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Backlog, readBacklog } from "../services/operation/readBacklog.ts";
import type { AppDependencies } from "./dependencies.ts";

export type Metrics = {
  readonly contentType: string;
  /** Reads the backlog and renders everything; figures of a database that does not answer are left at their last value. */
  render(): Promise<string>;
  /** Times a request under its route's path, never under its URL: a label per id would grow without end. */
  readonly observe: RequestHandler;
};

const FIGURES: { readonly [figure in keyof Backlog]: readonly [name: string, help: string] } = {
  openEvents: ["open_events", "Accepted events that are not wholly on chain."],
  openDataRecords: ["open_data_records", "Accepted data records that wait for their anchor."],
  oldestUnanchoredAge: [
    "oldest_unanchored_seconds",
    "Age of the oldest accepted event that is not wholly on chain, or data record that waits for its anchor.",
  ],
  openOffers: ["open_offers", "Handovers that wait for their receiver."],
  unpublishedRecords: ["unpublished_records", "Records that wait for content-addressed storage."],
  missingRecords: ["missing_records", "Records that the chain names and that are not here."],
  missingManifests: ["missing_manifests", "Anchors on chain whose data records are not here."],
  submissionsInFlight: ["submissions_in_flight", "Submissions that are sealed or sent and not mined."],
  attemptsInFlight: ["attempts_in_flight", "Signed transactions of the submissions in flight."],
  followerAge: [
    "follower_age_seconds",
    "Time since the last followed block; large on an idle chain that mines on demand.",
  ],
  leaderEpoch: ["leader_epoch", "How often the leader of the relayers has changed."],
  leaderSilence: ["leader_silence_seconds", "Time since the relayers' leader gave a sign of life."],
  mostAttempts: ["most_attempts", "Most transactions of one submission in flight."],
  headBlock: ["head_block", "Number of the last followed block."],
  safeBlock: ["safe_block", "Number of the last safe block."],
  finalizedBlock: ["finalized_block", "Number of the last finalized block."],
};

/** Each application has its own registry, so that several in one process do not mix. */
export function createMetrics({ database, acceptor, signatures, hashing, met, log }: AppDependencies): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const prefix = "battery_passport_";
  const gauges = new Map(
    Object.entries(FIGURES).map(([figure, [name, help]]) => [
      figure as keyof Backlog,
      new Gauge({ name: prefix + name, help, registers: [registry] }),
    ]),
  );
  new Gauge({
    name: `${prefix}events_waiting`,
    help: "Events that wait in this process to be stored.",
    registers: [registry],
    collect() {
      this.set(acceptor.waiting());
    },
  });
  new Gauge({
    name: `${prefix}signature_recoveries_per_second`,
    help: "Signer recoveries on one core, measured at start, by the curve in use.",
    labelNames: ["curve"],
    registers: [registry],
  }).set({ curve: signatures.curve }, signatures.recoveriesPerSecond);
  new Gauge({
    name: `${prefix}keccak_hashes_per_second`,
    help: "keccak-256 hashes of 64 bytes on one core, measured at start, by the implementation in use.",
    labelNames: ["keccak"],
    registers: [registry],
  }).set({ keccak: hashing.keccak }, hashing.hashesPerSecond);
  new Gauge({
    name: `${prefix}reorg_depth`,
    help: "Most blocks that the chain has undone at once since this process began.",
    registers: [registry],
    collect() {
      this.set(met.deepestReorg);
    },
  });
  new Gauge({
    name: `${prefix}reorgs`,
    help: "How often the chain has undone blocks since this process began.",
    registers: [registry],
    collect() {
      this.set(met.reorgs);
    },
  });
  const durations = new Histogram({
    name: `${prefix}http_request_seconds`,
    help: "Time to answer a request.",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });

  return {
    contentType: registry.contentType,
    async render() {
      try {
        const backlog = await readBacklog(database);
        for (const [figure, gauge] of gauges) gauge.set(backlog[figure]);
      } catch (error) {
        log.warn({ err: error }, "the backlog could not be read for the metrics");
      }
      return registry.metrics();
    },
    observe(request, response, next) {
      const stop = durations.startTimer();
      response.once("finish", () => {
        const route = typeof request.route?.path === "string" ? request.route.path : "none";
        stop({ method: request.method, route, status: String(response.statusCode) });
      });
      next();
    },
  };
}
