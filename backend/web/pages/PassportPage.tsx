import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Subject } from "../../domain/verification/checkIdentity.ts";
import { Result } from "../parts/Result.tsx";
import { RpcSettings } from "../parts/RpcSettings.tsx";
import { VerdictPanel } from "../parts/VerdictPanel.tsx";
import { askEvidence, askTrustRoot } from "../server/askServer.ts";
import { usePendingEvents } from "../server/usePendingEvents.ts";
import { usePassportCheck } from "../verification/usePassportCheck.ts";
import { verifyInWorker } from "../verification/verifyInWorker.ts";
import type { RpcChoice } from "./ServedPage.tsx";

type Props = RpcChoice & { readonly dppId: string; readonly subject: Subject };

/** One passport, checked by the visitor's own device: everything shown comes from the evidence that was judged. */
export function PassportPage({ dppId, subject, chosenRpcs, chooseRpcs }: Props) {
  const { t } = useTranslation();
  const collect = useCallback(async () => {
    const [trustRoot, evidence] = await Promise.all([askTrustRoot(), askEvidence(dppId)]);
    const rpcs = chosenRpcs.length > 0 ? chosenRpcs : [`${location.origin}/rpc`];
    return { trustRoot, evidence, rpcs, subject };
  }, [dppId, subject, chosenRpcs]);
  const { check, again } = usePassportCheck(verifyInWorker, collect);
  const pending = usePendingEvents(dppId);
  const path = `/v1/dpps/${encodeURIComponent(dppId)}`;
  return (
    <Result
      check={check}
      pending={pending}
      source={t("trust/served", { host: location.host })}
      verdict={
        <VerdictPanel
          check={check}
          again={again}
          rpcNote={t(chosenRpcs.length > 0 ? "verdict/askedOwn" : "verdict/askedOperator")}
        >
          <RpcSettings chosen={chosenRpcs} choose={chooseRpcs} />
        </VerdictPanel>
      }
      links={
        <ul className="links">
          <li>
            <a href={`${path}/evidence`} download={`${dppId.replaceAll(/[^\w]/g, "-")}.evidence.json`}>
              {t("trust/evidence")}
            </a>
          </li>
          <li>
            <a href="/verify.html" download="verify.html">
              {t("trust/savePage")}
            </a>
          </li>
          <li>
            <a href={`${path}/label`}>{t("trust/label")}</a>
          </li>
        </ul>
      }
    />
  );
}
