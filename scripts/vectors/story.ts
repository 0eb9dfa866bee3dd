import { getCreateAddress, id, SigningKey, Wallet } from "ethers";
import { domainOf } from "../typedData.ts";

/**
 * The installation that the vectors tell of: one contract, deployed by the first account of a development chain at a
 * fixed time, so that every address, time and signature is the same in every run.
 */
export const keyOf = (label: string): SigningKey => new SigningKey(id(`vector ${label}`));
export const addressOf = (key: SigningKey): string => new Wallet(key.privateKey).address.toLowerCase();
export const sign = (key: SigningKey, digest: string): string => key.sign(digest).serialized;
export const join = (...parts: string[]): string => `0x${parts.map((part) => part.slice(2)).join("")}`;
export const sized = (hex: string): number => (hex.length - 2) / 2;
const ascending = (keys: SigningKey[]): SigningKey[] => keys.sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));

/** The first account of Hardhat's and anvil's development chains. */
const DEPLOYER = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const CHAIN_ID = 31337;
export const contract = getCreateAddress({ from: DEPLOYER, nonce: 0 }).toLowerCase();
export const domain = domainOf(CHAIN_ID, contract);
export const domainFields = { chainId: CHAIN_ID, contract };

export const DEPLOYED_AT = 2_000_000_000;
/** When the first custody event is included. */
export const CUSTODY_FROM = DEPLOYED_AT + 86_400;
export const DAY = 86_400;

export const firstGovernors = ascending(["governor a", "governor b", "governor c"].map(keyOf));
export const laterGovernors = ascending(["governor a", "governor b", "governor c", "governor d"].map(keyOf));
export const FIRST_THRESHOLD = 2;
export const LATER_THRESHOLD = 3;

export const CAST = {
  producer: { id: 1, roles: 1 | 4 },
  fleet: { id: 2, roles: 4 },
  workshop: { id: 3, roles: 4 | 8 },
  recycler: { id: 4, roles: 4 | 32 },
  regulator: { id: 5, roles: 128 },
  operator: { id: 6, roles: 256 },
  registrar: { id: 7, roles: 2 | 4 },
} as const;
export type Name = keyof typeof CAST;
export const keyOfParticipant = (participantId: number): SigningKey => {
  const entry = Object.entries(CAST).find(([, { id: known }]) => known === participantId);
  return keyOf(entry === undefined ? "stranger" : entry[0]);
};
