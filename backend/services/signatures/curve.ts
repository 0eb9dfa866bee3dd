import type { RecoverSigner, SignDigest } from "../../domain/signatures.ts";
import { recoverSigner, signDigest } from "../../domain/signatures.ts";

/** One implementation of the curve secp256k1: what the accept path spends most of its time on. */
export type Curve = {
  readonly name: "native" | "portable";
  readonly recoverSigner: RecoverSigner;
  readonly signDigest: SignDigest;
};

/** The domain's own, which runs anywhere: a few hundred recoveries a second and core. */
export const portableCurve: Curve = { name: "portable", recoverSigner, signDigest };
