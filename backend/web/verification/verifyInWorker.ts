import { PageTrouble } from "../server/pageTrouble.ts";
import type { Verify, VerifyAnswer } from "./verify.ts";

/** Longer than any RPC may take, shorter than a visitor's patience: then the verdict is "could not check". */
const DEADLINE_MS = 25_000;

type WorkerMessage = { readonly answer: VerifyAnswer } | { readonly fault: string };

/** Verifies in a worker of its own. Rejects with `verifier-failed` or `verifier-timeout`, never hangs. */
export const verifyInWorker: Verify = (request) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      worker.terminate();
      settle();
    };
    const fail = (code: "verifier-failed" | "verifier-timeout", cause: unknown) =>
      end(() => reject(new PageTrouble(code, cause)));
    const timer = setTimeout(() => fail("verifier-timeout", `${DEADLINE_MS} ms`), DEADLINE_MS);
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerMessage>) => {
      if ("answer" in data) end(() => resolve(data.answer));
      else fail("verifier-failed", data.fault);
    });
    worker.addEventListener("error", (event) => fail("verifier-failed", event.message));
    worker.postMessage(request);
  });
