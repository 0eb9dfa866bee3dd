// What `recoveryThread.ts` starts: answers each message of signed digests by their signers, in order.
import { parentPort, workerData } from "node:worker_threads";
import { portableCurve } from "./curve.ts";
import { loadNativeCurve } from "./nativeCurve.ts";
import type { SignedDigest } from "./recoveryThread.ts";

const { recoverSigner } = workerData === "native" ? loadNativeCurve() : portableCurve;

parentPort?.on("message", (signed: readonly SignedDigest[]) => {
  parentPort?.postMessage(signed.map(({ digest, signature }) => recoverSigner(digest, signature)));
});
