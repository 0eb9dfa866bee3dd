import { expect } from "chai";
import { ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import type { CustodyEvent } from "../../../backend/domain/custody/events.ts";
import { hashEvent } from "../../../backend/domain/custody/hashEvent.ts";
import { encodeHeader } from "../../../backend/domain/custody/header.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import type { CustodyEventAppliedLog } from "../../../backend/domain/reconciliation/contractLog.ts";
import {
  eventOfLog,
  type PassportProgress,
  projectCustodyLog,
} from "../../../backend/domain/reconciliation/projectCustody.ts";
import type { Address, Hash, Head, PassportId } from "../../../backend/domain/types.ts";

const separator = domainSeparator({ chainId: 1, contract: `0x${"11".repeat(20)}` as Address });
const ids = [1, 2, 3].map((serial) => `0x000001${serial.toString(16).padStart(34, "0")}` as PassportId);
const recordHash = `0x${"ab".repeat(32)}` as Hash;

const eventOf = (kind: CustodyEvent["kind"], heads: readonly Head[], counterparty = 0): CustodyEvent => ({
  kind,
  actor: 1,
  counterparty,
  occurredAt: 5,
  deadline: 9,
  items: heads.map((prevHead, i) => ({ passportId: ids[i]!, prevHead, recordHash })),
});
const logOf = (event: CustodyEvent, applied: bigint): CustodyEventAppliedLog => ({
  name: "CustodyEventApplied",
  digest: hashEvent(separator, event).digest,
  header: encodeHeader(event, 65),
  items: event.items,
  declined: 0n,
  applied,
  signatures: `0x${"01".repeat(65)}${"02".repeat(65)}`,
});
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("projectCustodyLog", () => {
  const mint = eventOf("mint", [ZERO_HEAD, ZERO_HEAD, ZERO_HEAD]);
  const heads = hashEvent(separator, mint).heads;
  let passports: Map<PassportId, PassportProgress>;
  beforeEach(() => {
    passports = new Map();
    projectCustodyLog(separator, logOf(mint, 0b111n), passports);
  });

  it("gives each applied item its step and its passport the state after it", () => {
    const handover = eventOf("handover", heads, 2);
    const steps = projectCustodyLog(separator, logOf(handover, 0b101n), passports);
    expect(steps.map((step) => [step.passportId, step.sequence, step.position, step.after.custodian])).to.deep.equal([
      [ids[0], 1, 0, 2],
      [ids[2], 1, 2, 2],
    ]);
    expect(ids.map((id) => passports.get(id)?.length)).to.deep.equal([2, 1, 2]);
    expect(passports.get(ids[1]!)?.state).to.include({ head: heads[1], custodian: 1, moved: false });
    expect(passports.get(ids[0]!)?.state.head).to.equal(hashEvent(separator, handover).heads[0]);
  });

  it("splits the signatures where the header says", () => {
    const { actorSignature, counterpartySignature } = eventOfLog(logOf(eventOf("handover", heads, 2), 1n));
    expect([actorSignature, counterpartySignature]).to.deep.equal([`0x${"01".repeat(65)}`, `0x${"02".repeat(65)}`]);
  });

  it("refuses a log whose content has another digest", () => {
    const log = { ...logOf(eventOf("withdrawal", heads), 1n), digest: recordHash };
    expect(codeOf(() => projectCustodyLog(separator, log, passports))).to.equal("projection-inconsistent");
  });

  it("refuses a log that leaves a step out before it, and takes it for an item that was not applied", () => {
    const stale = eventOf("withdrawal", [heads[1]!, heads[1]!]);
    expect(codeOf(() => projectCustodyLog(separator, logOf(stale, 0b01n), passports))).to.equal(
      "projection-inconsistent",
    );
    expect(codeOf(() => projectCustodyLog(separator, logOf(stale, 0b10n), passports))).to.equal("none");
  });

  it("refuses a second mint of one passport", () => {
    expect(codeOf(() => projectCustodyLog(separator, logOf(mint, 1n), passports))).to.equal("projection-inconsistent");
  });
});
