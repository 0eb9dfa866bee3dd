import { expect } from "chai";
import { nextAccumulator } from "../../../backend/domain/anchors/anchor.ts";
import { merkleRoot } from "../../../backend/domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../../backend/domain/anchors/recordLeaf.ts";
import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import type { CheckSetting } from "../../../backend/services/fsck/check.ts";
import { DATA_RECORD_CHECKS } from "../../../backend/services/fsck/dataRecordChecks.ts";
import { inTransaction } from "../../../backend/storage/database.ts";
import { buildDataRecord, buildMint, createWorld, OPERATOR, passportOf, projectEvent, type World } from "../world.ts";

/** What a crash, a disk or a hand in the tables could do, what notices it, and what is left after a repair. */
const DAMAGES: readonly { what: string; sql: string; noticedBy: string; repaired: boolean }[] = [
  {
    what: "an anchored data record counts as open",
    sql: "UPDATE data_record SET state = 'open'",
    noticedBy: "anchored-data-records-are-proven",
    repaired: true,
  },
  {
    what: "the leaves of an anchor are lost",
    sql: "DELETE FROM anchored_record",
    noticedBy: "anchors-have-leaves-or-are-missing",
    repaired: true,
  },
  {
    what: "an anchor has the record with other signature bytes",
    sql: "UPDATE anchored_record SET signature = reverse(signature)",
    noticedBy: "anchored-data-records-are-proven",
    repaired: true,
  },
  {
    what: "an accepted record is lost",
    sql: "DELETE FROM record WHERE type = 'data/1'",
    noticedBy: "accepted-data-records-are-here",
    repaired: false, // asked for elsewhere
  },
  {
    what: "a promise is overdue",
    sql: `UPDATE data_record SET state = 'open', receipt = jsonb_set(receipt, '{anchorBefore}', '1');
      DELETE FROM anchored_record`,
    noticedBy: "data-record-promises-are-kept",
    repaired: false,
  },
];

describe("dataRecordChecks", () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
    const mint = buildMint();
    await projectEvent(world.database, mint, 30);
    const { submission, digest, signed } = buildDataRecord(passportOf(mint));
    await world.dataRecordAcceptor.accept(submission);
    const { publisher } = OPERATOR;
    const anchor = {
      publisher,
      root: merkleRoot([recordLeaf(publisher, digest)]),
      count: 1,
      manifestHash: `0x${"3a".repeat(32)}` as Hash,
      prevAccumulator: ZERO_HASH,
    };
    const { prisma } = world.database;
    const place = { blockNumber: 31, logIndex: 0, blockHash: ZERO_HASH, txHash: ZERO_HASH, sequence: 0 };
    await prisma.chainAnchor.create({
      data: { ...anchor, ...place, accumulator: nextAccumulator(anchor), signature: "0x" },
    });
    const occurredAt = BigInt(signed.occurredAt);
    await prisma.anchoredRecord.create({
      data: { publisher, sequence: 0, leafIndex: 0, digest, ...signed, occurredAt },
    });
    await prisma.dataRecord.updateMany({ data: { state: "anchored" } });
  });
  afterEach(() => world.close());

  const broken = async (): Promise<string[]> => {
    const setting = { pool: world.database.pool } as unknown as CheckSetting;
    const found = await Promise.all(DATA_RECORD_CHECKS.map((check) => check.find(setting)));
    return DATA_RECORD_CHECKS.filter((_, i) => (found[i]?.count ?? 0) > 0).map(({ id }) => id);
  };

  it("holds where nothing is broken", async () => {
    expect(await broken()).to.deep.equal([]);
  });

  for (const { what, sql, noticedBy, repaired } of DAMAGES) {
    it(`notices that ${what}${repaired ? ", and repairs it" : ""}`, async () => {
      await world.database.pool.query(sql);
      expect(await broken()).to.include(noticedBy);
      if (!repaired) return;
      const setting = { pool: world.database.pool } as unknown as CheckSetting;
      await inTransaction(world.database.pool, async (tx) => {
        for (const check of DATA_RECORD_CHECKS) await check.repair?.(tx, setting);
      });
      expect(await broken()).to.deep.equal([]);
    });
  }
});
