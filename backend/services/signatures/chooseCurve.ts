import { keccakText, toHex } from "../../domain/bytes.ts";
import type { Hash, Hex } from "../../domain/types.ts";
import { type Clock, chooseFaster, describeChosen } from "../chooseFaster.ts";
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

const SAMPLES = 8;

/**
 * Chooses the faster of the native curve and the portable one, after the native one has given the portable one's answer to
 * good and to hostile signatures.
 * @param loadNative throws where there is none
 */
export function chooseCurve(loadNative: () => Curve, clock: Clock): ChosenCurve {
  const { implementation, perSecond, reason } = chooseFaster(portableCurve, loaded(loadNative), {
    what: "native library",
    agrees,
    work(curve, round) {
      const { digest, signature } = samples[round % SAMPLES] as Sample;
      curve.recoverSigner(digest, signature);
    },
    perRound: 1,
    clock,
  });
  return { ...implementation, recoveriesPerSecond: perSecond, ...(reason === undefined ? {} : { reason }) };
}

/** One line for a person who starts a server. */
export const describeCurve = ({ name, recoveriesPerSecond, reason }: ChosenCurve): string =>
  describeChosen(name, recoveriesPerSecond, "recoveries", reason);

function loaded(loadNative: () => Curve): Curve | null {
  try {
    return loadNative();
  } catch {
    return null;
  }
}

type Sample = { readonly secret: Uint8Array; readonly digest: Hash; readonly signature: Hex };

const samples: readonly Sample[] = Array.from({ length: SAMPLES }, (_, i) => {
  const secret = keccakText(`secret ${i}`);
  const digest = toHex(keccakText(`digest ${i}`)) as Hash;
  return { secret, digest, signature: portableCurve.signDigest(secret, digest) };
});

const agrees = (native: Curve): boolean =>
  samples.every(
    ({ secret, digest, signature }) =>
      native.signDigest(secret, digest) === signature &&
      spoilt(signature).every((one) => native.recoverSigner(digest, one) === portableCurve.recoverSigner(digest, one)),
  );

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
