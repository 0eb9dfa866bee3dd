import { createHash } from "node:crypto";
import { FAILPOINTS } from "../../backend/domain/failpoint.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { Hash, Hex, JsonObject } from "../../backend/domain/types.ts";
import { knowFirms } from "../faults/faultWorld.ts";
import type { TestChain } from "../support/chain.ts";
import { deployTestContract } from "../support/contract.ts";
import { createDatabase } from "../support/database.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { type FinalityWatch, watchFinality } from "./finalityWatch.ts";
import { type Posted, requireTruth } from "./groundTruth.ts";
import { type SimulatedOperator, simulatedOperator } from "./simulatedOperator.ts";
import { STORY_PREFIX, type Story, tellStory } from "./story.ts";

/** What a seed's run did: for the person who reads along, and to see that it was no empty run. */
export type SimulationResult = {
  readonly seed: number;
  readonly accepted: number;
  readonly refused: number;
  readonly rivals: number;
  readonly reorgs: number;
  readonly kills: number;
  readonly applied: number;
  readonly rejected: number;
  /** Blocks from the end of the faults until nothing was left to do. */
  readonly blocksToDrain: number;
};

const ACTIONS = {
  post: 18,
  repeat: 3,
  postToBoth: 2,
  rivals: 3,
  relay: 24,
  follow: 20,
  mine: 14,
  reorg: 3,
  loseThePool: 2,
  faultsOnOrOff: 4,
  kill: 3,
  restart: 2,
  baseFeeJump: 1,
  emptyThePurse: 1,
} as const;
type Action = keyof typeof ACTIONS;

const STEPS = 140;
const DRAIN_BLOCKS = 120;
const PLENTY = "0x3635c9adc5dea00000";
/** Finality is four blocks deep on this chain: a reorganisation stays above it. */
const DEEPEST_REORG = 3;

/**
 * Plays one seed: two operators on one chain, random events, faults, reorganisations and ends by force; then the faults
 * end, everything drains, and what every part believes is held against the chain itself. Throws what is wrong.
 * @param chain an anvil that others may have used; its automatic mining is off during the run
 */
export async function simulate(chain: TestChain, seed: number): Promise<SimulationResult> {
  const chance = chanceOf(seed);
  await chain.rpc("evm_setAutomine", true);
  const contract = await deployTestContract(chain);
  const firms = [firmOf(1, chance), firmOf(2, chance)] as const;
  const producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN"], firms[0].hash);
  const fleet = await contract.admit(2, ["CUSTODIAN", "RECYCLER"], firms[1].hash);
  await chain.rpc("evm_setAutomine", false);
  await chain.rpc("anvil_mine", "0x8"); // what stands so far is final
  let time = await contract.now();
  const now = () => time;
  const operators: SimulatedOperator[] = [];
  try {
    for (const name of ["north", "south"]) {
      const database = await createDatabase();
      await knowFirms(
        database,
        firms.map(({ bytes }) => bytes),
      );
      const key = `0x${createHash("sha256").update(`${name} ${seed}`).digest("hex")}` as Hex;
      operators.push(simulatedOperator({ name, key, contract, database, chance, now }));
    }
    for (const { account } of operators) await chain.rpc("anvil_setBalance", account, PLENTY);
    const run = new Run(chain, chance, operators, tellStory({ contract, producer, fleet, chance, seed }), now, () => {
      time += 1;
    });
    await run.catchUp();
    for (let i = 0; i < STEPS; i++) await run.act(chance.weighed(ACTIONS));
    await run.endFaults();
    const blocksToDrain = await run.drain();
    const { applied, rejected } = await requireTruth(contract, operators, run.posted, run.story.passports());
    const kills = operators.reduce((sum, one) => sum + one.kills(), 0);
    return { seed, ...run.counts, kills, applied, rejected, blocksToDrain };
  } finally {
    for (const operator of operators) await operator.close();
  }
}

class Run {
  readonly posted: Posted[] = [];
  readonly counts = { accepted: 0, refused: 0, rivals: 0, reorgs: 0 };
  readonly story: Story;
  readonly #chain: TestChain;
  readonly #chance: Chance;
  readonly #operators: readonly SimulatedOperator[];
  readonly #now: () => number;
  readonly #tick: () => void;
  readonly #finality: readonly FinalityWatch[];

  constructor(
    chain: TestChain,
    chance: Chance,
    operators: readonly SimulatedOperator[],
    story: Story,
    now: () => number,
    tick: () => void,
  ) {
    this.#chain = chain;
    this.#chance = chance;
    this.#operators = operators;
    this.story = story;
    this.#now = now;
    this.#tick = tick;
    this.#finality = operators.map(({ database }) => watchFinality(database));
  }

