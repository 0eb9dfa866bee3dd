import { expect } from "chai";
import { hexlify, Interface, randomBytes, Wallet } from "ethers";
import { askWallet } from "../../backend/chain/askWallet.ts";
import { connectJsonRpc, RpcError } from "../../backend/chain/jsonRpc.ts";
import { readHeader } from "../../backend/chain/readBlocks.ts";
import type { Address, Hash, Hex } from "../../backend/domain/types.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { lower, RELAYER_KEY, signDigest } from "../support/contract.ts";
import { deployTestWallet, sendTo, TEST_WALLET } from "../support/testWallet.ts";

/** As the contract numbers them. */
const MANNERS = [
  "Honest",
  "Refuses",
  "Reverts",
  "AnswersShort",
  "AnswersDirty",
  "BurnsAllGas",
  "AnswersHugely",
  "RevertsHugely",
  "WritesState",
  "NeedsAlmostAllGas",
  "NeedsMoreGas",
] as const;

describe("askWallet", () => {
  let chain: TestChain;
  let wallet: Address;
  const owner = Wallet.createRandom();
  const digest = hexlify(randomBytes(32)) as Hash;
  const sender = new Wallet(RELAYER_KEY);

  const behave = async (manner: (typeof MANNERS)[number]): Promise<void> => {
    const data = new Interface(TEST_WALLET.abi).encodeFunctionData("behave", [MANNERS.indexOf(manner)]) as Hex;
    await sendTo(connectJsonRpc(chain.url), sender, wallet, data);
  };
  const blockHash = async (): Promise<Hash> => (await readHeader(connectJsonRpc(chain.url), "latest")).hash;
  const ask = async (change: Partial<{ wallet: Address; signature: Hex; blockHash: Hash }> = {}) =>
    askWallet(connectJsonRpc(chain.url), {
      wallet,
      digest,
      signature: signDigest(owner as unknown as Wallet, digest),
      blockHash: await blockHash(),
      ...change,
    });

  before(async () => {
    chain = await startTestChain();
    wallet = await deployTestWallet(connectJsonRpc(chain.url), sender, lower(owner.address));
  });
  after(() => chain.stop());

  for (const manner of ["Honest", "NeedsAlmostAllGas"] as const) {
    it(`believes a wallet that says yes (${manner})`, async () => {
      await behave(manner);
      expect(await ask()).to.deep.equal({ approves: true });
    });
  }

  for (const manner of MANNERS.filter((one) => one !== "Honest" && one !== "NeedsAlmostAllGas")) {
    it(`takes it for a no when the wallet ${manner}`, async () => {
      await behave(manner);
      expect((await ask()).approves).to.equal(false);
    });
  }

  it("takes another's signature, one of no bytes and one of thousands for the wallet's to judge", async () => {
    await behave("Honest");
    const other = signDigest(new Wallet(hexlify(randomBytes(32))), digest);
    for (const signature of [other, "0x", `0x${"ff".repeat(7_000)}`] as Hex[]) {
      expect((await ask({ signature })).approves, `${signature.length}`).to.equal(false);
    }
  });

  it("takes an address without code for a no", async () => {
    expect((await ask({ wallet: `0x${"5a".repeat(20)}` as Address })).approves).to.equal(false);
  });

  it("judges at the named block: a wallet that takes its word back later had given it", async () => {
    await behave("Honest");
    const then = await blockHash();
    await behave("Refuses");
    expect((await ask()).approves).to.equal(false);
    expect((await ask({ blockHash: then })).approves).to.equal(true);
  });

  it("knows nothing where the chain has no such block, or its RPC answers anything else than bytes", async () => {
    const unknown = await ask({ blockHash: `0x${"77".repeat(32)}` as Hash }).catch((caught: unknown) => caught);
    expect(unknown).to.be.instanceOf(RpcError);
    for (const answer of [null, 1, "yes", "0x1", {}]) {
      const rpc = { call: async () => answer };
      const asked = { wallet, digest, signature: "0x" as Hex, blockHash: digest };
      const error = await askWallet(rpc, asked).catch((caught: unknown) => caught);
      expect((error as RpcError).code, JSON.stringify(answer)).to.equal("rpc-answer-malformed");
    }
  });
});
