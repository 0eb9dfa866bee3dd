import { ZERO_HEAD } from "../bytes.ts";
import type { Hash, Head, ParticipantId } from "../types.ts";

export const PHASES = ["none", "active", "transformed", "closed", "void"] as const;
export type Phase = (typeof PHASES)[number];

/** What the contract's one slot holds about a passport. */
export type PassportState = {
  readonly head: Head;
  readonly custodian: ParticipantId;
  readonly phase: Phase;
  /** Has it ever changed hands? A misprint can be voided only before. */
  readonly moved: boolean;
  /** The hold flag; an expired hold no longer holds although the flag is set. */
  readonly held: boolean;
};

export const NO_PASSPORT: PassportState = { head: ZERO_HEAD, custodian: 0, phase: "none", moved: false, held: false };

/** The slot word: head 224 | custodian 24 | flags 8 (phase bits 0 to 2, moved bit 3, held bit 4). */
export function encodeState(state: PassportState): Hash {
  const flags = PHASES.indexOf(state.phase) | (state.moved ? 8 : 0) | (state.held ? 16 : 0);
  const custodian = state.custodian.toString(16).padStart(6, "0");
  return `${state.head}${custodian}${flags.toString(16).padStart(2, "0")}` as Hash;
}

/** The inverse; null for a word that no contract of ours writes (unknown phase or flag). */
export function decodeState(word: Hash): PassportState | null {
  const flags = Number.parseInt(word.slice(64), 16);
  const phase = PHASES[flags & 7];
  if (phase === undefined || flags >= 32) return null;
  return {
    head: word.slice(0, 58) as Head,
    custodian: Number.parseInt(word.slice(58, 64), 16),
    phase,
    moved: (flags & 8) !== 0,
    held: (flags & 16) !== 0,
  };
}
