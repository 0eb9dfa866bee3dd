import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import {
  HOLD_TYPES,
  type Hold,
  type HoldOrder,
  holdOrderDigest,
  holdStands,
  MAX_HOLD,
  type Release,
  requireHoldOrder,
} from "../../../backend/domain/custody/holds.ts";
import { MAX_DEADLINE_AHEAD } from "../../../backend/domain/custody/rules.ts";
import { NO_PASSPORT, type PassportState } from "../../../backend/domain/custody/state.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import type { Hash, PassportId } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";

const FOLDER = new URL("../../vectors/holds/", import.meta.url);
const NOW = 1_800_000_000;
const ACTIVE: PassportState = { ...NO_PASSPORT, phase: "active", custodian: 1 };
const HELD: PassportState = { ...ACTIVE, held: true };
const passportId = `0x${"01".repeat(20)}` as PassportId;
const common = { passportId, regulator: 6, reasonHash: `0x${"ab".repeat(32)}` as Hash, deadline: NOW + 60 };
const hold: Hold = { kind: "hold", ...common, counter: 1, until: NOW + 3600 };
const release: Release = { kind: "release", ...common, counter: 1 };

describe("holds and releases", () => {
  for (const file of readdirSync(FOLDER)) {
    it(`hash as the contract does: ${file}`, () => {
      const vector = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
      const order: HoldOrder = { kind: vector.hold ? "hold" : "release", ...(vector.hold ?? vector.release) };
      expect(HOLD_TYPES[order.kind]).to.equal(vector.expected.type);
      expect(holdOrderDigest(domainSeparator(vector.domain), order)).to.equal(vector.expected.digest);
    });
  }

  it("change their digest with every field", () => {
    const separator = domainSeparator({ chainId: 1, contract: `0x${"11".repeat(20)}` as never });
    const others: HoldOrder[] = [
      hold,
      release,
      { ...hold, passportId: `0x${"02".repeat(20)}` as PassportId },
      { ...hold, regulator: 7 },
      { ...hold, counter: 2 },
      { ...hold, until: hold.until + 1 },
      { ...hold, reasonHash: `0x${"ac".repeat(32)}` as Hash },
      { ...hold, deadline: hold.deadline + 1 },
    ];
    expect(new Set(others.map((order) => holdOrderDigest(separator, order)))).to.have.property("size", others.length);
  });

  it("are taken at the very edges of their times", () => {
    const view = { state: ACTIVE, lastCounter: 0, now: NOW };
    for (const order of [
      { ...hold, deadline: NOW },
      { ...hold, deadline: NOW + MAX_DEADLINE_AHEAD },
      { ...hold, until: NOW },
      { ...hold, until: NOW + MAX_HOLD },
    ]) {
      expect(() => requireHoldOrder(order, view)).not.to.throw();
    }
  });

  const refusals: [string, HoldOrder, PassportState, number][] = [
    ["deadline-passed", { ...hold, deadline: NOW - 1 }, ACTIVE, 0],
    ["deadline-too-far", { ...release, deadline: NOW + MAX_DEADLINE_AHEAD + 1 }, HELD, 1],
    ["hold-end-out-of-range", { ...hold, until: NOW - 1 }, ACTIVE, 0],
    ["hold-end-out-of-range", { ...hold, until: NOW + MAX_HOLD + 1 }, ACTIVE, 0],
    ["dpp-unknown", hold, NO_PASSPORT, 0],
    ["not-active", hold, { ...ACTIVE, phase: "closed" }, 0],
    ["hold-missing", release, ACTIVE, 1],
    ["hold-counter-wrong", hold, HELD, 1],
    ["hold-counter-wrong", { ...release, counter: 2 }, HELD, 1],
  ];
  for (const [code, order, state, lastCounter] of refusals) {
    it(`are refused with ${code}: a ${order.kind} of a passport ${state.held ? "on hold" : state.phase}`, () => {
      expectCode(code, () => requireHoldOrder(order, { state, lastCounter, now: NOW }));
    });
  }

  it("stand up to and with their last second, and not without their flag", () => {
    expect([holdStands(true, NOW, NOW), holdStands(true, NOW, NOW + 1), holdStands(false, NOW, NOW)]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });
});
