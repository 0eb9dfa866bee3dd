import { type DragEvent, type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { DomainError } from "../../domain/errors.ts";
import { isPassportId } from "../../domain/identifiers/passportId.ts";
import { parseUid } from "../../domain/identifiers/uid.ts";
import type { Subject } from "../../domain/verification/checkIdentity.ts";
import { parseTrustRoot } from "../../domain/verification/trustRoot.ts";
import { Frame } from "../parts/Frame.tsx";
import { Result } from "../parts/Result.tsx";
import { VerdictPanel } from "../parts/VerdictPanel.tsx";
import { parseRpcs, recallRpcs, rememberRpcs } from "../verification/chosenRpcs.ts";
import { usePassportCheck } from "../verification/usePassportCheck.ts";
import { type VerifyRequest, verify } from "../verification/verify.ts";

type Chosen = { readonly name: string; readonly evidence: Uint8Array };
type Fault = "saved/needFile" | "saved/needRpc" | "saved/rootBad" | "saved/subjectBad";

/**
 * verify.html: evidence from a file, judged against an RPC and a trust root that the reader names. Nothing is filled in
 * for the reader from the evidence: a trust root that came with it would prove nothing. On the page's own thread,
 * because browsers differ about workers in pages from a file.
 */
export function SavedPage() {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [rpcs, setRpcs] = useState(() => recallRpcs().join("\n"));
  const [root, setRoot] = useState("");
  const [identifier, setIdentifier] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [collect, setCollect] = useState<(() => Promise<VerifyRequest>) | null>(null);
  const { check, again } = usePassportCheck(verify, collect);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const urls = parseRpcs(rpcs) ?? [];
    const trustRoot = orNull(() => parseTrustRoot(root));
    const subject = identifier.trim() === "" ? undefined : orNull(() => subjectOf(identifier.trim()));
    if (chosen === null) return setFault("saved/needFile");
    if (urls.length === 0) return setFault("saved/needRpc");
    if (trustRoot === null) return setFault("saved/rootBad");
    if (subject === null) return setFault("saved/subjectBad");
    setFault(null);
    rememberRpcs(urls);
    const request = { evidence: chosen.evidence, trustRoot, rpcs: urls, subject: subject ?? null };
    setCollect(() => async () => request);
  };
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setCollect(null);
    setFault(null);
    setChosen({ name: file.name, evidence: new Uint8Array(await file.arrayBuffer()) });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };

  return (
    <Frame home={null}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping has its keyboard way in the file field */}
      <div onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <section className="card start" aria-labelledby="saved">
          <h1 id="saved">{t("saved/title")}</h1>
          <p>{t("saved/lead")}</p>
          <form onSubmit={submit} noValidate>
            <p className="label">{t("saved/evidence")}</p>
            <label className="drop">
              <input
                id="evidence"
                type="file"
                accept=".json,application/json"
                className="unseen"
                onChange={(event) => void take(event.target.files?.[0])}
              />
              <span>{chosen === null ? t("saved/drop") : chosenText(chosen)}</span>
            </label>
            {chosen !== null && <Claim evidence={chosen.evidence} />}
            <label htmlFor="rpcs">{t("saved/rpc")}</label>
            <textarea
              id="rpcs"
              rows={2}
              value={rpcs}
              onChange={(event) => setRpcs(event.target.value)}
              spellCheck={false}
              autoCapitalize="none"
              placeholder="https://"
              aria-describedby="rpcs-hint"
            />
            <p id="rpcs-hint" className="faint">
              {t("saved/rpcHint")}
            </p>
            <label htmlFor="root">{t("saved/root")}</label>
            <textarea
              id="root"
              rows={3}
              value={root}
              onChange={(event) => setRoot(event.target.value)}
              spellCheck={false}
              autoCapitalize="none"
              placeholder="eip155:"
              aria-describedby="root-hint"
            />
            <p id="root-hint" className="faint">
              {t("saved/rootHint")}
            </p>
            <label htmlFor="subject">{t("saved/subject")}</label>
            <input
              id="subject"
              value={identifier}
              onChange={(event) => setIdentifier(event.target.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              aria-describedby="subject-hint"
            />
            <p id="subject-hint" className="faint">
              {t("saved/subjectHint")}
            </p>
            {fault !== null && (
              <p className="bad" role="alert">
                {t(fault)}
              </p>
            )}
            <div className="buttons">
              <button type="submit">{t("saved/submit")}</button>
            </div>
          </form>
        </section>
        {collect !== null && (
          <Result
            check={check}
            source={t("trust/saved")}
            verdict={<VerdictPanel check={check} again={again} rpcNote={t("saved/askedOwn")} />}
          />
        )}
      </div>
    </Frame>
  );

  function chosenText({ name, evidence }: Chosen): string {
    return t("saved/chosen", { name, size: (evidence.length / 1000).toFixed(1) });
  }
}

/** What the reader looked at: a passport id, or an identifier of any scheme. */
const subjectOf = (text: string): Subject => (isPassportId(text) ? { passportId: text } : { uid: parseUid(text).uid });

function orNull<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** Which contract the evidence says it is for: told to the reader, never used. */
function Claim({ evidence }: { readonly evidence: Uint8Array }) {
  const { t } = useTranslation();
  try {
    const { chainId, contract } = JSON.parse(new TextDecoder().decode(evidence)) as Record<string, unknown>;
    if (typeof chainId !== "number" || typeof contract !== "string") return null;
    return <p className="faint">{t("saved/rootClaimed", { chainId, contract: contract.slice(0, 42) })}</p>;
  } catch {
    return null; // the verdict says what is wrong with it
  }
}
