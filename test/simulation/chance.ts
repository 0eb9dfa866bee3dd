/** Chance that a seed decides: the same seed gives the same story. */
export type Chance = {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  /** True with that probability. */
  happens(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** One of the choices, each as likely as its weight says. */
  weighed<T extends string>(weights: Readonly<Record<T, number>>): T;
  bytes(length: number): Uint8Array;
};

/** mulberry32: small, fast, and good enough to choose faults with; nothing here guards a secret. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    happens: (probability) => next() < probability,
    pick: (from) => {
      if (from.length === 0) throw new Error("There is nothing to pick from.");
      return from[int(from.length)] as (typeof from)[number];
    },
    weighed(weights) {
      const choices = Object.entries(weights) as [keyof typeof weights, number][];
      let at = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        at -= weight;
        if (at < 0) return choice;
      }
      return (choices.at(-1) as (typeof choices)[number])[0];
    },
    bytes: (length) => Uint8Array.from({ length }, () => int(256)),
  };
}
