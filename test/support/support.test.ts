import { expect } from "chai";
import { startTestChain } from "./chain.ts";
import { waitUntil } from "./waitUntil.ts";

describe("startTestChain", () => {
  it("starts a chain of its own, and its end frees the port", async () => {
    const chain = await startTestChain();
    expect(await chain.rpc("eth_blockNumber")).to.equal("0x0");
    await chain.stop();
    await waitUntil("the port is dead", () =>
      chain.rpc("eth_blockNumber").then(
        () => false,
        () => true,
      ),
    );
  });

  it("dies at once when it is killed", async () => {
    const chain = await startTestChain();
    await chain.kill();
    await waitUntil("the port is dead", () =>
      chain.rpc("eth_blockNumber").then(
        () => false,
        () => true,
      ),
    );
  });
});
