import { expect } from "chai";
import { ZERO_ADDRESS } from "../../../backend/domain/bytes.ts";
import { chooseCurve, describeCurve } from "../../../backend/services/signatures/chooseCurve.ts";
import { type Curve, portableCurve } from "../../../backend/services/signatures/curve.ts";

/** A clock that says how much work was done: every look at it costs `msPerLook`. */
const clockOf = (costs: readonly number[]) => {
  let now = 0;
  let looks = 0;
  return () => {
    now += costs[Math.min(costs.length - 1, looks++)] as number;
    return now;
  };
};
const named = (name: Curve["name"], changes: Partial<Curve> = {}): Curve => ({ ...portableCurve, name, ...changes });
/** The portable one, which has five turns of one recovery each, takes more time than what is measured after it. */
const secondIsFaster = () => clockOf([...Array(10).fill(20), 4]);

describe("chooseCurve", () => {
  it("takes the native curve where it gives the same answers in less time", () => {
    const chosen = chooseCurve(() => named("native"), secondIsFaster());
    expect(chosen.name).to.equal("native");
    expect(chosen.reason).to.equal(undefined);
    expect(describeCurve(chosen)).to.match(/^native, [\d,]+ recoveries a second on one core$/);
  });

  it("takes the portable curve where there is no native one, and says so", () => {
    const chosen = chooseCurve(() => {
      throw new Error("no binding");
    }, secondIsFaster());
    expect(chosen.name).to.equal("portable");
    expect(describeCurve(chosen)).to.match(/; this machine has no native library$/);
  });

  it("takes the portable curve where the native one is slower", () => {
    const chosen = chooseCurve(() => named("native"), clockOf([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 20]));
    expect(chosen.name).to.equal("portable");
    expect(chosen.reason).to.equal("the native library is slower here");
  });

  for (const [what, changes] of Object.entries({
    "accepts a signature with high s": {
      recoverSigner: (digest, signature) => {
        const high = BigInt(`0x${signature.slice(66, 130)}`) > 2n ** 255n;
        return high ? ZERO_ADDRESS : portableCurve.recoverSigner(digest, signature);
      },
    },
    "signs otherwise": { signDigest: () => "0x" },
    "throws at a hostile signature": {
      recoverSigner: (digest, signature) => {
        if (signature.length !== 132) throw new RangeError("length");
        return portableCurve.recoverSigner(digest, signature);
      },
    },
  } satisfies Record<string, Partial<Curve>>)) {
    it(`never takes a native curve that ${what}`, () => {
      const chosen = chooseCurve(() => named("native", changes as Partial<Curve>), secondIsFaster());
      expect(chosen.name).to.equal("portable");
      expect(chosen.reason).to.equal("the native library gave other answers than the portable one");
    });
  }
});
