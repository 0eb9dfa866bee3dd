import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { parseRpcs } from "../verification/chosenRpcs.ts";

type Props = {
  readonly chosen: readonly string[];
  /** An empty list means the operator's. */
  readonly choose: (rpcs: readonly string[]) => void;
};

/** Lets the visitor ask somebody else about the chain. */
export function RpcSettings({ chosen, choose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(chosen.join("\n"));
  const [bad, setBad] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const rpcs = parseRpcs(typed);
    setBad(rpcs === null);
    if (rpcs !== null) choose(rpcs);
  };
  const resetToOperator = () => {
    setTyped("");
    setBad(false);
    choose([]);
  };
  return (
    <details className="settings">
      <summary>{t("rpc/title")}</summary>
      <p>{t("rpc/lead")}</p>
      <form onSubmit={submit}>
        <label htmlFor="rpcs">{t("rpc/label")}</label>
        <textarea
          id="rpcs"
          rows={2}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          spellCheck={false}
          autoCapitalize="none"
          aria-invalid={bad}
          aria-describedby={bad ? "rpcs-bad" : undefined}
          placeholder="https://"
        />
        {bad && (
          <p id="rpcs-bad" className="bad" role="alert">
            {t("rpc/bad")}
          </p>
        )}
        <div className="buttons">
          <button type="submit">{t("rpc/save")}</button>
          <button type="button" className="quiet" onClick={resetToOperator}>
            {t("rpc/operator")}
          </button>
        </div>
      </form>
    </details>
  );
}
