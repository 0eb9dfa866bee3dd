import { DomainError } from "../errors.ts";
import type { Address, PassportId } from "../types.ts";
import { isPassportId } from "./passportId.ts";

/** Which contract on which chain a passport id belongs to. */
export interface ContractOnChain {
  readonly chainId: number;
  readonly contract: Address;
}

/** A passport id as somebody asked for it; `contract` is undefined for the bare form, which means "the one here". */
export interface ParsedDppId {
  readonly passportId: PassportId;
  readonly contract: ContractOnChain | undefined;
}

/** CAIP-19 with CAIP-2 chain `eip155` and asset namespace `erc721`. */
const ASSET = /^eip155:([1-9]\d{0,15})\/erc721:(0x[0-9a-fA-F]{40})\/(0|[1-9]\d{0,48})$/;

/** The passport's id as a URI that names chain, contract and token: `eip155:{chainId}/erc721:{contract}/{tokenId}`. */
export function dppIdOf({ chainId, contract }: ContractOnChain, passportId: PassportId): string {
  return `eip155:${chainId}/erc721:${contract}/${BigInt(passportId)}`;
}

/** Reads what `dppIdOf` writes (the contract in any case), and the bare `0x` form. Throws `dpp-id-malformed`. */
export function parseDppId(raw: string): ParsedDppId {
  if (isPassportId(raw)) return { passportId: raw, contract: undefined };
  const [, chain, contract, token] = ASSET.exec(raw) ?? [];
  const chainId = Number(chain);
  const passportId = token === undefined ? undefined : `0x${BigInt(token).toString(16).padStart(40, "0")}`;
  if (contract === undefined || !isPassportId(passportId) || !Number.isSafeInteger(chainId)) {
    const sentence =
      "The text is neither eip155:{chain}/erc721:{contract}/{token} nor 0x and 40 lower-case hex digits.";
    throw new DomainError("dpp-id-malformed", sentence, { dppId: raw });
  }
  return { passportId, contract: { chainId, contract: contract.toLowerCase() as Address } };
}
