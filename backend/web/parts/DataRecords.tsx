import { useTranslation } from "react-i18next";
import { flatten } from "../language/fieldValue.ts";
import { formatTime } from "../language/formatTime.ts";
import { participantName } from "../language/participantName.ts";
import type { DataRecordView, PassportView } from "../verification/viewPassport.ts";
import { FieldRows } from "./FieldRows.tsx";

type Props = { readonly passport: PassportView; readonly confirmed: boolean };

/** Who signed what kind of thing about the item is sealed; that somebody did, and when, is not. */
export function DataRecords({ passport, confirmed }: Props) {
  const { t } = useTranslation();
  const { dataRecords } = passport;
  return (
    <section className="card" aria-labelledby="data-records">
      <h2 id="data-records">{t("dataRecords/title")}</h2>
      <p className="faint">{t(dataRecords.length === 0 ? "dataRecords/none" : "dataRecords/lead")}</p>
      {dataRecords.length > 0 && !confirmed && <p className="note">{t("dataRecords/unconfirmed")}</p>}
      <ol className="timeline">
        {dataRecords.map((one, i) => (
          // A hostile server may list one twice, so that only the place is unique.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <DataRecord key={i} one={one} passport={passport} />
        ))}
      </ol>
    </section>
  );
}

function DataRecord({ one, passport }: { readonly one: DataRecordView; readonly passport: PassportView }) {
  const { t, i18n } = useTranslation();
  const time = (seconds: number) => formatTime(seconds, i18n.language);
  const name = (id: number) => participantName(t, i18n.language, passport, id);
  const place = { block: one.blockNumber.toLocaleString(i18n.language), publisher: name(one.publisher) };
  const fields = flatten(one.fields);
  const hashes = [
    ["digest", one.digest],
    ["recordHash", one.recordHash],
    ["subject", one.subjectId],
  ] as const;
  return (
    <li>
      <p className="what">{t("dataRecords/by", { author: name(one.author) })}</p>
      <p className="when">
        <time dateTime={new Date(one.occurredAt * 1000).toISOString()}>{time(one.occurredAt)}</time>
        {one.subjectId !== passport.passportId && <span>{t("dataRecords/earlier")}</span>}
        {one.final === false && <span className="badge pending">{t("dataRecords/notFinal")}</span>}
      </p>
      {fields.length > 0 && (
        <dl className="rows" aria-label={t("dataRecords/shown")}>
          <FieldRows fields={fields} />
        </dl>
      )}
      <details>
        <summary>{t("dataRecords/details")}</summary>
        {fields.length === 0 && <p>{t("dataRecords/sealed")}</p>}
        <p>{t("dataRecords/stated", { time: time(one.occurredAt) })}</p>
        <p>
          {one.recordedAt === null
            ? t("dataRecords/unrecorded", place)
            : t("dataRecords/recorded", { ...place, time: time(one.recordedAt) })}
        </p>
        <dl className="rows">
          {hashes.map(([label, value]) => (
            <div key={label}>
              <dt>{t(`dataRecords/${label}`)}</dt>
              <dd className="code">{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}
