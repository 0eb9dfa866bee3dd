import { expect } from "chai";
import { DomainError } from "../../../backend/domain/errors.ts";
import { MAX_LAG_BLOCKS, refusalJudge } from "../../../backend/services/operation/judgeRefusal.ts";
import { createWorld, FLEET, type World } from "../world.ts";

/** The block that the world's follower has reached. */
const FOLLOWED = 100;

describe("judgeRefusal", () => {
  let world: World;
  let asked = 0;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  const judgeAt = (head: number | Error) =>
    refusalJudge({
      database: world.database,
      rpc: {
        async call() {
          asked += 1;
          if (head instanceof Error) throw head;
          return `0x${head.toString(16)}`;
        },
      },
    });
  const refusal = (code: string, participantId = 999) => new DomainError(code, "No.", { participantId });
  const told = async (head: number | Error, thrown: unknown) => {
    const found = await judgeAt(head)(thrown);
    return found === thrown ? "as it was" : (found as DomainError).code;
  };

  it("leaves a refusal alone when every block of the node was read", async () => {
    expect(await told(FOLLOWED, refusal("participant-unknown"))).to.equal("as it was");
    expect(await told(FOLLOWED, refusal("stale-head"))).to.equal("as it was");
  });

  it("sends nobody away as unknown while a single block is unread", async () => {
    const found = (await judgeAt(FOLLOWED + 1)(refusal("participant-unknown"))) as DomainError;
    expect(found.code).to.equal("chain-not-followed");
    expect(found.message).to.contain("block 100 of 101").and.contain("participant-unknown");
  });

  it("leaves races lost by a few blocks alone, and takes none for lost when far behind", async () => {
    for (const code of ["stale-head", "not-custodian", "signature-wrong", "participant-suspended"]) {
      expect(await told(FOLLOWED + MAX_LAG_BLOCKS, refusal(code)), code).to.equal("as it was");
      expect(await told(FOLLOWED + MAX_LAG_BLOCKS + 1, refusal(code)), code).to.equal("chain-not-followed");
    }
  });

  it("cannot tell when the node does not answer", async () => {
    expect(await told(new Error("down"), refusal("participant-unknown"))).to.equal("chain-not-followed");
  });

  it("asks for a repeat when the participant was read after it was refused", async () => {
    expect(await told(FOLLOWED, refusal("participant-unknown", FLEET))).to.equal("chain-not-followed");
  });

  it("asks the node nothing about refusals that no block changes, and once for many that come together", async () => {
    asked = 0;
    expect(await told(FOLLOWED + 500, refusal("record-missing"))).to.equal("as it was");
    expect(await told(FOLLOWED + 500, new Error("a bug"))).to.equal("as it was");
    expect(asked).to.equal(0);
    const judge = judgeAt(FOLLOWED + 1);
    await Promise.all(Array.from({ length: 50 }, () => judge(refusal("participant-unknown"))));
    expect(asked).to.equal(1);
  });
});
