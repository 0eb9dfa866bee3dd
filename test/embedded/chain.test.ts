import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { chainPaths, type EmbeddedChain, startChain } from "../../backend/embedded/chain.ts";
import type { ChainAccount } from "../../backend/embedded/chainAccounts.ts";
import { startChainCopy } from "../../backend/embedded/chainCopy.ts";
import { FINALITY_DEPTH } from "../../backend/embedded/chainNode.ts";
import { listStates } from "../../backend/embedded/savedStates.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { processesNaming, temporaryFolder } from "./folders.ts";
import { startHost } from "./startHost.ts";

const QUICK_MS = 20;

describe("startChain", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let log: string[];
  let running: EmbeddedChain[];
  beforeEach(() => {
    folder = temporaryFolder();
    log = [];
    running = [];
  });
  afterEach(async () => {
    for (const chain of running) await chain.stop();
    folder.remove();
  });

  async function start(dataDir = folder.path): Promise<EmbeddedChain> {
    const chain = await startChain({ dataDir, log: (line) => log.push(line), mineEveryMs: QUICK_MS });
    running.push(chain);
    return chain;
  }
  async function stop(chain: EmbeddedChain): Promise<void> {
    running = running.filter((other) => other !== chain);
    await chain.stop();
  }

  it("mines what is sent until it is finalized, and then rests", async () => {
    const chain = await start();
    const hash = await send(chain.rpcUrl, chain.accounts[0]!, 0);
    await waitUntil("it is finalized", async () => await isFinalized(chain.rpcUrl, hash));
    const atRest = await height(chain.rpcUrl);
    expect(atRest).to.equal(1 + FINALITY_DEPTH);
    await new Promise((resolve) => setTimeout(resolve, 10 * QUICK_MS)); // a chain that does not rest mines ten here
    expect(await height(chain.rpcUrl)).to.equal(atRest);
  });

  it("finalizes nothing on an empty chain", async () => {
    const chain = await start();
    await new Promise((resolve) => setTimeout(resolve, 5 * QUICK_MS));
    expect(await height(chain.rpcUrl)).to.equal(0);
  });

  it("gives its blocks the time of the clock, also after a pause", async () => {
    const first = await start();
    await stop(first);
    const chain = await start();
    const hash = await send(chain.rpcUrl, chain.accounts[0]!, 0);
    await waitUntil("it is finalized", async () => await isFinalized(chain.rpcUrl, hash));
    const { timestamp } = await rpc<{ timestamp: string }>(chain.rpcUrl, "eth_getBlockByNumber", "latest", false);
    expect(Number(timestamp)).to.be.closeTo(Math.floor(Date.now() / 1000), 3); // whole: the chain matchers refuse others
  });

  it("funds accounts of its own, in a file for its owner alone, and signs for nobody", async () => {
    const chain = await start();
    const other = temporaryFolder();
    const second = await start(other.path);
    expect(second.accounts[0]!.address).not.to.equal(chain.accounts[0]!.address);
    expect(await rpc(chain.rpcUrl, "eth_accounts")).to.deep.equal([]);
    expect(
      BigInt(await rpc<string>(chain.rpcUrl, "eth_getBalance", chain.accounts[3]!.address, "latest")) > 10n ** 24n,
    );
    expect(statSync(chainPaths(folder.path).accounts).mode & 0o777).to.equal(0o600);
    await stop(second);
    other.remove();
  });

  it("continues after a stop with the same chain at the same address, its finalized state readable", async () => {
    const first = await start();
    const hash = await send(first.rpcUrl, first.accounts[0]!, 0);
    await waitUntil("it is finalized", async () => await isFinalized(first.rpcUrl, hash));
    const genesis = await blockHash(first.rpcUrl, 0);
    await stop(first);
    expect(await processesNaming(folder.path)).to.deep.equal([]);

    const second = await start();
    expect(second.rpcUrl).to.equal(first.rpcUrl);
    expect(second.accounts).to.deep.equal(first.accounts);
    expect(await blockHash(second.rpcUrl, 0)).to.equal(genesis);
    expect(await isFinalized(second.rpcUrl, hash)).to.equal(true);
    expect(BigInt(await rpc<string>(second.rpcUrl, "eth_getBalance", RECEIVER, "finalized"))).to.equal(1n);
  });

  it("loses no finalized block to kill -9, leaves no process, and continues from what is on disk", async () => {
    let finalized = { number: 0, hash: "" };
    let nonce = 0;
    for (let life = 0; life < 3; life++) {
      const host = await startHost<{ rpcUrl: string; accounts: ChainAccount[] }>(
        "chainHost",
        folder.path,
        String(QUICK_MS),
      );
      const { rpcUrl, accounts } = host.answer;
      if (finalized.hash !== "") expect(await blockHash(rpcUrl, finalized.number)).to.equal(finalized.hash);
      nonce = Number(await rpc(rpcUrl, "eth_getTransactionCount", accounts[0]!.address, "latest"));
      const goal = finalized.number + 9 + life; // another distance from the last save in each life
      while (finalized.number < goal) {
        if (Number((await rpc<{ pending: string }>(rpcUrl, "txpool_status")).pending) === 0) {
          await send(rpcUrl, accounts[0]!, nonce++);
        }
        finalized = await finalizedBlock(rpcUrl);
      }
      await host.kill();
      await waitUntil("nothing is left", async () => (await processesNaming(folder.path)).length === 0);
    }
    const chain = await start();
    expect(await blockHash(chain.rpcUrl, finalized.number)).to.equal(finalized.hash);
    expect((await finalizedBlock(chain.rpcUrl)).number).to.be.at.least(finalized.number);
  });

  it("sees a reorganisation and a rollback through to finality, on disk too", async () => {
    const chain = await start();
    const hash = await send(chain.rpcUrl, chain.accounts[0]!, 0);
    await waitUntil("it is finalized", async () => await isFinalized(chain.rpcUrl, hash));
    await rpc(chain.rpcUrl, "anvil_rollback", 3);
    const top = await height(chain.rpcUrl);
    await waitUntil("the new head is finalized", async () => (await finalizedBlock(chain.rpcUrl)).number >= top);
    const finalized = await finalizedBlock(chain.rpcUrl);
    expect(listStates(chainPaths(folder.path).states)[0]!.blockNumber).to.be.at.least(finalized.number);
  });

  it("falls back to an older copy when the newest is damaged, says so, and stops when none is whole", async () => {
    const first = await start();
    const hash = await send(first.rpcUrl, first.accounts[0]!, 0);
    await waitUntil("it is finalized", async () => await isFinalized(first.rpcUrl, hash));
    await stop(first);
    const { states } = chainPaths(folder.path);
    const [newest, older] = listStates(states);
    writeFileSync(newest!.path, readFileSync(newest!.path).subarray(0, 100));

    const second = await start();
    expect(await height(second.rpcUrl)).to.equal(older!.blockNumber + FINALITY_DEPTH);
    expect(log.join("\n")).to.contain(newest!.path).and.to.contain(`continues at block ${older!.blockNumber}`);
    await stop(second);

    for (const { path } of listStates(states)) writeFileSync(path, "no state at all");
    const error = await start().then(
      () => undefined,
      (cause) => cause,
    );
    expect(error).to.include({ code: "chain-state-unreadable" });
    expect(await processesNaming(folder.path)).to.deep.equal([]);
  });

  it("refuses to run twice on one folder, and runs beside another", async () => {
    const chain = await start();
    const error = await start().then(
      () => undefined,
      (cause) => cause,
    );
    expect(error).to.include({ code: "chain-in-use" });
    const other = temporaryFolder();
    const second = await start(other.path);
    expect(second.rpcUrl).not.to.equal(chain.rpcUrl);
    await stop(second);
    other.remove();
  });

  it("tells when its node ends by itself", async () => {
    const chain = await start();
    running = [];
    const [pid] = await processesNaming(chainPaths(folder.path).folder);
    process.kill(pid!, "SIGKILL");
    expect(await chain.failed).to.include({ code: "chain-ended" });
    await chain.stop();
  });

  describe("startChainCopy", () => {
    it("connects to the node of an installation that runs", async () => {
      const chain = await start();
      const copy = await startChainCopy(folder.path);
      expect(copy).to.include({ rpcUrl: chain.rpcUrl, source: "running", chainId: 31337 });
      await copy.stop();
      expect(await height(chain.rpcUrl)).to.equal(0);
    });

    it("runs the newest saved chain alone, its saved block finalized, and writes nothing there", async () => {
      const chain = await start();
      const hash = await send(chain.rpcUrl, chain.accounts[0]!, 0);
      await waitUntil("it is finalized", async () => await isFinalized(chain.rpcUrl, hash));
      await stop(chain);
      const before = everything(folder.path);

      const copy = await startChainCopy(chainPaths(folder.path).folder);
      expect(copy.source).to.equal("saved");
      expect(await isFinalized(copy.rpcUrl, hash)).to.equal(true);
      expect(BigInt(await rpc<string>(copy.rpcUrl, "eth_getBalance", RECEIVER, "finalized"))).to.equal(1n);
      const saved = listStates(chainPaths(folder.path).states)[0]!.blockNumber;
      expect((await finalizedBlock(copy.rpcUrl)).number).to.equal(saved);
      await copy.stop();
      expect(everything(folder.path)).to.deep.equal(before);
    });

    it("says where it looked when there is no chain", async () => {
      const error = await startChainCopy(folder.path).then(
        () => undefined,
        (cause) => cause,
      );
      expect(error).to.include({ code: "chain-state-missing" });
      expect(error.message).to.contain(folder.path);
    });
  });
});

