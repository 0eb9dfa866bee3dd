import { keccakText, toHex } from "../../domain/bytes.ts";
import type { Hash, Hex } from "../../domain/types.ts";
import { type Curve, portableCurve } from "./curve.ts";

/** The curve that a process works with, and why it is this one. */
export type ChosenCurve = Curve & {
  /** Recoveries a second on one core of this machine, as measured at start. */
  readonly recoveriesPerSecond: number;
  /** Why the native one is not used; absent where it is. */
  readonly reason?: string;
};

/** What is shown of it. */
export type CurveInUse = { readonly curve: Curve["name"]; readonly recoveriesPerSecond: number };

/** Milliseconds of a clock that never goes back. */
type Clock = () => number;

const SAMPLES = 8;
const MEASURE_MS = 15;

/**
 * Chooses the faster of the native curve and the portable one, after the native one has given the portable one's answer to
 * good and to hostile signatures: a binding that is built wrongly would accept what the contract rejects.
 * @param loadNative throws where there is none
 */
export function chooseCurve(loadNative: () => Curve, clock: Clock): ChosenCurve {
  const portable = measured(portableCurve, clock);
  let native: Curve;
  try {
    native = loadNative();
  } catch {
    return { ...portable, reason: "this machine has no native library" };
  }
  if (!agrees(native)) return { ...portable, reason: "the native library gave other answers than the portable one" };
  const fast = measured(native, clock);
  return fast.recoveriesPerSecond > portable.recoveriesPerSecond
    ? fast
    : { ...portable, reason: "the native library is slower here" };
}

/** One line for a person who starts a server. */
export function describeCurve({ name, recoveriesPerSecond, reason }: ChosenCurve): string {
  const speed = `${Math.round(recoveriesPerSecond).toLocaleString("en")} recoveries a second on one core`;
  return reason === undefined ? `${name}, ${speed}` : `${name}, ${speed}; ${reason}`;
}

type Sample = { readonly secret: Uint8Array; readonly digest: Hash; readonly signature: Hex };

const samples: readonly Sample[] = Array.from({ length: SAMPLES }, (_, i) => {
  const secret = keccakText(`secret ${i}`);
  const digest = toHex(keccakText(`digest ${i}`)) as Hash;
  return { secret, digest, signature: portableCurve.signDigest(secret, digest) };
});

function agrees(native: Curve): boolean {
  try {
    return samples.every(
      ({ secret, digest, signature }) =>
        native.signDigest(secret, digest) === signature &&
        spoilt(signature).every(
          (one) => native.recoverSigner(digest, one) === portableCurve.recoverSigner(digest, one),
        ),
    );
  } catch {
    return false;
  }
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** A signature, and what an attacker would make of it. */
function spoilt(signature: Hex): Hex[] {
  const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)];
  const word = (value: bigint): string => value.toString(16).padStart(64, "0");
  const otherV = v === "1b" ? "1c" : "1b";
  return [
    signature,
    `0x${r}${s}${otherV}`,
    `0x${r}${word(ORDER - BigInt(`0x${s}`))}${otherV}`, // high s
    `0x${r}${word(0n)}${v}`,
    `0x${word(0n)}${s}${v}`,
    `0x${word(ORDER)}${s}${v}`,
    `0x${r}${s}1d`,
    `0x${r}${s}`,
    `0x${s}${r}${v}`,
  ];
}

function measured(curve: Curve, clock: Clock): ChosenCurve {
  const start = clock();
  let count = 0;
  do {
    const { digest, signature } = samples[count++ % SAMPLES] as Sample;
    curve.recoverSigner(digest, signature);
  } while (clock() - start < MEASURE_MS);
  return { ...curve, recoveriesPerSecond: (count * 1000) / (clock() - start) };
}
