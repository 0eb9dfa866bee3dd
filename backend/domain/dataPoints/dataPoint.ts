/** Categories of which Regulation (EU) 2023/1542 asks a passport (Art. 77(1)): LMT, industrial above 2 kWh, EV. */
export const CATEGORIES = ["ev", "lmt", "industrial"] as const;
export type Category = (typeof CATEGORIES)[number];

/** A point of Regulation (EU) 2023/1542, Annex XIII: 1 is public, 2 to 4 are for ever fewer readers. */
export type AnnexPoint = 1 | 2 | 3 | 4;

/**
 * What the law asks of a category: `pending` must not be filled yet, because its format is not adopted;
 * `not-to-be-filled` never, because another data point says it or the category has no such thing.
 */
export type Duty = "mandatory" | "optional" | "conditional" | "pending" | "not-to-be-filled";

/** Where a record of ours says it: in records of these kinds, all of these paths. */
export interface Place {
  /** A record's type without its version (`mint`), or a kind of data record (`state-of-health`). */
  readonly records: readonly string[];
  /** Paths as the record types list them; one without members stands for everything inside it. */
  readonly paths: readonly string[];
}

/** One of the Commission's data points, as a fact of ours: number, article, tier, duty and place; the name is our own. */
export interface DataPoint {
  readonly number: number;
  readonly name: string;
  /** Of Regulation (EU) 2023/1542. */
  readonly article: string;
  readonly point: AnnexPoint;
  readonly duties: Readonly<Record<Category, Duty>>;
  /** Alternatives; empty where nothing is to be filled. */
  readonly places: readonly Place[];
}
