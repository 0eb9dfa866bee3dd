import { readFileSync } from "node:fs";
import { Wallet } from "ethers";
import { writeDurably } from "./durableFile.ts";

/** An account with funds on the embedded chain. The key is hex with 0x. */
export interface ChainAccount {
  readonly address: string;
  readonly privateKey: string;
}

const COUNT = 4;
/** Ether never runs out on a chain of one's own: a thousand million of it, in wei. */
const BALANCE = 10n ** 27n;

/**
 * The funded accounts of an installation, made on the first start. Never a well-known mnemonic: everybody has those
 * keys, and bots empty such accounts wherever they are funded. A mnemonic on the node's command line would also show
 * in every process list.
 */
export async function chainAccounts(path: string): Promise<readonly ChainAccount[]> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ChainAccount[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const accounts = Array.from({ length: COUNT }, () => {
    const { address, privateKey } = Wallet.createRandom();
    return { address, privateKey };
  });
  await writeDurably(path, `${JSON.stringify(accounts, null, 2)}\n`, 0o600);
  return accounts;
}

/** The first block, in the form that geth and anvil read, with the accounts funded. */
export function genesisOf(accounts: readonly ChainAccount[], chainId: number, nowSeconds: number): string {
  const alloc = Object.fromEntries(accounts.map(({ address }) => [address, { balance: `0x${BALANCE.toString(16)}` }]));
  return JSON.stringify({
    config: { chainId },
    nonce: "0x0",
    timestamp: `0x${nowSeconds.toString(16)}`,
    extraData: "0x",
    gasLimit: "0x3938700",
    difficulty: "0x0",
    alloc,
  });
}
