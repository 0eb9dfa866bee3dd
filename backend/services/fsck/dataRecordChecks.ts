import { renoteMissingManifests } from "../../storage/anchors.ts";
import { type Check, sqlCheck } from "./check.ts";

const ANCHORED = "EXISTS (SELECT FROM anchored_record a WHERE a.digest = d.digest AND a.signature = d.signature)";

/** What was promised about data records is kept, and counts as anchored only where it is (I1, I4, I7). */
export const DATA_RECORD_CHECKS: readonly Check[] = [
  sqlCheck({
    id: "anchored-data-records-are-proven",
    invariant: "I1",
    says: "a data record counts as anchored exactly when an anchor's proven leaves have it with its author's signature",
    quick: false,
    breaches: `SELECT d.digest, d.state FROM data_record d WHERE (d.state = 'anchored') <> ${ANCHORED}`,
    repair: async (tx) => {
      await tx.query(
        `UPDATE data_record d SET state = CASE WHEN ${ANCHORED} THEN 'anchored' ELSE 'open' END
         WHERE (d.state = 'anchored') <> ${ANCHORED}`,
      );
    },
  }),
  sqlCheck({
    id: "data-record-promises-are-kept",
    invariant: "I7",
    says: "no receipt's time has run out while its data record waits for an anchor",
    quick: true,
    breaches: `SELECT d.digest, (d.receipt->>'anchorBefore')::bigint AS "anchorBefore" FROM data_record d
      WHERE d.state = 'open' AND (d.receipt->>'anchorBefore')::bigint < extract(epoch FROM now())`,
  }),
  sqlCheck({
    id: "accepted-data-records-are-here",
    invariant: "I1",
    says: "the record behind every accepted data record is in the tables",
    quick: false,
    breaches: `SELECT d.digest, d.record_hash AS "recordHash" FROM data_record d
      WHERE NOT EXISTS (SELECT FROM record r WHERE r.hash = d.record_hash)`,
    repair: async (tx) => {
      await tx.query(
        `INSERT INTO missing_record (hash) SELECT DISTINCT d.record_hash FROM data_record d
         WHERE NOT EXISTS (SELECT FROM record r WHERE r.hash = d.record_hash) ON CONFLICT DO NOTHING`,
      );
    },
  }),
  sqlCheck({
    id: "anchors-have-leaves-or-are-missing",
    invariant: "I4",
    says: "every anchor on chain has its leaves here, or is listed as missing",
    quick: true,
    breaches: `SELECT a.publisher, a.sequence FROM chain_anchor a
      WHERE NOT EXISTS (SELECT FROM missing_manifest m WHERE m.publisher = a.publisher AND m.sequence = a.sequence)
        AND NOT EXISTS (SELECT FROM anchored_record r WHERE r.publisher = a.publisher AND r.sequence = a.sequence)`,
    repair: renoteMissingManifests,
  }),
];
