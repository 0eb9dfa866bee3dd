import { expect } from "chai";
import { gatherLookUps } from "../../backend/services/gatherLookUps.ts";

describe("gatherLookUps", () => {
  it("asks once for all who ask together, and once for all who ask meanwhile", async () => {
    const asked: (readonly number[])[] = [];
    let letGo: () => void = () => undefined;
    const read = gatherLookUps(async (keys: readonly number[]) => {
      asked.push(keys);
      if (asked.length === 1) await new Promise<void>((resolve) => (letGo = resolve));
      return new Map(keys.filter((key) => key > 0).map((key) => [key, key * 10]));
    });
    const first = [1, 2, 1].map(read);
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = [3, -1].map(read);
    letGo();
    expect(await Promise.all([...first, ...second])).to.deep.equal([10, 20, 10, 30, undefined]);
    expect(asked).to.deep.equal([
      [1, 2],
      [3, -1],
    ]);
  });

  it("gives a failure to those who asked for it, and works for the next", async () => {
    let failing = true;
    const read = gatherLookUps(async (keys: readonly string[]) => {
      if (failing) throw new Error("away");
      return new Map(keys.map((key) => [key, key]));
    });
    expect(await read("a").catch((error) => error.message)).to.equal("away");
    failing = false;
    expect(await read("b")).to.equal("b");
  });
});
