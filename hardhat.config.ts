import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import { defineConfig } from "hardhat/config";

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatNetworkHelpers],
  paths: { sources: "./contracts", tests: { solidity: "./contracts/test" } },
  solidity: {
    version: "0.8.37",
    // The compiler comes from npm like everything else: nothing is downloaded, and the lock file pins it.
    path: createRequire(import.meta.url).resolve("solc/soljson.js"),
    settings: {
      viaIR: true,
      optimizer: { enabled: true, runs: 15_000 },
      evmVersion: "osaka",
      outputSelection: { "*": { "*": ["storageLayout"] } },
    },
  },
  networks: { default: { type: "edr-simulated", chainType: "l1", hardfork: "osaka", chainId: 31337 } },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 32, depth: 64, failOnRevert: false } } },
});
