import { expect } from "chai";
import { describeCalendar, PRC_HOLIDAYS } from "../../../backend/domain/rules/holidays.ts";
import { judgeReport } from "../../../backend/domain/rules/judgeReport.ts";
import { expectCode } from "../records/expectCode.ts";

const judge = (duty: string, occurredOn: string, reportedOn: string | null, today = "2026-12-31") =>
  judgeReport({ duty, occurredOn, reportedOn }, today)[0];

describe("judgeReport", () => {
  it("is met on the last working day and missed on the next", () => {
    expect(judge("battery-out", "2026-02-13", "2026-03-12")).to.include({ verdict: "met", dueOn: "2026-03-12" });
    expect(judge("battery-out", "2026-02-13", "2026-03-13")).to.include({ verdict: "missed", dueOn: "2026-03-12" });
  });

  it("names the calendars that the days were counted by, and where somebody read them", () => {
    const across = judge("battery-out", "2025-12-25", "2026-01-16")?.calendars ?? [];
    expect(across.map((text) => text.slice(0, 21))).to.deep.equal(["working days of 2025:", "working days of 2026:"]);
    expect(across[0]).to.contain("国办发明电〔2024〕12号").and.contain("read in 新华网");
    const unread = { ...PRC_HOLIDAYS["2025"]!, confidence: "background", readIn: null } as const;
    expect(describeCalendar("2025", unread)).to.match(/background knowledge, unconfirmed/);
  });

  it("is open until the deadline and missed after it while nothing was reported", () => {
    expect(judge("battery-out", "2026-02-13", null, "2026-03-12")?.verdict).to.equal("unknown");
    expect(judge("battery-out", "2026-02-13", null, "2026-03-13")?.verdict).to.equal("missed");
  });

  it("says unknown, not met, where the calendar does not reach", () => {
    const judged = judge("recycling-finished", "2026-12-01", "2026-12-02");
    expect(judged).to.include({ verdict: "unknown", dueOn: null });
    expect(judged?.reason).to.match(/nobody can say/);
  });

  it("gives no judgement before the provisions were in force", () => {
    expect(judge("battery-out", "2018-07-31", "2019-07-31")).to.equal(undefined);
  });

  it("refuses duties and days that are none, and names the duties there are", () => {
    const error = expectCode("rule-unknown", () => judge("battery-inside-out", "2026-02-13", null));
    expect(error.details.known).to.include("battery-out");
    for (const day of ["2026-02-30", "2026-02", "yesterday", ""]) {
      expectCode("day-malformed", () => judge("battery-out", day, null));
      expectCode("day-malformed", () => judge("battery-out", "2026-02-13", day));
    }
  });
});
