import { DomainError } from "../errors.ts";
import { canonicalBytes } from "../records/canonicalJson.ts";
import { reveal } from "../records/disclosures.ts";
import { namedModel } from "../records/namedModel.ts";
import { parseRecord } from "../records/parseRecord.ts";
import { recordHash } from "../records/recordHash.ts";
import type { Hash, JsonObject } from "../types.ts";
import { type CheckRecorder, recordCheck } from "./checkLine.ts";
import type { ModelEvidence } from "./modelEvidence.ts";
import type { ReplayedDataRecord, ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";

/**
 * Is every record exactly what was signed, and about this passport and this kind of event? Whoever signed a first record
 * that names its model's signed for that one too.
 */
export function checkRecords(histories: readonly ReplayedHistory[], models: readonly ModelEvidence[]): CheckLine {
  const check = recordCheck("records");
  let records = models.length;
  checkModels(check, histories, models);
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

/** Is each model's record there once, is it the one that a first record names by hash, and is it of a model? */
function checkModels(
  check: CheckRecorder,
  histories: readonly ReplayedHistory[],
  models: readonly ModelEvidence[],
): void {
  const named = new Set(histories.flatMap(({ steps }) => namedModel(steps[0]?.step.record ?? null) ?? []));
  const missing = new Set<Hash>(named);
  models.forEach(({ recordHash: expected, record }, i) => {
    const at = `model ${i + 1}`;
    const values = { model: i + 1 };
    if (!missing.delete(expected)) {
      const reason = named.has(expected) ? "is in the evidence twice" : "is named by no record that was signed";
      check.fail("model-record-not-named", `The record of ${at} ${reason}.`, values);
    }
    const altered = `The record of ${at} is not the one that the signed record names.`;
    const misplaced = `The record of ${at} is about something else.`;
    try {
      const bytes = canonicalBytes(record);
      const found = recordHash(bytes);
      check.compare(`hash of the record of ${at}`, expected, found, "model-record-altered", altered, values);
      const kind = parseRecord(bytes).type.split("/")[0] ?? "";
      check.compare(`kind of the record of ${at}`, "model", kind, "model-record-misplaced", misplaced, values);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      check.fail("model-record-malformed", `The record of ${at} is malformed: ${error.message}`, values);
    }
  });
  for (const recordHash of missing) {
    check.unavailable("model-record-missing", `The record of the model, ${recordHash}, is not in the evidence.`, {
      recordHash,
    });
  }
}

/** Does every disclosed field stand behind a digest of its own record? */
export function checkDisclosures(
  histories: readonly ReplayedHistory[],
  models: readonly ModelEvidence[],
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
  models.forEach((model, i) => {
    prove(model, `model ${i + 1}`, { model: i + 1 });
  });
  dataRecords.forEach(({ evidence }, i) => {
    prove(evidence, `data record ${i + 1}`, { dataRecord: i + 1 });
  });
  return fields === 0
    ? check.close("disclosures-none", "No withheld field is shown.")
    : check.close("disclosures-right", `All ${fields} shown fields stand in the records that were signed.`, { fields });
}
