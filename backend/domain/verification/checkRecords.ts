import { DomainError } from "../errors.ts";
import { canonicalBytes } from "../records/canonicalJson.ts";
import { reveal } from "../records/disclosures.ts";
import { parseRecord } from "../records/parseRecord.ts";
import { recordHash } from "../records/recordHash.ts";
import type { JsonObject } from "../types.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedDataRecord, ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";

/** Is every record exactly what was signed, and about this passport and this kind of event? */
export function checkRecords(histories: readonly ReplayedHistory[]): CheckLine {
  const check = recordCheck("records");
  let records = 0;
  for (const { passportId, steps } of histories) {
    steps.forEach(({ step, item, header }, i) => {
      const at = `event ${i + 1} (${header.kind})`;
      const values = { event: i + 1, kind: header.kind };
      if (step.record === null) {
        check.unavailable("record-missing", `The record of ${at} is not in the evidence.`, values);
        return;
      }
      records++;
      const reason = `The record of ${at} is not the one that was signed.`;
      try {
        const bytes = canonicalBytes(step.record);
        const found = recordHash(bytes);
        check.compare(`hash of the record of ${at}`, item.recordHash, found, "record-altered", reason, values);
        const record = parseRecord(bytes);
        const kind = record.type.split("/")[0] ?? "";
        const misplaced = `The record of ${at} is about something else.`;
        check.compare(`kind of the record of ${at}`, header.kind, kind, "record-misplaced", misplaced, values);
        check.compare(
          `subject of the record of ${at}`,
          passportId,
          "subject" in record ? record.subject : "none",
          "record-misplaced",
          misplaced,
          values,
        );
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        check.fail("record-malformed", `The record of ${at} is malformed: ${error.message}`, values);
      }
    });
  }
  return check.close("records-authentic", `All ${records} records are exactly what was signed.`, { records });
}

/** Does every disclosed field stand behind a digest of its own record? */
export function checkDisclosures(
  histories: readonly ReplayedHistory[],
  dataRecords: readonly ReplayedDataRecord[],
): CheckLine {
  const check = recordCheck("disclosures");
  let fields = 0;
  type Shown = { readonly record: JsonObject | null; readonly disclosures: readonly string[] };
  const prove = ({ record, disclosures }: Shown, what: string, values: Readonly<Record<string, string | number>>) => {
    if (disclosures.length === 0) return;
    if (record === null) {
      check.unavailable("disclosure-without-record", `The record behind a disclosure of ${what} is missing.`, values);
      return;
    }
    try {
      fields += reveal(record, disclosures).disclosed.length;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      check.fail(error.code, `A disclosure of ${what} proves nothing: ${error.message}`, values);
    }
  };
  for (const { steps } of histories) {
    steps.forEach(({ step, header: { kind } }, i) => {
      prove(step, `event ${i + 1} (${kind})`, { event: i + 1, kind });
    });
  }
  dataRecords.forEach(({ evidence }, i) => {
    prove(evidence, `data record ${i + 1}`, { dataRecord: i + 1 });
  });
  return fields === 0
    ? check.close("disclosures-none", "No withheld field is shown.")
    : check.close("disclosures-right", `All ${fields} shown fields stand in the records that were signed.`, { fields });
}
