import { expect } from "chai";
import { takeTurns } from "../../backend/services/takeTurns.ts";

describe("takeTurns", () => {
  it("does the work in the order in which it came, and gives each its own outcome", async () => {
    const inTurn = takeTurns(() => performance.now());
    const done: number[] = [];
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3].map((number) =>
        inTurn(() => {
          done.push(number);
          if (number === 2) throw new RangeError("two");
          return number;
        }),
      ),
    );
    expect(done).to.deep.equal([0, 1, 2, 3]);
    expect(outcomes.map((one) => (one.status === "fulfilled" ? one.value : one.reason.message))).to.deep.equal([
      0,
      1,
      "two",
      3,
    ]);
  });

  it("lets the event loop go on as soon as a turn has taken its time", async () => {
    let now = 0;
    const inTurn = takeTurns(() => now);
    const order: string[] = [];
    const work = (name: string) =>
      inTurn(() => {
        now += 0.6;
        order.push(name);
      });
    const all = Promise.all(["a", "b", "c", "d"].map(work));
    const look = (): void => {
      order.push("-");
      if (order.length < 7) setImmediate(look);
    };
    setImmediate(look);
    await all;
    expect(order.join("")).to.match(/^ab-cd/);
  });
});
