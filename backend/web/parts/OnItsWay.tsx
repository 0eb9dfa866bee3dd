import { useTranslation } from "react-i18next";
import { formatTime } from "../language/formatTime.ts";
import { participantName } from "../language/participantName.ts";
import type { UnverifiedPendingEvent } from "../server/pendingEvents.ts";
import type { PassportView } from "../verification/viewPassport.ts";

type Props = {
  readonly events: readonly UnverifiedPendingEvent[];
  /** What was checked, if anything was: its events are not told of again. */
  readonly passport: PassportView | null;
};

const ON_CHAIN: readonly string[] = ["included", "safe", "finalized"];

/** What the operator says is coming, or did not come: its word alone, kept apart from all that was checked. */
export function OnItsWay({ events, passport }: Props) {
  const { t, i18n } = useTranslation();
  const checked = new Set(passport?.steps.map(({ digest }) => digest));
  const shown = events.filter(({ digest, state }) => !checked.has(digest) && state !== "declined");
  if (shown.length === 0) return null;
  const name = (id: number) => participantName(t, i18n.language, passport, id);
  return (
    <section className="card unverified" aria-labelledby="on-its-way">
      <h2 id="on-its-way">{t("onItsWay/title")}</h2>
      <p className="note">{t("onItsWay/lead")}</p>
      <ul className="timeline" aria-live="polite">
        {shown.map(({ digest, kind, actor, counterparty, acceptedAt, state, reason }) => (
          <li key={digest} data-state={state}>
            <p className="what">
              {t(counterparty === 0 ? "onItsWay/one" : "onItsWay/both", {
                kind: t(`kind/${kind}`),
                actor: name(actor),
                counterparty: name(counterparty),
              })}
            </p>
            <p className="when">
              <span>{t("onItsWay/accepted", { time: formatTime(acceptedAt, i18n.language) })}</span>
              <span className="badge">{t(`onItsWay/state/${state}`)}</span>
              {ON_CHAIN.includes(state) && <span>{t("onItsWay/again")}</span>}
              {reason !== null && <span>{t(`onItsWay/reason/${reason}`, reason)}</span>}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
