import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { Curve } from "./curve.ts";

export type SignedDigest = { readonly digest: Hash; readonly signature: Hex };

/** Recovers several signers; null for each signature that the contract would not take from a key. */
export type RecoverSigners = (signed: readonly SignedDigest[]) => Promise<readonly (Address | null)[]>;

export type RecoveryThread = {
  readonly recoverSigners: RecoverSigners;
  /** Ends the thread. What is asked afterwards is answered on the caller's. */
  close(): Promise<void>;
};

/** On the caller's own thread. */
export const recoverHere =
  ({ recoverSigner }: Pick<Curve, "recoverSigner">): RecoverSigners =>
  async (signed) =>
    signed.map(({ digest, signature }) => recoverSigner(digest, signature));

type Waiting = {
  readonly signed: readonly SignedDigest[];
  readonly resolve: (signers: readonly (Address | null)[]) => void;
};

/**
 * A thread of its own for recovering signers, which is a third of what accepting a handover costs: the event loop does the
 * other two meanwhile. What is asked in one turn of the loop goes over together. Should the thread end, everything is
 * answered on the caller's; on a machine with one core it is from the beginning.
 * @param cores how many the machine has
 */
export function startRecoveryThread(curve: Curve, cores = availableParallelism()): RecoveryThread {
  const here = recoverHere(curve);
  if (cores < 2) return { recoverSigners: here, close: async () => {} };
  const thread = new Worker(new URL("./recoverInThread.ts", import.meta.url), { workerData: curve.name });
  thread.unref();
  let gathering: Waiting[] = [];
  /** Sent, in order: the thread answers in the order in which it is asked. */
  let sent: Waiting[][] = [];
  let isRunning = true;

  const answer = (turn: readonly Waiting[], signers: readonly (Address | null)[]): void => {
    let at = 0;
    for (const { signed, resolve } of turn) {
      resolve(signers.slice(at, at + signed.length));
      at += signed.length;
    }
  };
  const send = (): void => {
    const turn = gathering;
    gathering = [];
    sent.push(turn);
    thread.postMessage(turn.flatMap(({ signed }) => signed));
  };
  const end = (): void => {
    isRunning = false;
    const left = [...sent.flat(), ...gathering];
    [sent, gathering] = [[], []];
    for (const { signed, resolve } of left) here(signed).then(resolve);
  };
  thread.on("message", (signers: readonly (Address | null)[]) => answer(sent.shift() ?? [], signers));
  thread.on("error", end);
  thread.on("exit", end);

  return {
    recoverSigners(signed) {
      if (!isRunning) return here(signed);
      return new Promise((resolve) => {
        if (gathering.push({ signed, resolve }) === 1) setImmediate(() => gathering.length > 0 && send());
      });
    },
    async close() {
      end();
      await thread.terminate();
    },
  };
}
