import { type VerifyRequest, verify } from "./verify.ts";

/**
 * Judges evidence away from the page's own thread. One worker judges one request and is ended by whoever started it, so
 * that a hostile bundle can cost no more than that worker.
 */
addEventListener("message", async ({ data }: MessageEvent<VerifyRequest>) => {
  try {
    postMessage({ answer: await verify(data) });
  } catch (error) {
    postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
});
