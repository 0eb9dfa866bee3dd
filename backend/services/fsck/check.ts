import type { Pool } from "pg";
import type { JsonRpc } from "../../chain/jsonRpc.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Transaction } from "../../storage/database.ts";
import type { Deployment } from "../deployment.ts";

/** What must hold of an installation's tables whatever broke before: the numbers of the list in backend/docs/alarms.md. */
export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7" | "I8" | "I9" | "I12";

/** What checks read. The chain is asked only by those that compare with it. */
export type CheckSetting = {
  readonly pool: Pool;
  readonly rpc: JsonRpc;
  readonly deployment: Deployment;
  readonly separator: Uint8Array;
  readonly recoverSigner: RecoverSigner;
  /** Told how far a long check has come. */
  readonly onProgress: (done: number, what: string) => void;
};

/** Everything that breaks a rule: how many, and a few of them. */
export type Breach = { readonly count: number; readonly examples: readonly Readonly<Record<string, unknown>>[] };

export const NO_BREACH: Breach = { count: 0, examples: [] };
export const MOST_EXAMPLES = 5;

/** One rule about the tables. */
export type Check = {
  /** Stable, for monitoring. */
  readonly id: string;
  readonly invariant: Invariant;
  /** The rule as a fact in the present tense. */
  readonly says: string;
  /** Quick enough for every start, however many rows there are. */
  readonly quick: boolean;
  readonly find: (setting: CheckSetting) => Promise<Breach>;
  /** Derives again what is broken, in a transaction of its own; absent where nothing here could tell what was right. */
  readonly repair?: (tx: Transaction, setting: CheckSetting) => Promise<void>;
};

/** Gathers what breaks a rule while rows go by. */
export function breachCollector() {
  let count = 0;
  const examples: Readonly<Record<string, unknown>>[] = [];
  return {
    add(example: Readonly<Record<string, unknown>>): void {
      count++;
      if (examples.length < MOST_EXAMPLES) examples.push(example);
    },
    breach: (): Breach => ({ count, examples }),
  };
}

/** A rule that one statement can judge: its rows are what breaks it. */
export function sqlCheck(parts: Omit<Check, "find"> & { readonly breaches: string }): Check {
  const { breaches, ...check } = parts;
  return {
    ...check,
    async find({ pool }) {
      const { rows } = await pool.query(
        `SELECT count(*) OVER ()::int AS "fsckCount", breach.* FROM (${breaches}) AS breach LIMIT ${MOST_EXAMPLES}`,
      );
      const examples = rows.map(({ fsckCount: _, ...example }) => example);
      return { count: rows[0]?.fsckCount ?? 0, examples };
    },
  };
}
