import { useTranslation } from "react-i18next";
import type { PassportId } from "../../domain/types.ts";

type Props = { readonly title: string; readonly passports: readonly PassportId[]; readonly here: PassportId };

/** More than fit on a phone's screen are folded. */
const UNFOLDED = 5;

/** Other passports, each with its own page to be checked there; on a saved page, which has no server, their ids alone. */
export function PassportLinks({ title, passports, here }: Props) {
  const { t } = useTranslation();
  if (passports.length === 0) return null;
  const list = (
    <ul className="passports">
      {passports.map((id) => (
        <li key={id} className="code">
          {id === here || location.protocol === "file:" ? id : <a href={`/v1/dpps/${id}`}>{id}</a>}
          {id === here && ` (${t("custody/thisOne")})`}
        </li>
      ))}
    </ul>
  );
  if (passports.length <= UNFOLDED) {
    return (
      <>
        <p>{title}</p>
        {list}
      </>
    );
  }
  return (
    <details>
      <summary>{title}</summary>
      {list}
    </details>
  );
}