const RECEIVER = "0x00000000000000000000000000000000000000aa";

async function rpc<T>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = (await response.json()) as { result: T; error?: { message: string } };
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

/** Sends one wei to the receiver and gives back the transaction's hash at once. */
async function send(url: string, account: ChainAccount, nonce: number): Promise<string> {
  const gas = { gasLimit: 21_000, maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 9n };
  const transaction = { type: 2, chainId: 31337, to: RECEIVER, value: 1n, nonce, ...gas };
  return await rpc(url, "eth_sendRawTransaction", await new Wallet(account.privateKey).signTransaction(transaction));
}

async function height(url: string): Promise<number> {
  return Number(await rpc<string>(url, "eth_blockNumber"));
}

async function blockHash(url: string, number: number): Promise<string | undefined> {
  const block = await rpc<{ hash: string } | null>(url, "eth_getBlockByNumber", `0x${number.toString(16)}`, false);
  return block?.hash;
}

async function finalizedBlock(url: string): Promise<{ number: number; hash: string }> {
  const block = await rpc<{ number: string; hash: string }>(url, "eth_getBlockByNumber", "finalized", false);
  return { number: Number(block.number), hash: block.hash };
}

async function isFinalized(url: string, transaction: string): Promise<boolean> {
  const receipt = await rpc<{ blockNumber: string } | null>(url, "eth_getTransactionReceipt", transaction);
  return receipt !== null && Number(receipt.blockNumber) <= (await finalizedBlock(url)).number;
}

/** Every file below a folder with its time of change, so that any write shows. */
function everything(folder: string): Record<string, number> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(files.map((name) => [name, statSync(join(folder, name)).mtimeMs]));
}
