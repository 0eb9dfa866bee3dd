import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { type Item, ZERO_HEAD } from "../../scripts/typedData.ts";
import { addressOf, CAST, Installation, RESOLVER, ROLE, strangerKey } from "./installation.ts";

describe("PassportToken", () => {
  let installation: Installation;
  let item: Item;
  let tokenId: bigint;
  let restore: () => Promise<void>;

  before(async () => {
    installation = await Installation.deploy();
    const [minted] = await installation.mint("producer", "a");
    item = minted!;
    tokenId = BigInt(item.passportId);
    const snapshot = await installation.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());

  const read = (name: string, ...args: unknown[]) => installation.method(name).staticCall(...args);
  const refused = (work: Promise<unknown>, error: string, ...args: unknown[]) => {
    const refusal = expect(work).to.be.revertedWithCustomError(installation.contract, error);
    return args.length === 0 ? refusal : refusal.withArgs(...args);
  };
  const account = () => installation.firms.producer.account;
  const other = () => installation.firms.fleet.account;
  const unknown = 12345n;
  const beyond = (token: bigint): bigint => token + (1n << 160n);

  it("claims ERC-165, ERC-721, its metadata and ERC-5192, and nothing else", async () => {
    for (const interfaceId of ["0x01ffc9a7", "0x80ac58cd", "0x5b5e139f", "0xb45a3c0e"]) {
      expect(await read("supportsInterface", interfaceId), interfaceId).to.equal(true);
    }
    for (const interfaceId of ["0xffffffff", "0x00000000", "0x780e9d63", "0x49064906"]) {
      expect(await read("supportsInterface", interfaceId), interfaceId).to.equal(false);
    }
  });

  it("has a name, a symbol and a resolver", async () => {
    expect([await read("name"), await read("symbol"), await read("resolver")]).to.deep.equal([
      "Battery Passport",
      "BATPASS",
      RESOLVER,
    ]);
  });

  it("is always locked", async () => {
    expect(await read("locked", tokenId)).to.equal(true);
  });

  it("shows the custodian's account as owner", async () => {
    expect(await read("ownerOf", tokenId)).to.equal(account());
    expect(await read("balanceOf", account())).to.equal(1n);
  });

  it("describes itself by a data URI with passport id, head and resolver", async () => {
    const uri = (await read("tokenURI", tokenId)) as string;
    const [prefix, data = ""] = uri.split(",");
    expect(prefix).to.equal("data:application/json;base64");
    expect(JSON.parse(Buffer.from(data, "base64").toString())).to.deep.equal({
      name: `Battery passport ${item.passportId}`,
      passportId: item.passportId,
      head: item.prevHead,
      external_url: `${RESOLVER}${item.passportId}`,
    });
  });

  for (const view of ["ownerOf", "locked", "tokenURI", "getApproved"]) {
    it(`${view} reverts for a token that does not exist`, async () => {
      await refused(read(view, unknown), "ERC721NonexistentToken", unknown);
      await refused(read(view, beyond(tokenId)), "ERC721NonexistentToken", beyond(tokenId));
    });
  }

  it("shows the passport with the highest id that there can be", async () => {
    const participantId = 0xffffff;
    const fields = { participantId, account: other(), signer: addressOf(strangerKey), roles: ROLE.PRODUCER };
    await installation.execute("Admission", fields);
    const highest = { passportId: `0x${"ff".repeat(20)}`, prevHead: ZERO_HEAD, recordHash: item.recordHash };
    const { rejected } = await installation.submit(
      installation.sign(await installation.event("mint", participantId, [highest])),
    );
    expect(rejected).to.deep.equal([]);
    expect(await read("ownerOf", BigInt(highest.passportId))).to.equal(other());
  });

  it("takes no approvals, and says so", async () => {
    await refused(installation.method("approve")(other(), tokenId), "PassportTokensTakeNoApprovals");
    await refused(installation.method("setApprovalForAll")(other(), true), "PassportTokensTakeNoApprovals");
    expect(await read("getApproved", tokenId)).to.equal(ZeroAddress);
    expect(await read("isApprovedForAll", account(), other())).to.equal(false);
  });

  it("cannot be transferred by ERC-721, and names the right way", async () => {
    const { ethers } = installation.connection;
    const owner = installation.contract.connect(await ethers.getSigner(account())) as typeof installation.contract;
    for (const signature of [
      "transferFrom(address,address,uint256)",
      "safeTransferFrom(address,address,uint256)",
      "safeTransferFrom(address,address,uint256,bytes)",
    ]) {
      const args = [account(), other(), tokenId, ...(signature.includes("bytes") ? ["0x"] : [])];
      await refused(owner.getFunction(signature)(...args), "PassportMovesOnlyByHandoverSignedByBothSides", tokenId);
    }
    expect(await read("ownerOf", tokenId)).to.equal(account());
  });

  it("has no balance for the zero address", () =>
    refused(read("balanceOf", ZeroAddress), "ERC721InvalidOwner", ZeroAddress));

  it("follows a participant to its new account, owner and balance alike", async () => {
    await installation.execute("AccountChange", { participantId: CAST.producer.id, account: other() });
    expect(await read("ownerOf", tokenId)).to.equal(other());
    expect([await read("balanceOf", account()), await read("balanceOf", other())]).to.deep.equal([0n, 1n]);
    await installation.handOver("registrar", "fleet", await installation.mint("registrar", "b"));
    expect(await read("balanceOf", other())).to.equal(2n);
  });

  it("shows this contract as owner while its participant is barred, and never the zero address", async () => {
    const contract = await installation.contract.getAddress();
    await installation.execute("AccountChange", { participantId: CAST.producer.id });
    expect(await read("ownerOf", tokenId)).to.equal(contract);
    expect([await read("balanceOf", account()), await read("balanceOf", contract)]).to.deep.equal([0n, 1n]);
    const signed = installation.sign(await installation.event("handover", "producer", [item], { to: "fleet" }));
    const { receipt } = await installation.submit(signed);
    const moved = installation.logs(receipt).find(({ name }) => name === "Transfer");
    expect([...(moved?.args ?? [])]).to.deep.equal([contract, other(), tokenId]);
    expect([await read("balanceOf", contract), await read("balanceOf", other())]).to.deep.equal([0n, 1n]);
  });

  it("adds up the participants of a shared account, and takes them apart again", async () => {
    for (const participantId of [CAST.fleet.id, CAST.recycler.id]) {
      await installation.execute("AccountChange", { participantId, account: account() });
    }
    await installation.mint("registrar", "b");
    await installation.handOver("producer", "fleet", [item]);
    expect(await read("balanceOf", account())).to.equal(1n);
    const [c] = await installation.mint("producer", "c");
    expect(await read("balanceOf", account())).to.equal(2n);
    await installation.handOver("producer", "recycler", [c!]);
    await installation.execute("AccountChange", { participantId: CAST.producer.id, account: other() });
    expect([await read("balanceOf", account()), await read("balanceOf", other())]).to.deep.equal([2n, 0n]);
    await installation.execute("AccountChange", { participantId: CAST.fleet.id, account: other() });
    expect([await read("balanceOf", account()), await read("balanceOf", other())]).to.deep.equal([1n, 1n]);
  });

  it("has neither owner, proxy, initializer, pause nor upgrade", () => {
    const names = installation.contract.interface.fragments.flatMap((fragment) =>
      "name" in fragment ? [String(fragment.name)] : [],
    );
    for (const name of names)
      expect(name).not.to.match(/^(owner$|admin|implementation|initialize|pause|upgrade|transferOwnership|renounce)/i);
  });

  it("takes no money", async () => {
    const { ethers } = installation.connection;
    const [sender] = await ethers.getSigners();
    const to = await installation.contract.getAddress();
    const calls = ["0x", installation.contract.interface.encodeFunctionData("submit", [[]])];
    for (const data of calls) {
      let refusedMoney = false;
      await sender!.sendTransaction({ to, value: 1n, data }).catch(() => {
        refusedMoney = true;
      });
      expect(refusedMoney, data).to.equal(true);
    }
    expect(await ethers.provider.getBalance(to)).to.equal(0n);
  });
});
