import { expect } from "chai";
import { groupCommit } from "../../../backend/services/custody/groupCommit.ts";
import { codeOf } from "../../support/refusal.ts";

/** A commit that waits to be let go, and remembers what it was given. */
function heldCommit() {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  return {
    batches,
    release: () => gates.shift()?.(),
    commit: async (batch: readonly number[]) => {
      batches.push([...batch]);
      await new Promise<void>((resolve) => gates.push(resolve));
      return batch.map((item) => (item < 0 ? new Error(`refused ${item}`) : item * 10));
    },
  };
}

const settled = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe("groupCommit", () => {
  it("commits what arrives together at once, and what arrives meanwhile next, in order", async () => {
    const held = heldCommit();
    const group = groupCommit({ commit: held.commit, maxBatch: 3, maxWaiting: 100 });
    const first = [1, 2].map(group.submit);
    await settled(() => held.batches.length === 1);
    const second = [3, 4, 5, 6].map(group.submit);
    held.release();
    await settled(() => held.batches.length === 2);
    held.release();
    await settled(() => held.batches.length === 3);
    held.release();
    expect(await Promise.all([...first, ...second])).to.deep.equal([10, 20, 30, 40, 50, 60]);
    expect(held.batches).to.deep.equal([[1, 2], [3, 4, 5], [6]]);
    expect(group.waiting()).to.equal(0);
  });

  it("bounds a batch by the weight of its items, and takes a heavier one alone", async () => {
    const held = heldCommit();
    const group = groupCommit({ commit: held.commit, maxBatch: 10, weightOf: (item) => item, maxWaiting: 100 });
    const all = [4, 6, 1, 25, 3].map(group.submit);
    for (let batches = 1; batches <= 4; batches++) {
      await settled(() => held.batches.length === batches);
      held.release();
    }
    await Promise.all(all);
    expect(held.batches).to.deep.equal([[4, 6], [1], [25], [3]]);
  });

  it("gives each its own error, and a commit that fails to all of its batch", async () => {
    const held = heldCommit();
    const group = groupCommit({ commit: held.commit, maxBatch: 10, maxWaiting: 100 });
    const outcome = Promise.allSettled([1, -2].map(group.submit));
    await settled(() => held.batches.length === 1);
    held.release();
    expect((await outcome).map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);

    const broken = groupCommit({ commit: () => Promise.reject(new Error("disk full")), maxBatch: 10, maxWaiting: 100 });
    const failed = await Promise.allSettled([1, 2].map(broken.submit));
    expect(failed.map((one) => (one as PromiseRejectedResult).reason.message)).to.deep.equal([
      "disk full",
      "disk full",
    ]);
  });

  it("refuses at once beyond its bound, and when it is closing; close waits for what is under way", async () => {
    const held = heldCommit();
    const group = groupCommit({ commit: held.commit, maxBatch: 1, maxWaiting: 2 });
    const taken = [1, 2].map(group.submit);
    await settled(() => held.batches.length === 1);
    expect(await codeOf(group.submit(3))).to.equal("events-backlog-full");
    const closed = group.close();
    expect(await codeOf(group.submit(4))).to.equal("events-backlog-full");
    held.release();
    await settled(() => held.batches.length === 2);
    held.release();
    await closed;
    expect(await Promise.all(taken)).to.deep.equal([10, 20]);
  });
});
