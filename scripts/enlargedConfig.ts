/**
 * The text of a Hardhat configuration for a copy of the contract that counts or plants something in every statement. Such a
 * copy is larger than any chain takes, and dearer: no size limit, little optimisation, and a hardfork without a limit of
 * gas per transaction. It extends `hardhat.base.config.ts` beside it.
 * @param extra lines for the configuration as a whole, and for its one network
 */
export const enlargedConfig = (extra: { readonly top?: string; readonly network?: string }): string => `
import { defineConfig } from "hardhat/config";
import base from "./hardhat.base.config.ts";

export default defineConfig({
  ...base,
  ${extra.top ?? ""}
  solidity: {
    version: "0.8.37",
    path: base.solidity.path,
    settings: { viaIR: true, optimizer: { enabled: true, runs: 1 }, evmVersion: "prague" },
  },
  networks: {
    default: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "prague",
      chainId: 31337,
      allowUnlimitedContractSize: true,
      blockGasLimit: 1_000_000_000n,
      ${extra.network ?? ""}
    },
  },
});
`;
