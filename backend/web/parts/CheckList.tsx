import { useTranslation } from "react-i18next";
import type { CheckLine, Comparison, VerificationReport } from "../../domain/verification/report.ts";
import { comparisonName } from "../language/comparisonName.ts";
import { reasonOf } from "../language/reasonOf.ts";
import { StatusIcon } from "./icons.tsx";

/** Every check with its outcome; opened, what it is about, and what was held against what. */
export function CheckList({ report }: { readonly report: VerificationReport }) {
  const { t } = useTranslation();
  const passed = report.checks.filter(({ status }) => status === "passed").length;
  return (
    <section className="card" aria-labelledby="checks">
      <h2 id="checks">{t("checks/title")}</h2>
      <p className="faint">{t("checks/summary", { passed, all: report.checks.length })}</p>
      <ul className="checks">
        {report.checks.map((line) => (
          <li key={line.check}>
            <Check line={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Check({ line }: { readonly line: CheckLine }) {
  const { t } = useTranslation();
  return (
    <details
      id={`check-${line.check}`}
      className={line.status}
      data-check={line.check}
      data-status={line.status}
      open={line.status === "failed"}
    >
      <summary>
        <StatusIcon status={line.status} />
        <span className="name">{t(`check/${line.check}/title`)}</span>
        <span className="outcome">{t(`checks/status/${line.status}`)}</span>
      </summary>
      <p>{reasonOf(t, line)}</p>
      <p className="faint">{t(`check/${line.check}/about`)}</p>
      <Comparisons compared={line.compared} />
    </details>
  );
}

function Comparisons({ compared }: { readonly compared: readonly Comparison[] }) {
  const { t } = useTranslation();
  if (compared.length === 0) return <p className="faint">{t("checks/nothing")}</p>;
  const differing = compared.filter(({ expected, found }) => expected !== found);
  const agreeing = compared.filter(({ expected, found }) => expected === found);
  return (
    <>
      <ComparisonRows compared={differing} />
      {agreeing.length > 0 && (
        <details className="agreeing">
          <summary>{t("checks/compared", { count: agreeing.length })}</summary>
          <ComparisonRows compared={agreeing} />
        </details>
      )}
    </>
  );
}

function ComparisonRows({ compared }: { readonly compared: readonly Comparison[] }) {
  return compared.map((comparison, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes, and its comparisons may be equal
    <ComparisonRow key={i} comparison={comparison} />
  ));
}

function ComparisonRow({ comparison: { what, expected, found } }: { readonly comparison: Comparison }) {
  const { t, i18n } = useTranslation();
  const differs = expected !== found;
  return (
    <div className={differs ? "comparison differs" : "comparison"}>
      <p>
        {comparisonName(t, i18n.language, what)}
        <span className="outcome">{t(differs ? "checks/differs" : "checks/same")}</span>
      </p>
      {differs ? (
        <dl className="rows">
          <div>
            <dt>{t("checks/expected")}</dt>
            <dd className="code">{expected}</dd>
          </div>
          <div>
            <dt>{t("checks/found")}</dt>
            <dd className="code">{found}</dd>
          </div>
        </dl>
      ) : (
        <p className="code">{found}</p>
      )}
    </div>
  );
}
