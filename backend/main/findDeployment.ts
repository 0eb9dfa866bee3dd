import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DOMAIN_SEPARATOR_CALL } from "../chain/encodeCalls.ts";
import type { JsonRpc } from "../chain/jsonRpc.ts";
import { readCodeHash } from "../chain/readCodeHash.ts";
import { readChainId } from "../chain/sendTransaction.ts";
import type { Config } from "../config.ts";
import { toHex } from "../domain/bytes.ts";
import { domainSeparator } from "../domain/eip712.ts";
import { DomainError } from "../domain/errors.ts";
import { parseTrustRoot, type TrustRoot } from "../domain/verification/trustRoot.ts";
import { writeDurably } from "../embedded/durableFile.ts";
import type { Deployment } from "../services/deployment.ts";

export const deploymentFile = (dataDir: string): string => join(dataDir, "deployment.json");
/** The trust root alone, for `verify --trust-root`. */
export const trustRootFile = (dataDir: string): string => join(dataDir, "trust-root.json");

type Wanted = Omit<Deployment, "codeHash"> & { readonly codeHash: Deployment["codeHash"] | null };

/**
 * The contract this installation serves: the one that the configuration names, else the one it deployed itself.
 * @returns null where neither names one: a new installation
 * Errors: `chain-other` (wrong chain id), `contract-missing` (an address without code), `contract-other` (code that is
 * not this contract, or not the trusted one), and what the RPC answers.
 */
export async function findDeployment(config: Config, rpc: JsonRpc, dataDir: string): Promise<Deployment | null> {
  const chainId = await readChainId(rpc);
  if (config.chainId !== null && config.chainId !== chainId) throw otherChain(rpc, config.chainId, chainId);
  const wanted = configured(config, chainId) ?? (await remembered(dataDir));
  if (wanted === null) return null;
  if (wanted.chainId !== chainId) throw otherChain(rpc, wanted.chainId, chainId);
  const codeHash = await readCodeHash(rpc, wanted.contract);
  if (codeHash === null) {
    const message = `There is no contract at ${wanted.contract} on the chain at ${rpc.url}; check the address and the RPC.`;
    throw new DomainError("contract-missing", message, { contract: wanted.contract, chainId });
  }
  await requireOurs(rpc, wanted, codeHash);
  return { ...wanted, codeHash };
}

function configured(config: Config, chainId: number): Wanted | null {
  if (config.trustRoot !== null && config.deploymentBlock !== null) {
    return { ...config.trustRoot, deploymentBlock: config.deploymentBlock };
  }
  if (config.contract === null || config.deploymentBlock === null) return null;
  return { chainId, contract: config.contract, codeHash: null, deploymentBlock: config.deploymentBlock };
}

async function remembered(dataDir: string): Promise<Deployment | null> {
  const path = deploymentFile(dataDir);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const json = JSON.parse(text) as { deploymentBlock: unknown };
    if (!Number.isSafeInteger(json.deploymentBlock)) throw new Error("deploymentBlock is no block number");
    return { ...parseTrustRoot(json), deploymentBlock: json.deploymentBlock as number };
  } catch (cause) {
    const message = `${path} is damaged: restore it, or set TRUST_ROOT and DEPLOYMENT_BLOCK.`;
    throw new DomainError("deployment-file-damaged", message, { path }, { cause });
  }
}

export async function rememberDeployment(dataDir: string, deployment: Deployment): Promise<void> {
  const { deploymentBlock, ...root } = deployment;
  const trustRoot: TrustRoot = root;
  await writeDurably(trustRootFile(dataDir), `${JSON.stringify(trustRoot, null, 2)}\n`);
  await writeDurably(deploymentFile(dataDir), `${JSON.stringify({ ...trustRoot, deploymentBlock }, null, 2)}\n`);
}

async function requireOurs(rpc: JsonRpc, wanted: Wanted, codeHash: Deployment["codeHash"]): Promise<void> {
  const other = (reason: string) =>
    new DomainError("contract-other", `The contract at ${wanted.contract} on ${rpc.url} is another one: ${reason}.`, {
      contract: wanted.contract,
      codeHash,
    });
  if (wanted.codeHash !== null && wanted.codeHash !== codeHash) throw other("its code is not the trusted code");
  const answer = await rpc
    .call("eth_call", { to: wanted.contract, data: DOMAIN_SEPARATOR_CALL }, "latest")
    .catch(() => null);
  if (answer !== toHex(domainSeparator(wanted))) throw other("it does not answer as a battery passport contract");
}

const otherChain = (rpc: JsonRpc, wanted: number, found: number) =>
  new DomainError("chain-other", `The chain at ${rpc.url} has id ${found}, not ${wanted}.`, { wanted, found });
