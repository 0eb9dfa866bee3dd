import { expect } from "chai";
import { type Contract, dataSlice, toBeHex, toBigInt } from "ethers";
import type { CustodyEvent } from "../../scripts/typedData.ts";
import {
  CAST,
  Installation,
  join,
  newItem,
  type Reason,
  type Signed,
  sign,
  sized,
  strangerKey,
} from "./installation.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
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

const withSignatures = (signed: Signed, first: string, second = "0x"): Signed => ({
  ...signed,
  header: `${signed.header.slice(0, 62)}${sized(first).toString(16).padStart(4, "0")}`,
  signatures: join(first, second),
});

describe("SignatureCheck, by keys", () => {
  let installation: Installation;
  let mint: Signed;
  let restore: () => Promise<void>;
  before(async () => {
    installation = await Installation.deploy("ECDSA");
    mint = installation.sign(await installation.event("mint", "producer", [newItem(1, "a")]));
    const snapshot = await installation.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());

  const reasons = async (signed: Signed): Promise<Reason[]> =>
    (await installation.submit(signed)).rejected.map(({ reason }) => reason);

  it("takes the canonical signature", async () => {
    expect(await reasons(mint)).to.deep.equal([]);
  });

  it("refuses every signature with one bit flipped", async () => {
    for (let bit = 0; bit < 520; bit += 13) {
      const flipped = toBeHex(toBigInt(mint.signatures) ^ (1n << BigInt(bit)), 65);
      expect(await reasons(withSignatures(mint, flipped)), `bit ${bit}`).to.deep.equal(["BadActorSignature"]);
    }
  });

  it("refuses what recovers by the bare precompile but is not canonical", async () => {
    const [r, s, v] = [
      dataSlice(mint.signatures, 0, 32),
      dataSlice(mint.signatures, 32, 64),
      dataSlice(mint.signatures, 64),
    ];
    const mirrored = join(r, toBeHex(ORDER - toBigInt(s), 32), v === "0x1b" ? "0x1c" : "0x1b");
    const compact = join(r, toBeHex(toBigInt(s) | (v === "0x1c" ? 1n << 255n : 0n), 32));
    const bare = join(r, s, v === "0x1b" ? "0x00" : "0x01");
    for (const signature of [mirrored, compact, bare, join(mint.signatures, "0x00"), "0x"]) {
      expect(await reasons(withSignatures(mint, signature))).to.deep.equal(["BadActorSignature"]);
    }
  });

  it("takes no garbage for a signer that is not there", async () => {
    const zeros = `0x${"00".repeat(65)}`;
    const nobody = installation.sign(await installation.event("mint", 99, [newItem(99, "a")]));
    expect(await reasons(withSignatures(nobody, zeros))).to.deep.equal(["ActorInactive"]);
    expect(await reasons(withSignatures(mint, zeros))).to.deep.equal(["BadActorSignature"]);
  });

  it("rejects a key's bad signature with little gas too: there is no wallet that could be starved", async () => {
    const { header, event, declined, signatures } = installation.sign(mint.event, { actorKey: strangerKey });
    const call = [{ header, items: event.items, declined, signatures }];
    const sent = await installation.method("submit")(call, { gasLimit: 75_000 });
    expect(installation.logs(await sent.wait()).map(({ name }) => name)).to.deep.equal(["Rejected"]);
  });

  it("lets a key sign for an account that delegated its code", async () => {
    const { provider } = installation.connection;
    const delegation = join("0xef0100", `0x${"11".repeat(20)}`);
    await provider.request({ method: "hardhat_setCode", params: [installation.firms.producer.signer, delegation] });
    expect(await reasons(mint)).to.deep.equal([]);
  });
});

describe("SignatureCheck, by contract wallets", () => {
  let installation: Installation;
  let wallet: Contract;
  let mint: Signed;
  let event: CustodyEvent;
  let restore: () => Promise<void>;

  before(async () => {
    installation = await Installation.deploy("ERC-1271");
    const { ethers } = installation.connection;
    wallet = (await ethers.getContractAt("TestWallet", installation.firms.producer.signer)) as unknown as Contract;
    event = await installation.event("mint", "producer", [newItem(1, "a")]);
    mint = installation.sign(event);
    const snapshot = await installation.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());

  const behave = (manner: (typeof MANNERS)[number]) => wallet.getFunction("behave")(MANNERS.indexOf(manner));

  for (const manner of ["Honest", "NeedsAlmostAllGas"] as const) {
    it(`believes a wallet that says yes (${manner})`, async () => {
      await behave(manner);
      expect((await installation.submit(mint)).applied.length).to.equal(1);
    });
  }

  for (const manner of MANNERS.filter((known) => !["Honest", "NeedsAlmostAllGas", "AnswersHugely"].includes(known))) {
    it(`rejects the event alone when the wallet ${manner}`, async () => {
      await behave(manner);
      const other = installation.sign(await installation.event("mint", "registrar", [newItem(CAST.registrar.id, "b")]));
      const { applied, rejected, receipt } = await installation.submit(mint, other);
      expect(rejected.map(({ reason }) => reason)).to.deep.equal(["BadActorSignature"]);
      expect(applied.map(({ digest }) => digest)).to.deep.equal([other.hashes.digest]);
      expect(Number(receipt.gasUsed)).to.be.below(300_000);
      expect(await wallet.getFunction("asked").staticCall()).to.equal(0n);
    });
  }

  it("reads 32 bytes of a huge answer and pays for no more", async () => {
    await behave("Honest");
    const honest = (await installation.submit(mint)).receipt.gasUsed;
    await restore();
    await behave("AnswersHugely");
    const { applied, receipt } = await installation.submit(mint);
    expect(applied.length).to.equal(1);
    expect(Number(receipt.gasUsed - honest)).to.be.below(5_000);
  });

  it("asks the wallet about a signature of any length, as long as the parts split", async () => {
    const refused = async (signed: Signed) => (await installation.submit(signed)).rejected.map(({ reason }) => reason);
    expect(await refused(withSignatures(mint, join(mint.signatures, "0x00")))).to.deep.equal(["BadActorSignature"]);
    expect(await refused(withSignatures(mint, "0x"))).to.deep.equal(["BadActorSignature"]);
  });

  it("does not ask an account without code", async () => {
    const { provider } = installation.connection;
    await provider.request({ method: "hardhat_setCode", params: [installation.firms.producer.signer, "0x"] });
    expect((await installation.submit(mint)).rejected.map(({ reason }) => reason)).to.deep.equal(["BadActorSignature"]);
  });

  it("judges at inclusion: a wallet may take its word back", async () => {
    await behave("Refuses");
    expect((await installation.submit(mint)).rejected.length).to.equal(1);
    await behave("Honest");
    expect((await installation.submit(mint)).applied.length).to.equal(1);
  });

  it("keeps a wallet's signature to its participant: another's with the same owner does not count", async () => {
    const { ethers } = installation.connection;
    const twin = await ethers.deployContract("TestWallet", [await wallet.getFunction("owner").staticCall()]);
    await installation.execute("SignerRotation", { participantId: CAST.registrar.id, signer: await twin.getAddress() });
    const stolen = { ...mint, event: { ...event, actor: CAST.registrar.id } };
    const header = `0x01${CAST.registrar.id.toString(16).padStart(6, "0")}${mint.header.slice(10)}`;
    expect((await installation.submit({ ...stolen, header })).rejected.map(({ reason }) => reason)).to.deep.equal([
      "BadActorSignature",
    ]);
  });

  it("is never starved into a rejection: with less gas the whole call reverts", async () => {
    await behave("NeedsAlmostAllGas");
    const { header, signatures, declined } = mint;
    const call = [{ header, items: event.items, declined, signatures }];
    const full = Number((await installation.submit(mint)).receipt.gasUsed);
    await restore();
    await behave("NeedsAlmostAllGas");
    const submit = installation.method("submit");
    const outcomes = new Set<string>();
    for (let gasLimit = 60_000; gasLimit < full + 20_000; gasLimit += 1_500) {
      const snapshot = await installation.connection.networkHelpers.takeSnapshot();
      try {
        const receipt = await (await submit(call, { gasLimit })).wait();
        outcomes.add(installation.logs(receipt).at(-1)?.name ?? "nothing");
      } catch (error) {
        outcomes.add(/SignatureCheckStarved/.test(String(error)) ? "starved" : "out of gas");
      }
      await snapshot.restore();
    }
    expect(outcomes).to.include("starved");
    expect(outcomes).to.include("CustodyEventApplied");
    expect(outcomes).not.to.include("Rejected");
  });

  it("says how much gas it needs, and asks with exactly that much", async () => {
    const { header, signatures, declined } = mint;
    const call = [{ header, items: event.items, declined, signatures }];
    const needed = 50_000 + Math.floor(50_000 / 63) + 1_000;
    /** What was left and what is needed, where the question was not put. */
    const starved = async (gasLimit: number): Promise<number[] | undefined> => {
      const said = await installation
        .method("submit")(call, { gasLimit })
        .then(() => "", String);
      return /SignatureCheckStarved\((\d+), (\d+)\)/.exec(said)?.slice(1).map(Number);
    };
    let gasLimit = 60_000;
    let left: number | undefined;
    // With less it runs out of gas before it comes to the question.
    for (; left === undefined && gasLimit < 1_000_000; gasLimit += 20_000)
      left = (await starved(gasLimit + 20_000))?.[0];
    const enough = gasLimit + needed - (left ?? 0);
    expect(await starved(enough - 1)).to.deep.equal([needed - 1, needed]);
    expect(await starved(enough)).to.equal(undefined);
  });

  it("governors sign with keys alone: a wallet is no governor", async () => {
    const { ethers } = installation.connection;
    const governors = [await wallet.getAddress(), installation.firms.fleet.signer].sort((a, b) =>
      a.toLowerCase() < b.toLowerCase() ? -1 : 1,
    );
    await installation.execute("GovernorChange", { governors, threshold: 2 });
    const proposal = await installation.proposal("Suspension", { participantId: 1 });
    const digest = installation.proposalDigest(proposal);
    const signatures = join(sign(installation.firms.producer.key, digest), sign(installation.firms.fleet.key, digest));
    await expect(installation.method("execute")(proposal, signatures)).to.be.revertedWithCustomError(
      installation.contract,
      "QuorumMissing",
    );
    expect(await ethers.provider.getCode(governors[0]!)).not.to.equal("0x");
  });
});