  async act(action: Action): Promise<void> {
    const chance = this.#chance;
    const operator = chance.pick(this.#operators);
    switch (action) {
      case "post":
        return this.#post([operator]);
      case "postToBoth":
        return this.#post(this.#operators);
      case "repeat":
        if (this.posted.length > 0) await this.#repeat(chance.pick(this.posted));
        return;
      case "rivals":
        return this.#postRivals();
      case "relay":
        return operator.relay();
      case "follow":
        await operator.follow();
        return this.#finality[this.#operators.indexOf(operator)]?.look();
      case "mine":
        return this.#mine(1 + chance.int(3));
      case "reorg":
        return this.#reorganise();
      case "loseThePool":
        await this.#chain.rpc("anvil_dropAllTransactions");
        return;
      case "faultsOnOrOff":
        operator.rpc.faults = !operator.rpc.faults;
        return;
      case "kill":
        return operator.killAt(chance.pick(FAILPOINTS));
      case "restart":
        return operator.restart();
      case "baseFeeJump":
        await this.#chain.rpc("anvil_setNextBlockBaseFeePerGas", "0x174876e800");
        return this.#mine(1);
      case "emptyThePurse":
        await this.#chain.rpc("anvil_setBalance", operator.account, chance.happens(0.5) ? "0x0" : PLENTY);
    }
  }

  async catchUp(): Promise<void> {
    for (let i = 0; i < 12; i++) for (const operator of this.#operators) await operator.follow();
  }

  async endFaults(): Promise<void> {
    for (const operator of this.#operators) {
      operator.rpc.faults = false;
      operator.restart();
      await this.#chain.rpc("anvil_setBalance", operator.account, PLENTY);
    }
    // What a client was not told about, it asks again.
    for (const one of this.posted) if (one.promisedBy.length === 0) await this.#repeat(one);
  }

  /** Blocks go by until every promise has an end at both operators, and that is final. */
  async drain(): Promise<number> {
    for (let blocks = 0; blocks < DRAIN_BLOCKS; blocks++) {
      for (const operator of this.#operators) {
        for (let i = 0; i < 6; i++) await operator.relay();
        for (let i = 0; i < 4; i++) await operator.follow();
      }
      for (const watch of this.#finality) await watch.look();
      const left = await Promise.all(this.#operators.map(leftAt));
      if (left.every((count) => count === 0)) {
        await this.#mine(6);
        await this.catchUp();
        return blocks;
      }
      await this.#mine(1);
    }
    throw new Error(`the backlog has not drained within ${DRAIN_BLOCKS} blocks`);
  }

  async #post(to: readonly SimulatedOperator[]): Promise<void> {
    const told = this.story.next(this.#now());
    if (told === null) return;
    const posted: Posted = { told, promisedBy: [], contested: false };
    for (const operator of to) await this.#send(posted, operator);
    if (posted.promisedBy.length > 0) this.story.believe(told);
    // Nobody was told, so it may be promised or not: whoever posted it asks again before going on.
    else if (posted.unknownAt !== undefined) {
      await this.#send(posted, posted.unknownAt);
      if (posted.promisedBy.length > 0) this.story.believe(told);
    }
    if (posted.promisedBy.length > 0) this.posted.push(posted);
  }

  async #postRivals(): Promise<void> {
    const rivals = this.story.rivals(this.#now());
    if (rivals === null) return;
    this.counts.rivals += 1;
    for (const [i, told] of rivals.entries()) {
      const posted: Posted = { told, promisedBy: [], contested: true };
      const operator = this.#operators[i] as SimulatedOperator;
      await this.#send(posted, operator);
      if (posted.unknownAt !== undefined && posted.promisedBy.length === 0) await this.#send(posted, operator);
      if (posted.promisedBy.length > 0) this.posted.push(posted);
    }
    this.story.leaveAlone(rivals[0]);
  }

  async #repeat(posted: Posted): Promise<void> {
    const operator = posted.promisedBy[0] ?? posted.unknownAt;
    if (operator !== undefined) await this.#send(posted, operator);
  }

  async #send(posted: Posted, operator: SimulatedOperator): Promise<void> {
    const outcome = await operator.accept(posted.told.submission);
    if (outcome === null) {
      posted.unknownAt = operator;
    } else if ("refused" in outcome) {
      if (posted.promisedBy.includes(operator)) {
        throw new Error(`${operator.name} refuses what it has promised: ${outcome.refused}`);
      }
      this.counts.refused += 1;
    } else if (!posted.promisedBy.includes(operator)) {
      this.counts.accepted += 1;
      posted.promisedBy.push(operator);
      posted.receipts = { ...posted.receipts, [operator.name]: JSON.stringify(outcome.receipt) };
    } else if (posted.receipts?.[operator.name] !== JSON.stringify(outcome.receipt)) {
      throw new Error(`${operator.name} answers a repeat with another receipt`);
    }
  }

  async #mine(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i++) {
      this.#tick();
      await this.#chain.rpc("evm_mine");
    }
  }

  async #reorganise(): Promise<void> {
    this.counts.reorgs += 1;
    await this.#chain.rpc("anvil_reorg", 1 + this.#chance.int(DEEPEST_REORG), []);
  }
}

async function leftAt({ database }: SimulatedOperator): Promise<number> {
  const { rows } = await database.pool.query<{ left: number }>(
    `SELECT ((SELECT count(*) FROM accepted_item WHERE state = 'open')
       + (SELECT count(*) FROM submission WHERE state IN ('sealed', 'submitted')))::int AS left`,
  );
  return rows[0]?.left ?? 0;
}

function firmOf(participantId: number, chance: Chance) {
  const identifierPrefixes = participantId === 1 ? [{ scheme: "urn", prefix: STORY_PREFIX }] : [];
  const fields: JsonObject = { participantId, kind: "battery-maker", names: { en: `Firm ${participantId}` } };
  const built = buildRecord(
    "participant/1",
    identifierPrefixes.length > 0 ? { ...fields, identifierPrefixes } : fields,
    chance.bytes,
  );
  return { bytes: built.bytes, hash: built.hash as Hash };
}
