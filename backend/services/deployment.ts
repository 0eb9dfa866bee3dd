import type { SigningDomain } from "../domain/eip712.ts";
import type { Hash } from "../domain/types.ts";

/** The contract this operator serves, as found at start. */
export type Deployment = SigningDomain & { readonly deploymentBlock: number; readonly codeHash: Hash };
