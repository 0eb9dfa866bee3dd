import { CATEGORIES, type Category } from "../../domain/dataPoints/dataPoint.ts";
import { categoriesOf, judgeReadiness, type Readiness } from "../../domain/dataPoints/readiness.ts";
import { isObject } from "../../domain/records/fieldRules.ts";
import type { PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { publicFields } from "./dppDocument.ts";
import { readDpp } from "./readDpp.ts";

/** What everybody may see. Whoever may see more reads the disclosures and judges them with the same function. */
const PUBLIC = new Set([1] as const);

export type PassportReadiness = {
  readonly passportId: PassportId;
  /** False while the record that makes the passport is not here: then nothing is known. */
  readonly contentAvailable: boolean;
  readonly readiness: readonly Readiness[];
};

/**
 * Holds a passport's public fields against the Commission's data points, for one category, else for the battery's own,
 * else for all. It reads public bytes alone, so it can tell nothing about a withheld value, not even whether there is one.
 * @throws DomainError `dpp-unknown`
 */
export async function readPassportReadiness(
  database: Database,
  passportId: PassportId,
  category: Category | undefined,
): Promise<PassportReadiness> {
  const content = await readDpp(database, passportId, null);
  const fields = publicFields(content);
  const own = isObject(fields.model) ? fields.model.category : undefined;
  const uid = content.uid === null ? {} : { uid: content.uid };
  const custodian = content.custodianName === null ? {} : { names: { en: content.custodianName } };
  const known = [
    // Which custody event made the passport does not matter here: what is public is the same.
    { record: "mint", fields: { ...fields, ...uid } },
    { record: "participant", fields: custodian },
  ];
  const categories = category === undefined ? categoriesOf(own) : CATEGORIES.filter((one) => one === category);
  return {
    passportId,
    contentAvailable: content.record !== null,
    readiness: categories.map((one) => judgeReadiness(one, known, PUBLIC)),
  };
}
