import { expect } from "chai";
import { decodeState, encodeState, PHASES } from "../../../backend/domain/custody/state.ts";
import type { Hash, Head } from "../../../backend/domain/types.ts";

describe("passport state", () => {
  it("reads back from the slot word it is packed into, whatever the phase and flags", () => {
    for (const phase of PHASES) {
      for (const [moved, held] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const state = { head: `0x${"ab".repeat(28)}` as Head, custodian: 0x010203, phase, moved, held };
        expect(decodeState(encodeState(state))).to.deep.equal(state);
      }
    }
  });

  it("stands as head, custodian, flags from the most significant byte on", () => {
    const head = `0x${"11".repeat(28)}` as Head;
    const word = encodeState({ head, custodian: 7, phase: "closed", moved: true, held: false });
    expect(word).to.equal(`${head}0000070b`);
  });

  it("refuses a word with an unknown phase or flag", () => {
    expect(decodeState(`0x${"00".repeat(31)}05` as Hash)).to.equal(null);
    expect(decodeState(`0x${"00".repeat(31)}21` as Hash)).to.equal(null);
  });
});
