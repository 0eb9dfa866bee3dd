import { useTranslation } from "react-i18next";
import { flatten } from "../language/fieldValue.ts";
import { formatTime } from "../language/formatTime.ts";
import { participantName } from "../language/participantName.ts";
import type { PassportView, StepView } from "../verification/viewPassport.ts";
import { FieldRows } from "./FieldRows.tsx";
import { PassportLinks } from "./PassportLinks.tsx";

/** Who had the item when, oldest first. */
export function Timeline({ passport }: { readonly passport: PassportView }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="custody">
      <h2 id="custody">{t("custody/title")}</h2>
      <ol className="timeline">
        {passport.steps.map((step, i) => (
          // A hostile server may repeat an event, so that only the place is unique.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Step key={i} step={step} passport={passport} first={i === 0} />
        ))}
      </ol>
    </section>
  );
}

type StepProps = { readonly step: StepView; readonly passport: PassportView; readonly first: boolean };

function Step({ step, passport, first }: StepProps) {
  const { t, i18n } = useTranslation();
  const time = (seconds: number) => formatTime(seconds, i18n.language);
  const block = step.blockNumber.toLocaleString(i18n.language);
  const names = {
    actor: participantName(t, i18n.language, passport, step.actor),
    counterparty: participantName(t, i18n.language, passport, step.counterparty),
  };
  const fields = flatten(step.fields);
  const kind = first && step.kind === "transformation" ? "transformationFirst" : step.kind;
  const signed = { handover: "signedBoth", reassignment: "ordered" }[step.kind as string] ?? "signedOne";
  return (
    <li className={step.kind}>
      <p className="what">{t(`custody/${kind}`, names)}</p>
      <p className="when">
        <time dateTime={new Date(step.occurredAt * 1000).toISOString()}>
          {time(step.recordedAt ?? step.occurredAt)}
        </time>
        <span className={`signed ${signed}`}>{t(`custody/${signed}`, names)}</span>
        {step.items > 1 && step.kind !== "transformation" && (
          <span>{t("custody/consignment", { count: step.items - 1 })}</span>
        )}
        {step.final === false && <span className="badge pending">{t("custody/notFinal")}</span>}
      </p>
      <PassportLinks
        title={t("custody/inputs", { count: step.inputs.length })}
        passports={step.inputs}
        here={passport.passportId}
      />
      <PassportLinks
        title={t("custody/products", { count: step.products.length })}
        passports={step.products}
        here={passport.passportId}
      />
      {fields.length > 0 && (
        <dl className="rows" aria-label={t("dataRecords/shown")}>
          <FieldRows fields={fields} />
        </dl>
      )}
      <details>
        <summary>{t("custody/details")}</summary>
        <p>{t("custody/stated", { time: time(step.occurredAt) })}</p>
        <p>
          {step.recordedAt === null
            ? t("custody/unrecorded", { block })
            : t("custody/recorded", { time: time(step.recordedAt), block })}
        </p>
        <dl className="rows">
          {(["digest", "head", "recordHash"] as const).map((name) => (
            <div key={name}>
              <dt>{t(`custody/${name}`)}</dt>
              <dd className="code">{step[name]}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}
