import { createHash } from "node:crypto";
import type { SignedDataRecord } from "../../../backend/domain/anchors/dataRecord.ts";
import type { Hash, Hex, PassportId } from "../../../backend/domain/types.ts";

const bytesOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Data records that differ in every field; the signatures have the form of signatures and nothing more. */
export const recordsOf = (count: number, signatureBytes = 65): SignedDataRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    subjectId: `0x${bytesOf(`subject ${i}`).slice(0, 40)}` as PassportId,
    author: 1 + (i % 7),
    occurredAt: 2_000_000_000 + i,
    recordHash: `0x${bytesOf(`record ${i}`)}` as Hash,
    signature: `0x${bytesOf(`signature ${i}`)
      .repeat(200)
      .slice(0, 2 * signatureBytes)}` as Hex,
  }));
