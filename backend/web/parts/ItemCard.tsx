import { useTranslation } from "react-i18next";
import type { JsonValue } from "../../domain/types.ts";
import type { VerificationReport } from "../../domain/verification/report.ts";
import { flatten } from "../language/fieldValue.ts";
import { formatTime } from "../language/formatTime.ts";
import { participantName } from "../language/participantName.ts";
import type { PassportView } from "../verification/viewPassport.ts";
import { FieldRows } from "./FieldRows.tsx";

/** What an inspector compares with the paper, in this order; the rest stands below, folded. */
const FIRST = [
  "model.chemistry",
  "model.ratedCapacity",
  "model.ratedEnergy",
  "model.nominalVoltage",
  "model.mass",
  "level",
  "model.category",
  "manufacturing.date",
];
/** Shown in the heading or among the identifiers. */
const ELSEWHERE = new Set(["model.manufacturer", "model.modelId", "batteryCode"]);

type Props = {
  readonly passport: PassportView;
  readonly report: VerificationReport;
  /** Whether it was looked up by a battery code that is not its uid. */
  readonly foundByBatteryCode: boolean;
};

/** Which battery this is: name, identifiers, and the figures of its label. */
export function ItemCard({ passport, report, foundByBatteryCode }: Props) {
  const { t, i18n } = useTranslation();
  const fields = flatten(passport.fields);
  const find = (path: string): JsonValue | undefined => fields.find((field) => field.path === path)?.value;
  const text = (path: string): string | null => {
    const value = find(path);
    return typeof value === "string" ? value : null;
  };
  const name = (id: number) => participantName(t, i18n.language, passport, id);
  const phase = passport.state?.phase ?? "none";
  const custodian = passport.state?.custodian ?? passport.steps.at(-1)?.counterparty;
  const confirmed = report.verdict === "verified" || report.verdict === "pending";
  const atIntake = report.checks.some(({ code }) => code === "issuer-registrar");
  const first = FIRST.flatMap((path) => fields.filter((field) => field.path === path));
  const others = fields.filter(({ path }) => !FIRST.includes(path) && !ELSEWHERE.has(path));
  return (
    <section className="card item" aria-labelledby="item">
      <p className="maker">{text("model.manufacturer") ?? name(passport.issuer)}</p>
      <h1 id="item">{text("model.modelId") ?? t(`item/level/${text("level")}`, t("item/untitled"))}</h1>
      <p className="badges">
        {passport.state !== null && <span className={`badge ${phase}`}>{t(`item/phase/${phase}`)}</span>}
        {report.heldUntil !== null && <span className="badge held">{t("item/held")}</span>}
        {atIntake && <span className="badge">{t("item/atIntake")}</span>}
        {!confirmed && <span className="badge unconfirmed">{t("item/unverified")}</span>}
      </p>
      {report.heldUntil !== null && (
        <p className="hold" role="note">
          {t("item/heldUntil", { time: formatTime(report.heldUntil, i18n.language) })}
        </p>
      )}
      <dl className="identifiers">
        <Identifiers passport={passport} batteryCode={text("batteryCode")} />
      </dl>
      {foundByBatteryCode && <p className="note">{t("item/byBatteryCode")}</p>}
      <dl className="figures">
        <FieldRows fields={first} />
      </dl>
      <dl className="people">
        <div>
          <dt>{t("item/issuer")}</dt>
          <dd>{name(passport.issuer)}</dd>
        </div>
        {custodian !== undefined && custodian !== 0 && (
          <div>
            <dt>{t(phase === "active" || phase === "none" ? "item/custodian" : "item/custodianLast")}</dt>
            <dd>{name(custodian)}</dd>
          </div>
        )}
      </dl>
      {passport.ancestors.length > 0 && <p>{t("item/parents", { count: passport.ancestors.length })}</p>}
      <details>
        <summary>{t("item/more")}</summary>
        <dl className="rows">
          <FieldRows fields={others} />
          <div>
            <dt>{t("item/identifier")}</dt>
            <dd className="code">{passport.uid}</dd>
          </div>
          <div>
            <dt>{t("item/passportId")}</dt>
            <dd className="code">{passport.passportId}</dd>
          </div>
        </dl>
        <p className="faint">{t("item/withheld")}</p>
      </details>
    </section>
  );
}

function Identifiers({
  passport,
  batteryCode,
}: {
  readonly passport: PassportView;
  readonly batteryCode: string | null;
}) {
  const { t } = useTranslation();
  const { parsedUid, uid } = passport;
  const rows: (readonly [label: string, value: string])[] = [];
  if (parsedUid?.scheme === "gs1") {
    const { gtin, lot, serial } = parsedUid.parts;
    if (serial !== undefined) rows.push([t("item/serial"), serial]);
    if (lot !== undefined) rows.push([t("item/lot"), lot]);
    rows.push([t("item/gtin"), gtin]);
  } else {
    rows.push([parsedUid?.scheme === "gbt34014" ? t("item/batteryCode") : t("item/identifier"), uid]);
  }
  if (batteryCode !== null && batteryCode !== uid) rows.push([t("item/batteryCode"), batteryCode]);
  return rows.map(([label, value]) => (
    <div key={label}>
      <dt>{label}</dt>
      <dd className="code">{value}</dd>
    </div>
  ));
}
