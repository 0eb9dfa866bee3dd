import { NO_FAILPOINT } from "../domain/failpoint.ts";
import { bumpFees, type Fees } from "../domain/submissions/fees.ts";
import { gasOfHoldOrder, gasOfProposal, SUBMISSION_BASE_GAS } from "../domain/submissions/gas.ts";
import { advanceHeads, planSubmission } from "../domain/submissions/planSubmission.ts";
import type { Hash, Hex } from "../domain/types.ts";
import type { Attempt, NewAttempt, Relayer, RelayerOptions, Submission } from "./relayerNeeds.ts";
import { createWaitingEvents } from "./waitingEvents.ts";

const MAX_ATTEMPTS = 12;
const GWEI = 1_000_000_000n;
const EMPTY_TRANSFER_GAS = 21_000;
/** Looks without a receipt before a used nonce counts as taken by somebody else: an RPC may lag behind itself. */
const LOOKS_UNTIL_TAKEN = 5;

/**
 * Puts accepted events, approved proposals and anchors of data records on chain. What it is about to do is always stored first, so that it may
 * die anywhere: the next one sends the very same bytes. Receipts decide, answers to sending are only hints. Of several
 * processes, one leads.
 */
export function createRelayer(options: RelayerOptions): Relayer {
  const { chain, store, onAlarm, clock } = options;
  const maxInFlight = options.maxInFlight ?? 4;
  const maxWaitSeconds = options.maxWaitSeconds ?? 1;
  const maxFeeCap = options.maxFeeCap ?? 500n * GWEI;
  const bumpAfterSeconds = options.bumpAfterSeconds ?? 15;
  const recheckMs = options.recheckMs ?? 2_000;
  const failpoint = options.failpoint ?? NO_FAILPOINT;
  const looks = new Map<string, number>();
  const waitingEvents = createWaitingEvents(store.readQueue, clock);
  let checkedAt = Number.NEGATIVE_INFINITY;
  let anchoredLast = false;

  /** Notes what was mined, and takes back what a reorganisation has undone. */
  const settle = async (undone: readonly Submission[], latestNonce: number): Promise<boolean> => {
    const receipts = await chain.readReceipts(
      undone.filter((one) => nonceOf(one) < latestNonce).flatMap((one) => one.attempts.map(({ hash }) => hash)),
    );
    let changed = false;
    for (const submission of undone) {
      const verdict = judge(submission, latestNonce, receipts);
      if (verdict === null || (verdict.state === submission.state && verdict.block === submission.minedBlock)) continue;
      await store.setState(submission.id, verdict.state, verdict.block);
      changed = true;
    }
    return changed;
  };

  const judge = (
    submission: Submission,
    latestNonce: number,
    receipts: ReadonlyMap<Hash, { readonly blockNumber: number; readonly succeeded: boolean }>,
  ): { state: Submission["state"]; block: number | null } | null => {
    if (submission.attempts.length === 0) return null;
    // Its nonce is not used up: whatever it was before, it is on no block of this chain.
    if (nonceOf(submission) >= latestNonce) return { state: "submitted", block: null };
    const receipt = submission.attempts.map(({ hash }) => receipts.get(hash)).find((found) => found !== undefined);
    if (receipt !== undefined) {
      looks.delete(submission.id);
      if (!receipt.succeeded && submission.state !== "failed") {
        onAlarm({ code: "transaction-reverted", details: { submission: submission.id, block: receipt.blockNumber } });
      }
      return { state: receipt.succeeded ? "mined" : "failed", block: receipt.blockNumber };
    }
    const count = (looks.get(submission.id) ?? 0) + 1;
    looks.set(submission.id, count);
    if (count < LOOKS_UNTIL_TAKEN || submission.state === "failed") return null;
    onAlarm({ code: "nonce-taken", details: { submission: submission.id, nonce: nonceOf(submission) } });
    return { state: "failed", block: null };
  };

  const makeAttempt = async (
    submission: Pick<Submission, "gasLimit" | "calldata" | "kind">,
    number: number,
    nonce: number,
    fees: Fees,
  ): Promise<NewAttempt> => {
    const calldata = submission.kind === "nothing" ? null : submission.calldata;
    const signed = await chain.sign({ nonce, gasLimit: submission.gasLimit, calldata, ...fees });
    return { ...fees, number, sender: chain.sender, nonce, ...signed };
  };

  /** Sends stored bytes. Answers whether the node could have taken them. */
  const send = async (submission: Pick<Submission, "id">, attempt: Pick<Attempt, "raw" | "hash" | "nonce">) => {
    failpoint("send.before");
    const result = await chain.send(attempt.raw);
    failpoint("send.after");
    if (result.outcome === "sent" || result.outcome === "nonce-used") {
      await store.markSent(attempt.hash);
      return "sent";
    }
    const details = { submission: submission.id, nonce: attempt.nonce, reason: result.reason };
    if (result.outcome === "unfunded") onAlarm({ code: "relayer-unfunded", details });
    if (result.outcome === "refused") onAlarm({ code: "transaction-refused", details });
    return result.outcome;
  };

  const replace = async (submission: Submission, market: Fees): Promise<boolean> => {
    const last = submission.attempts.at(-1) as Attempt;
    const fees = bumpFees(last, market, maxFeeCap);
    if (fees === null || submission.attempts.length >= MAX_ATTEMPTS) {
      onAlarm({
        code: "fee-cap-reached",
        details: { submission: submission.id, attempts: submission.attempts.length },
      });
      return false;
    }
    const attempt = await makeAttempt(submission, last.number + 1, last.nonce, fees);
    await store.storeAttempt(submission.id, attempt);
    await send(submission, attempt);
    return true;
  };

  /** Keeps the pool supplied: sends what was never sent or got lost, and pays more where the market moved. */
  const supply = async (undone: readonly Submission[], latestNonce: number, market: Fees): Promise<boolean> => {
    const waiting = undone.filter((one) => one.attempts.length > 0 && nonceOf(one) >= latestNonce);
    const due = clock() - checkedAt >= recheckMs;
    const looked = waiting.filter((one) => due || !(one.attempts.at(-1) as Attempt).sent);
    if (due) checkedAt = clock();
    if (looked.length === 0) return false;
    const known = await chain.readKnown(looked.map((one) => (one.attempts.at(-1) as Attempt).hash));
    let changed = false;
    for (const submission of looked) {
      const last = submission.attempts.at(-1) as Attempt;
      const isKnown = known.has(last.hash);
      const outcome = isKnown && last.sent ? "known" : await send(submission, last);
      const isStuck = nonceOf(submission) === latestNonce && last.secondsOld >= bumpAfterSeconds;
      if (outcome === "underpriced" || (isStuck && market.maxFee > last.maxFee)) {
        changed = (await replace(submission, market)) || changed;
      }
    }
    return changed;
  };

  /** Every nonce between the chain's and ours must be used by something, or nothing behind it is ever mined. */
  const fillGaps = async (undone: readonly Submission[], latestNonce: number, market: Fees): Promise<boolean> => {
    const used = new Set(undone.filter((one) => one.attempts.length > 0).map(nonceOf));
    const end = Math.max(latestNonce - 1, ...used);
    let changed = false;
    for (let nonce = latestNonce; nonce <= end; nonce++) {
      if (used.has(nonce)) continue;
      const nothing = { kind: "nothing", gasLimit: EMPTY_TRANSFER_GAS, calldata: new Uint8Array() } as const;
      const attempt = await makeAttempt(nothing, 1, nonce, market);
      await store.sealNothing(EMPTY_TRANSFER_GAS, attempt);
      await send({ id: `nonce ${nonce}` }, attempt);
      changed = true;
    }
    return changed;
  };

  /** First attempts for what was sealed; nonces from the tables and the chain's count of mined transactions. */
  const attemptSealed = async (sealed: readonly Submission[], latestNonce: number, market: Fees): Promise<void> => {
    let nonce = Math.max(latestNonce, await store.nextNonce());
    for (const submission of sealed) {
      const attempt = await makeAttempt(submission, 1, nonce++, market);
      await store.storeAttempt(submission.id, attempt);
      await send(submission, attempt);
    }
  };

  const sealProposal = async (): Promise<boolean> => {
    const ready = await options.readReadyProposal();
    if (ready === null) return false;
    await store.seal({
      kind: "proposal",
      calldata: chain.encodeProposal(ready.proposal, ready.signatures),
      gasLimit: SUBMISSION_BASE_GAS + gasOfProposal(ready.proposal, ready.signatures.length),
      digests: [ready.digest],
    });
    return true;
  };

  /** A hold goes before the events that wait: it may be there to stop one of them. */
  const sealHoldOrder = async (): Promise<boolean> => {
    const ready = await options.readReadyHoldOrder();
    if (ready === null) return false;
    const { digest, order, signatures } = ready;
    await store.seal({
      kind: "hold-order",
      calldata: chain.encodeHoldOrder(order, signatures),
      gasLimit: SUBMISSION_BASE_GAS + gasOfHoldOrder(byteLength(signatures)),
      digests: [digest],
    });
    return true;
  };

  const sealEvents = async (inFlight: number): Promise<boolean> => {
    const queue = await waitingEvents.read();
    if (queue.length === 0) return false;
    const before = await store.readInFlight();
    const items = [...before, ...queue.flatMap(({ event }) => event.items)];
    const heads = await store.readHeads([...new Set(items.map(({ passportId }) => passportId))]);
    advanceHeads(before, heads);
    const plan = planSubmission(queue, heads, { inFlight, maxWaitSeconds });
    if (plan === null) {
      waitingEvents.forget();
      return false;
    }
    const digests = plan.events.map(({ digest }) => digest);
    await store.seal({
      kind: "events",
      calldata: chain.encodeEvents(plan.events.map(({ event }) => event)),
      gasLimit: plan.gasLimit,
      digests,
    });
    waitingEvents.remove(digests);
    return true;
  };

  /** In turns, where both wait: neither a flood of events nor one of data records holds up the other. */
  const sealEventsOrAnchor = async (inFlight: number): Promise<boolean> => {
    if (anchoredLast && (await sealEvents(inFlight))) {
      anchoredLast = false;
      return true;
    }
    anchoredLast = await options.sealAnchor();
    return anchoredLast || (await sealEvents(inFlight));
  };

  const canPay = async (market: Fees, gas: number): Promise<boolean> => {
    if (market.maxFee > maxFeeCap) {
      onAlarm({ code: "fee-cap-reached", details: { maxFee: market.maxFee.toString(), cap: maxFeeCap.toString() } });
      return false;
    }
    const balance = await chain.readBalance();
    if (balance >= market.maxFee * BigInt(gas)) return true;
    onAlarm({ code: "relayer-unfunded", details: { sender: chain.sender, balance: balance.toString() } });
    return false;
  };

  return {
    async step() {
      if (!(await options.holdLeadership())) return "idle";
      const latestNonce = await chain.readNonce();
      const undone = await store.readUndone(latestNonce);
      if (await settle(undone, latestNonce)) return "progress";
      const market = await chain.readMarketFees();
      if (await fillGaps(undone, latestNonce, market)) return "progress";
      if (await supply(undone, latestNonce, market)) return "progress";
      const inFlight = undone.filter((one) => one.state === "sealed" || one.state === "submitted").length;
      const waiting = undone.filter((one) => one.attempts.length === 0);
      if (waiting.length > 0) {
        const gas = waiting.reduce((sum, one) => sum + one.gasLimit, 0);
        if (!(await canPay(market, gas))) return "idle"; // nothing more is sealed either
        await attemptSealed(waiting, latestNonce, market);
        return "progress";
      }
      if (inFlight >= maxInFlight) return "idle";
      const sealed = (await sealProposal()) || (await sealHoldOrder()) || (await sealEventsOrAnchor(inFlight));
      if (sealed) failpoint("seal.afterCommit");
      return sealed ? "progress" : "idle";
    },
  };
}

const byteLength = (signatures: readonly Hex[]): number =>
  signatures.reduce((bytes, signature) => bytes + (signature.length - 2) / 2, 0);

const nonceOf = (submission: Submission): number => submission.attempts[0]?.nonce ?? Number.POSITIVE_INFINITY;
