import { expect } from "chai";
import { id } from "ethers";
import { mayHaveLogs } from "../../backend/chain/logsBloom.ts";
import type { Hex } from "../../backend/domain/types.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type TestContract } from "../support/contract.ts";

describe("mayHaveLogs", () => {
  let chain: TestChain;
  let contract: TestContract;
  let bloom: string;

  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    await contract.admit(1, ["PRODUCER"]);
    ({ logsBloom: bloom } = await chain.rpc<{ logsBloom: string }>("eth_getBlockByNumber", "latest", false));
  });
  after(() => chain.stop());

  it("is true of every log that a real node put into the block", async () => {
    const logs = await chain.rpc<{ address: Hex; topics: Hex[] }[]>("eth_getLogs", { fromBlock: "latest" });
    expect(logs).not.to.have.length(0);
    for (const { address, topics } of logs) expect(mayHaveLogs(bloom, [address, ...topics])).to.equal(true);
  });

  it("is false of what is not in it, and of what is there only in part", () => {
    expect(mayHaveLogs(bloom, [`0x${"12".repeat(20)}`])).to.equal(false);
    expect(mayHaveLogs(bloom, [contract.contract, id("Nothing()") as Hex])).to.equal(false);
    expect(mayHaveLogs(`0x${"00".repeat(256)}`, [contract.contract])).to.equal(false);
  });

  it("says nothing of what is no bloom", () => {
    for (const none of [undefined, null, "0x", 7, `0x${"ff".repeat(255)}`]) {
      expect(mayHaveLogs(none, [contract.contract])).to.equal(false);
    }
  });
});
