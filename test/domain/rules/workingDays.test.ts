import { expect } from "chai";
import { PRC_HOLIDAYS } from "../../../backend/domain/rules/holidays.ts";
import { isWorkingDay, workingDaysAfter } from "../../../backend/domain/rules/workingDays.ts";

describe("isWorkingDay", () => {
  for (const [day, isWorked, fact] of [
    ["2026-03-02", true, "a Monday"],
    ["2026-03-01", false, "a Sunday"],
    ["2026-02-28", true, "a Saturday worked for the Spring Festival"],
    ["2026-02-17", false, "the Spring Festival"],
    ["2026-10-07", false, "the last day of the National Day holidays, a Wednesday"],
    ["2026-10-08", true, "the day after it"],
    ["2023-06-01", undefined, "a year before the calendar"],
    ["2027-01-04", undefined, "a year that was not announced"],
  ] as const) {
    it(`says ${isWorked === undefined ? "nothing" : isWorked ? "yes" : "no"} of ${day}, ${fact}`, () => {
      expect(isWorkingDay(day)).to.equal(isWorked);
    });
  }
});

describe("PRC_HOLIDAYS", () => {
  it("say of each year which notice it is of, and where it was read, or that nobody confirmed it", () => {
    for (const [year, { source, confidence, readIn }] of Object.entries(PRC_HOLIDAYS)) {
      expect(source).to.contain(`国务院办公厅关于${year}年部分节假日安排的通知`);
      expect(readIn !== null, year).to.equal(confidence === "read");
    }
  });

  for (const [year, { off, worked }] of Object.entries(PRC_HOLIDAYS)) {
    it(`keep ${year} within its year, in order, and work only on weekends`, () => {
      const days = [...off.flat(), ...worked];
      expect(days.filter((day) => !day.startsWith(year))).to.deep.equal([]);
      expect(off.flat()).to.deep.equal([...off.flat()].sort());
      for (const day of worked) {
        expect([0, 6], day).to.include(new Date(`${day}T00:00:00Z`).getUTCDay());
        expect(
          off.some(([first, last]) => first <= day && day <= last),
          day,
        ).to.equal(false);
      }
    });
  }
});

describe("workingDaysAfter", () => {
  it("does not count the day itself, nor weekends and holidays, and counts weekends that are worked", () => {
    expect(workingDaysAfter("2026-03-02", 1)).to.equal("2026-03-03");
    expect(workingDaysAfter("2026-03-06", 1)).to.equal("2026-03-09");
    expect(workingDaysAfter("2026-02-13", 1)).to.equal("2026-02-14");
    expect(workingDaysAfter("2026-02-14", 5)).to.equal("2026-02-28");
    expect(workingDaysAfter("2025-12-25", 15)).to.equal("2026-01-16");
  });

  it("is unknown as soon as it leads into a year that is not there", () => {
    expect(workingDaysAfter("2026-12-30", 1)).to.equal("2026-12-31");
    expect(workingDaysAfter("2026-12-30", 2)).to.equal(undefined);
    expect(workingDaysAfter("2019-05-06", 15)).to.equal(undefined);
  });
});
