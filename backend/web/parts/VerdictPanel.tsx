import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CheckLine, CheckStatus, Verdict, VerificationReport } from "../../domain/verification/report.ts";
import { formatTime } from "../language/formatTime.ts";
import { reasonOf } from "../language/reasonOf.ts";
import type { PassportCheck } from "../verification/usePassportCheck.ts";
import { StatusIcon } from "./icons.tsx";

type Props = {
  readonly check: PassportCheck;
  /** Says whose RPC was asked. */
  readonly rpcNote: string;
  readonly again: () => void;
  readonly children?: ReactNode;
};

const statusOf = (check: PassportCheck): Verdict | "checking" => {
  if (check.is === "checking") return "checking";
  return check.is === "judged" ? check.answer.report.verdict : "unavailable";
};

/** The answer to the visitor's question, in one word, one sentence, and the reasons where it is not yes. */
export function VerdictPanel({ check, rpcNote, again, children }: Props) {
  const { t } = useTranslation();
  const status = statusOf(check);
  const report = check.is === "judged" ? check.answer.report : null;
  return (
    <section className={`verdict ${status}`} aria-labelledby="verdict">
      <div className="answer" role="status">
        <StatusIcon status={status === "verified" ? "passed" : status} />
        <div>
          <h2 id="verdict" data-verdict={status}>
            {t(`verdict/${status}`)}
          </h2>
          <p>{t(`verdict/${status}Lead`, { count: report?.pendingEvents || 1 })}</p>
        </div>
      </div>
      {check.is === "stopped" && <p className="reason">{t(`trouble/${check.trouble.code}`)}</p>}
      {report !== null && <Reasons report={report} />}
      {report !== null && <Asked report={report} note={rpcNote} />}
      {status !== "checking" && status !== "verified" && (
        <button type="button" className="quiet" onClick={again}>
          {t("verdict/again")}
        </button>
      )}
      {children}
    </section>
  );
}

/** A check that could not begin says nothing of its own: the reason stands at the one that failed first. */
const tells = (line: CheckLine) => !line.code.startsWith("not-checked-");

function Reasons({ report }: { readonly report: VerificationReport }) {
  const { t } = useTranslation();
  const grave: CheckStatus | null =
    report.verdict === "failed" ? "failed" : report.verdict === "unavailable" ? "unavailable" : null;
  if (grave === null) return null;
  const lines = report.checks.filter((line) => line.status === grave && tells(line));
  return (
    <div className="reasons">
      <h3>{t(grave === "failed" ? "verdict/whyFailed" : "verdict/whyUnavailable")}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line.check} data-reason={line.check}>
            <a href={`#check-${line.check}`}>{t(`check/${line.check}/title`)}</a> <span>{reasonOf(t, line)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Asked({ report, note }: { readonly report: VerificationReport; readonly note: string }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="asked">
      {report.block !== null && (
        <p>
          {t("verdict/asOf", {
            block: report.block.number.toLocaleString(i18n.language),
            time: formatTime(report.block.time, i18n.language),
          })}
        </p>
      )}
      <p>{t("verdict/asked", { rpcs: report.rpcs.join(", "), note })}</p>
    </div>
  );
}
