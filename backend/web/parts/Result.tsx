import type { ReactNode } from "react";
import type { PassportCheck } from "../verification/usePassportCheck.ts";
import { CheckList } from "./CheckList.tsx";
import { DataRecords } from "./DataRecords.tsx";
import { ItemCard } from "./ItemCard.tsx";
import { Timeline } from "./Timeline.tsx";
import { TrustCard } from "./TrustCard.tsx";

type Props = {
  readonly check: PassportCheck;
  readonly verdict: ReactNode;
  /** Where code and trust root came from, in a sentence. */
  readonly source: string;
  readonly links?: ReactNode;
};

/** A check's outcome as it stands on the served and on the saved page alike. */
export function Result({ check, verdict, source, links }: Props) {
  if (check.is !== "judged") return <div className="result single">{verdict}</div>;
  const { report, passport, foundByBatteryCode } = check.answer;
  const confirmed = report.verdict === "verified" || report.verdict === "pending";
  return (
    <div className="result">
      <div className="column">
        {verdict}
        {passport !== null && <ItemCard passport={passport} report={report} foundByBatteryCode={foundByBatteryCode} />}
      </div>
      <div className="column">
        {passport !== null && <Timeline passport={passport} />}
        {passport !== null && <DataRecords passport={passport} confirmed={confirmed} />}
        <CheckList report={report} />
        <TrustCard report={report} source={source}>
          {links}
        </TrustCard>
      </div>
    </div>
  );
}
