import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { DomainError } from "../../domain/errors.ts";
import { CameraScan, canScan } from "../parts/CameraScan.tsx";
import { addressFor } from "../server/address.ts";

/**
 * Look-up by what stands on the battery: typed, scanned by hand scanner (which types and ends with Enter) or camera.
 * `typed` is what led nowhere: it is selected, so that a scan replaces it and a person corrects it.
 */
export function StartPage({ typed: before = "" }: { readonly typed?: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(before);
  const [trouble, setTrouble] = useState<string | null>(null);
  const lookUp = (text: string) => {
    setTyped(text);
    try {
      location.assign(addressFor(text));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      setTrouble(error.code);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lookUp(typed);
  };
  return (
    <section className="card start" aria-labelledby="start">
      <h1 id="start">{t("start/title")}</h1>
      <p>{t("start/lead")}</p>
      <form onSubmit={submit}>
        <label htmlFor="identifier">{t("start/label")}</label>
        <input
          id="identifier"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setTrouble(null);
          }}
          onFocus={(event) => event.target.select()}
          // A hand scanner types wherever the focus is: here it must be, from the start.
          // biome-ignore lint/a11y/noAutofocus: the page's one purpose is this field
          autoFocus
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={trouble !== null}
          aria-describedby={trouble === null ? "identifier-hint" : "identifier-bad identifier-hint"}
        />
        {trouble !== null && (
          <p id="identifier-bad" className="bad" role="alert" data-code={trouble}>
            {t([`inputTrouble/${trouble}`, "inputTrouble/other"])}
          </p>
        )}
        <p id="identifier-hint" className="faint">
          {t("start/hint")}
        </p>
        <div className="buttons">
          <button type="submit">{t("start/submit")}</button>
          {canScan() && <CameraScan found={lookUp} />}
        </div>
      </form>
      <p>
        <a href="/verify.html" download="verify.html">
          {t("start/saved")}
        </a>
      </p>
    </section>
  );
}
