import { Interface } from "ethers";
import { batteryPassportAbi } from "../../backend/chain/abi.ts";

/** ethers' own encoder and decoder of the contract: shares no code with ours. */
export const contractInterface = new Interface(
  batteryPassportAbi as unknown as ConstructorParameters<typeof Interface>[0],
);
