import { parseHash } from "../../../backend/domain/bytes.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { fieldsOf, listOf, textOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";
import { readJsonFile } from "../options.ts";
import { saveProtected } from "../saveFile.ts";
import type { PreparedItem } from "./signEvent.ts";

/** What opens withheld fields of one record: as an operator answers it to those entitled, or as its signer kept it. */
export type DisclosedRecord = { readonly recordHash: Hash; readonly disclosures: readonly string[] };

/** Reads `{records: [{recordHash, disclosures, …}, …], …}`, the form of an operator's answer and of a kept file. */
function parseDisclosed(value: unknown): DisclosedRecord[] {
  return listOf(fieldsOf(value, "disclosures").records, "records").map((entry) => {
    const { recordHash, disclosures } = fieldsOf(entry, "record");
    return {
      recordHash: parseHash(recordHash, "recordHash"),
      disclosures: listOf(disclosures, "disclosures").map((text) => textOf(text, "disclosure")),
    };
  });
}

export const readDisclosureFile = async (file: string): Promise<DisclosedRecord[]> =>
  parseDisclosed(await readJsonFile(file));

/** What the operator gives to whoever is signed in. */
export const askDisclosed = async (signedIn: Operator, passportId: string): Promise<DisclosedRecord[]> =>
  parseDisclosed(await signedIn.get(`/v1/dpps/${passportId}/disclosures`));

/** Keeps the signer's own copy of records and disclosures. Throws `file-not-writable`. */
export async function keepDisclosures(file: string, items: readonly Omit<PreparedItem, "prevHead">[]): Promise<void> {
  const records = items.map(({ passportId, recordHash, record, disclosures }) => ({
    passportId,
    recordHash,
    type: record.type,
    record,
    disclosures,
  }));
  await saveProtected(file, `${JSON.stringify({ records }, undefined, 1)}\n`);
}
