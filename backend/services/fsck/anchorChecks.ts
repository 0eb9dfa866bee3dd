import { anchorRoot, nextAccumulator } from "../../domain/anchors/anchor.ts";
import type { DataRecord } from "../../domain/anchors/dataRecord.ts";
import { type Breach, breachCollector, type Check, type CheckSetting } from "./check.ts";
import { inPages } from "./pages.ts";

type AnchorRow = Parameters<typeof nextAccumulator>[0] & {
  readonly sequence: number;
  readonly accumulator: string;
  /** Null while its manifest is not here. */
  readonly leaves: readonly DataRecord[] | null;
};

const ANCHORS = `SELECT a.publisher, a.sequence, a.root, a.count, a.manifest_hash AS "manifestHash",
    a.prev_accumulator AS "prevAccumulator", a.accumulator, to_char(a.publisher, 'FM00000000') || to_char(a.sequence, 'FM0000000000') AS key,
    (SELECT json_agg(json_build_object('subjectId', r.subject_id, 'author', r.author, 'occurredAt', r.occurred_at,
       'recordHash', r.record_hash) ORDER BY r.leaf_index) FROM anchored_record r
     WHERE r.publisher = a.publisher AND r.sequence = a.sequence) AS leaves
  FROM chain_anchor a`;

async function findAnchors(
  setting: CheckSetting,
  isBroken: (row: AnchorRow) => boolean,
): Promise<{ breach: Breach; broken: AnchorRow[] }> {
  const found = breachCollector();
  const broken: AnchorRow[] = [];
  await inPages<AnchorRow>(setting, "anchors", ANCHORS, 20, (row) => {
    if (!isBroken(row)) return;
    broken.push(row);
    found.add({ publisher: row.publisher, sequence: row.sequence });
  });
  return { breach: found.breach(), broken };
}

const hasOtherRoot =
  ({ separator }: CheckSetting) =>
  ({ publisher, root, count, leaves }: AnchorRow): boolean =>
    leaves !== null && (leaves.length !== count || anchorRoot(separator, publisher, leaves) !== root);

/** What was anchored is what the tables say was anchored (I3, I4). */
export const ANCHOR_CHECKS: readonly Check[] = [
  {
    id: "accumulators-recompute",
    invariant: "I3",
    says: "every accumulator is the hash of its anchor",
    quick: false,
    find: async (setting) => (await findAnchors(setting, (row) => nextAccumulator(row) !== row.accumulator)).breach,
  },
  {
    id: "roots-recompute",
    invariant: "I4",
    says: "the root on chain is that of the anchor's records in the tables",
    quick: false,
    find: async (setting) => (await findAnchors(setting, hasOtherRoot(setting))).breach,
    // The manifest is fetched again, and its leaves are held to the root before they are stored.
    async repair(tx, setting) {
      const { broken } = await findAnchors(setting, hasOtherRoot(setting));
      for (const { publisher, sequence } of broken) {
        await tx.query("DELETE FROM anchored_record WHERE publisher = $1 AND sequence = $2", [publisher, sequence]);
        await tx.query("INSERT INTO missing_manifest (publisher, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
          publisher,
          sequence,
        ]);
      }
    },
  },
];
