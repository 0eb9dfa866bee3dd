import { useTranslation } from "react-i18next";
import { type Field, fieldValue } from "../language/fieldValue.ts";

/** Fields of a record as rows of a `<dl>`; a field that has no name in this language is shown by its path. */
export function FieldRows({ fields }: { readonly fields: readonly Field[] }) {
  const { t } = useTranslation();
  return fields.map((field) => (
    <div key={field.path}>
      <dt>{t(`fields/${field.path}`, field.path)}</dt>
      <dd>{fieldValue(t, field)}</dd>
    </div>
  ));
}
