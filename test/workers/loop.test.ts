import { expect } from "chai";
import { DomainError } from "../../backend/domain/errors.ts";
import { adviceOf, type LoopFailure, startLoop } from "../../backend/workers/loop.ts";
import { waitUntil } from "../support/waitUntil.ts";

describe("startLoop", () => {
  let failures: LoopFailure[];
  beforeEach(() => {
    failures = [];
  });
  const start = (step: () => Promise<"progress" | "idle">, idleMs = 1) =>
    startLoop({ name: "test", step, idleMs, onError: (failure) => failures.push(failure), longestPauseMs: 4 });

  it("runs on while there is progress, and ends after the step under way", async () => {
    let steps = 0;
    let finished = false;
    const loop = start(async () => {
      steps++;
      if (steps < 5) return "progress";
      await new Promise((resolve) => setTimeout(resolve, 5));
      finished = true;
      return "idle";
    }, 60_000);
    await waitUntil("the fifth step runs", () => steps === 5);
    await loop.stop();
    expect(finished).to.equal(true);
  });

  it("wakes from a long pause", async () => {
    let steps = 0;
    const loop = start(async () => {
      steps++;
      return "idle";
    }, 60_000);
    await waitUntil("the first step is done", () => steps === 1);
    loop.wake();
    await waitUntil("the second step is done", () => steps === 2);
    await loop.stop();
  });

  it("retries what may pass, with growing pauses, and forgets the failure after a success", async () => {
    let steps = 0;
    const loop = start(async () => {
      if (++steps <= 3) throw new Error("passing");
      return "idle";
    });
    await waitUntil("it succeeded", () => steps > 3 && loop.failure() === null);
    await loop.stop();
    expect(failures.map((failure) => failure.failures)).to.deep.equal([1, 2, 3]);
  });

  it("ends at what no retry can help, and keeps the reason", async () => {
    const loop = start(() => Promise.reject(new DomainError("deep-reorg", "No.")));
    await loop.ended;
    expect(loop.failure()?.advice).to.equal("stop");
    await loop.stop();
  });

  it("waits as long as a rate limit says", async () => {
    const error = new DomainError("rpc-http-status", "Slow down.", { retryAfterMs: 60_000 });
    const loop = start(() => Promise.reject(error));
    await waitUntil("it failed", () => failures.length === 1);
    expect(failures[0]?.pauseMs).to.equal(60_000);
    await loop.stop();
  });

  it("takes the advice of an error, and retries whatever gives none", () => {
    expect(adviceOf(Object.assign(new Error(), { advice: "stop" }))).to.equal("stop");
    expect(adviceOf(new Error("database gone"))).to.equal("retry");
    expect(adviceOf(undefined)).to.equal("retry");
  });
});
