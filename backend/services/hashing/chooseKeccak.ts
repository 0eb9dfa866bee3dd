import { type Keccak, portableKeccak } from "../../domain/keccak.ts";
import { type Clock, chooseFaster, describeChosen } from "../chooseFaster.ts";

/** What a process hashes with, and why with this one. */
export type ChosenKeccak = {
  readonly name: "wasm" | "portable";
  readonly keccak: Keccak;
  /** Hashes of 64 bytes a second on one core of this machine, as measured at start. */
  readonly hashesPerSecond: number;
  /** Why WebAssembly is not used; absent where it is. */
  readonly reason?: string;
};

/** What is shown of it. */
export type KeccakInUse = { readonly keccak: ChosenKeccak["name"]; readonly hashesPerSecond: number };

const HASHES_A_ROUND = 100;

/**
 * Chooses keccak-256 in WebAssembly where it gives the portable one's answers in less time: every digest, head and passport
 * id rests on it.
 * @param loadWasm rejects where this process may not compile WebAssembly
 */
export async function chooseKeccak(loadWasm: () => Promise<Keccak>, clock: Clock): Promise<ChosenKeccak> {
  const wasm = await loadWasm().catch(() => null);
  const { implementation, perSecond, reason } = chooseFaster(portableKeccak, wasm, {
    what: "WebAssembly hasher",
    agrees,
    work(keccak) {
      for (let i = 0; i < HASHES_A_ROUND; i++) keccak([WORD, WORD]);
    },
    perRound: HASHES_A_ROUND,
    clock,
  });
  return {
    name: implementation === portableKeccak ? "portable" : "wasm",
    keccak: implementation,
    hashesPerSecond: perSecond,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** One line for a person who starts a server. */
export const describeKeccak = ({ name, hashesPerSecond, reason }: ChosenKeccak): string =>
  describeChosen(`${name} keccak-256`, hashesPerSecond, "hashes", reason);

const WORD = new Uint8Array(32).fill(7);

/** Lengths around whole blocks of keccak-256, which has 136 bytes in one, and around what the hasher takes in one call. */
const LENGTHS = [0, 1, 31, 32, 64, 135, 136, 137, 271, 272, 273, 1000, 16_383, 16_384, 16_385, 50_000];

/** Whole and in parts, and answers that stay what they were when the next one is made. */
function agrees(wasm: Keccak): boolean {
  const answers = LENGTHS.map((length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 255);
    const [first, second] = [Math.floor(length / 3), Math.floor(length / 2)];
    const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
    return { expected: portableKeccak([bytes]), whole: wasm([bytes]), inParts: wasm(parts) };
  });
  return answers.every(({ expected, whole, inParts }) => isSame(whole, expected) && isSame(inParts, expected));
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);
