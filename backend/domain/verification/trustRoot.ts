import { parseAddress, parseHash } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Address, Hash } from "../types.ts";

/** All that a verifier takes on trust: which chain, which contract, and the code it must have. */
export type TrustRoot = { readonly chainId: number; readonly contract: Address; readonly codeHash: Hash };

/** One line: `eip155:{chainId}:{contract}:{codeHash}`. */
export const formatTrustRoot = (root: TrustRoot): string => `eip155:${root.chainId}:${root.contract}:${root.codeHash}`;

/** The inverse of `formatTrustRoot`; also takes the JSON object form. Throws `trust-root-malformed`. */
export function parseTrustRoot(value: unknown): TrustRoot {
  const parts = typeof value === "string" ? value.trim().split(":") : null;
  const [chainId, contract, codeHash] =
    parts !== null
      ? [parts.length === 4 && parts[0] === "eip155" ? Number(parts[1]) : Number.NaN, parts[2], parts[3]]
      : typeof value === "object" && value !== null
        ? [Reflect.get(value, "chainId"), Reflect.get(value, "contract"), Reflect.get(value, "codeHash")]
        : [];
  if (typeof chainId !== "number" || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw new DomainError("trust-root-malformed", "A trust root reads eip155:{chainId}:{contract}:{codeHash}.");
  }
  return {
    chainId,
    contract: parseAddress(contract, "trustRoot.contract"),
    codeHash: parseHash(codeHash, "trustRoot.codeHash"),
  };
}
