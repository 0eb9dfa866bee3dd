import type { ReactNode } from "react";
import type { UnverifiedPendingEvent } from "../server/pendingEvents.ts";
import type { PassportCheck } from "../verification/usePassportCheck.ts";
import { CheckList } from "./CheckList.tsx";
import { DataRecords } from "./DataRecords.tsx";
import { ItemCard } from "./ItemCard.tsx";
import { OnItsWay } from "./OnItsWay.tsx";
import { Timeline } from "./Timeline.tsx";
import { TrustCard } from "./TrustCard.tsx";

type Props = {
  readonly check: PassportCheck;
  readonly verdict: ReactNode;
  /** Where code and trust root came from, in a sentence. */
  readonly source: string;
  readonly links?: ReactNode;
  /** What the operator says is on its way. */
  readonly pending?: readonly UnverifiedPendingEvent[];
};

/** A check's outcome as it stands on the served and on the saved page alike. */
export function Result({ check, verdict, source, links, pending = [] }: Props) {
  if (check.is !== "judged") {
    return (
      <div className="result single">
        {verdict}
        {check.is === "stopped" && <OnItsWay events={pending} passport={null} />}
      </div>
    );
  }
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
        <OnItsWay events={pending} passport={passport} />
        {passport !== null && <DataRecords passport={passport} confirmed={confirmed} />}
        <CheckList report={report} />
        <TrustCard report={report} source={source}>
          {links}
        </TrustCard>
      </div>
    </div>
  );
}
