import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Uid } from "../../domain/types.ts";
import { VerdictPanel } from "../parts/VerdictPanel.tsx";
import { askClaimants, type Claimant } from "../server/askServer.ts";
import { PageTrouble, PassportPending } from "../server/pageTrouble.ts";
import type { PassportCheck } from "../verification/usePassportCheck.ts";
import { PassportPage } from "./PassportPage.tsx";
import type { RpcChoice } from "./ServedPage.tsx";
import { StartPage } from "./StartPage.tsx";

/** Whatever claims the identifier that was scanned. Anyone may mint any uid under their own id: all are listed. */
export function ProductPage({ uid, ...rpc }: RpcChoice & { readonly uid: Uid }) {
  const [claimants, setClaimants] = useState<readonly [Claimant, ...Claimant[]] | null>(null);
  const [trouble, setTrouble] = useState<PageTrouble | null>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further attempt is a reason of its own
  useEffect(() => {
    let current = true;
    setTrouble(null);
    askClaimants(uid).then(
      (found) => current && setClaimants(found),
      (thrown: unknown) => current && setTrouble(PageTrouble.of(thrown)),
    );
    return () => {
      current = false;
    };
  }, [uid, attempt]);
  // What was scanned is what must verify, whichever passport the server names for it.
  const subject = useMemo(() => ({ uid }), [uid]);
  // Nothing claims it yet but what is on its way: its page tells of that.
  if (trouble instanceof PassportPending) return <PassportPage dppId={trouble.passportId} subject={subject} {...rpc} />;
  if (claimants === null) {
    const check: PassportCheck = trouble === null ? { is: "checking" } : { is: "stopped", trouble };
    const unknown = trouble?.code === "passport-unknown";
    return (
      <div className="result single">
        <VerdictPanel check={check} again={() => setAttempt(attempt + 1)} rpcNote="">
          {unknown && <Sought uid={uid} />}
        </VerdictPanel>
        {unknown && <StartPage typed={uid} />}
      </div>
    );
  }
  return (
    <>
      {claimants.length > 1 && <Claimants claimants={claimants} />}
      <PassportPage dppId={claimants[0].passportId} subject={subject} {...rpc} />
    </>
  );
}

/** A serial number is easily misread: whoever finds nothing compares what was looked for with the label. */
function Sought({ uid }: { readonly uid: Uid }) {
  const { t } = useTranslation();
  return (
    <p className="reason">
      {t("trouble/sought")} <span className="code">{uid}</span>
    </p>
  );
}

function Claimants({ claimants }: { readonly claimants: readonly [Claimant, ...Claimant[]] }) {
  const { t, i18n } = useTranslation();
  const issuer = ({ issuer, names }: Claimant) => {
    const name = names[i18n.language] ?? names.en;
    return t(name === undefined ? "claimants/entry" : "claimants/named", { issuer, name });
  };
  return (
    <section className="card warning" aria-labelledby="claimants">
      <h2 id="claimants">{t("claimants/title", { count: claimants.length })}</h2>
      <p>{t("claimants/lead")}</p>
      <ul>
        {claimants.map((claimant, i) => (
          <li key={claimant.passportId}>
            <span>
              {issuer(claimant)} · {t(`item/phase/${claimant.phase}`, claimant.phase)}
            </span>
            {i === 0 ? (
              <span className="faint">{t("claimants/shown")}</span>
            ) : (
              <a href={`/v1/dpps/${encodeURIComponent(claimant.passportId)}`}>{t("claimants/open")}</a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
