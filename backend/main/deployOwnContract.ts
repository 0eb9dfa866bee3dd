import { Wallet } from "ethers";
import { deployContract } from "../chain/deploy.ts";
import type { JsonRpc } from "../chain/jsonRpc.ts";
import { readHeader } from "../chain/readBlocks.ts";
import type { Address } from "../domain/types.ts";
import type { EmbeddedChain } from "../embedded/chain.ts";
import type { Deployment } from "../services/deployment.ts";
import { rememberDeployment } from "./findDeployment.ts";

const ASK_AGAIN_MS = 100;

/**
 * Deploys the contract on the embedded chain of a new installation and remembers it, once the deployment is final: what
 * is not final may be gone after a power cut, and then the installation would look for a contract that never was.
 */
export async function deployOwnContract(parts: {
  readonly rpc: JsonRpc;
  readonly chain: EmbeddedChain;
  readonly dataDir: string;
  readonly governors: readonly Address[];
  readonly threshold: number;
  /** Where `tokenURI` sends people. */
  readonly resolver: string;
}): Promise<Deployment> {
  const { rpc, chain, dataDir, governors, threshold, resolver } = parts;
  const deployer = new Wallet((chain.accounts[0] as { privateKey: string }).privateKey);
  const deployment = await deployContract(rpc, deployer, { governors, threshold }, resolver);
  while ((await readHeader(rpc, "finalized")).number < deployment.deploymentBlock) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  await rememberDeployment(dataDir, deployment);
  return deployment;
}
