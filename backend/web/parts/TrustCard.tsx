import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { VerificationReport } from "../../domain/verification/report.ts";
import { formatTrustRoot } from "../../domain/verification/trustRoot.ts";

type Props = { readonly report: VerificationReport; readonly source: string; readonly children?: ReactNode };

/** What the verdict rests on, and what it does not say: where a reader could be misled. */
export function TrustCard({ report, source, children }: Props) {
  const { t } = useTranslation();
  return (
    <section className="card trust" aria-labelledby="trust">
      <h2 id="trust">{t("trust/title")}</h2>
      <p>{source}</p>
      <p>{t("trust/truth")}</p>
      <dl className="rows">
        <div>
          <dt>{t("trust/root")}</dt>
          <dd className="code">{formatTrustRoot(report.trustRoot)}</dd>
        </div>
      </dl>
      {report.successor !== null && <p className="bad">{t("trust/successor", { successor: report.successor })}</p>}
      {children}
    </section>
  );
}
