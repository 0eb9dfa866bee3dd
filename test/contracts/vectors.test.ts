import { expect } from "chai";
import type { Contract, ContractTransactionReceipt } from "ethers";
import hre from "hardhat";
import { domainOf, domainSeparator, type Types, typedEvent } from "../../scripts/typedData.ts";
import type { SignedEvent, Submitted } from "../../scripts/vectors/custody.ts";
import { REASON, RESOLVER } from "./installation.ts";
import { readVectors } from "./readVectors.ts";

type Domain = { chainId: number; contract: string };
type Genesis = {
  blockTime: number;
  domain: Domain;
  governors: string[];
  threshold: number;
  expected: { domainSeparator: string; registryHead: string };
};
type Standing = { account: string; signer: string; roles: number; active: boolean; recordHash: string; head: string };
type Decision = {
  blockTime: number;
  kind: string;
  proposal: Record<string, unknown> & { participantId: number };
  signatures: string;
  expected: { typeHash: string; digest: string; registryHead: string; participant: Standing | null };
};
type Rotation = { blockTime: number; kind: string; participantId: number; signer: string; sender: string } & Pick<
  Decision,
  "expected"
>;
type CustodyVector = {
  domain: Domain;
  blockTime: number;
  event: SignedEvent;
  submitted: Submitted;
  expected: {
    typeHash: string;
    itemHashes: string[];
    digest: string;
    headerHash: string;
    heads: string[];
    acceptanceDigest?: string;
    applied: string;
    rejected: { itemIndex: number; reason: string }[];
    states: Record<string, { word: string }>;
  };
};
type RefusedVector = {
  blockTime: number;
  submitted: Submitted;
  expected: { digest: string; itemIndex: number | null; reason: string };
};

const KINDS = [
  "none",
  "admission",
  "role-change",
  "suspension",
  "reinstatement",
  "signer-rotation",
  "account-change",
  "governor-change",
  "succession",
];
/** "StaleHead" as the files write it. */
const written = (reason: string): string => reason.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();

describe("hash vectors", () => {
  const decisions = readVectors<Decision | Rotation>("registry").slice(1);
  const genesis = readVectors<Genesis>("registry")[0]![1];
  const custody = readVectors<CustodyVector>("custody");
  let connection: Awaited<ReturnType<typeof hre.network.create>>;
  let contract: Contract;
  let harness: Contract;

  before(async () => {
    connection = await hre.network.create();
    const { ethers, networkHelpers } = connection;
    const { blockTime, governors, threshold } = genesis;
    await networkHelpers.time.setNextBlockTimestamp(blockTime);
    contract = (await ethers.deployContract("BatteryPassport", [
      governors,
      threshold,
      RESOLVER,
    ])) as unknown as Contract;
    harness = (await ethers.deployContract("HashHarness")) as unknown as Contract;
  });

  const call = async (target: Contract, name: string, ...args: unknown[]) =>
    (await target.getFunction(name).staticCall(...args)) as Record<string | number, unknown>;
  const at = (time: number) => connection.networkHelpers.time.setNextBlockTimestamp(time);

  async function submit({ submitted, blockTime }: Pick<CustodyVector, "submitted" | "blockTime">) {
    await at(blockTime);
    const sent = await contract.getFunction("submit")([submitted], { gasLimit: 16_000_000 });
    const receipt = (await sent.wait()) as ContractTransactionReceipt;
    return receipt.logs.flatMap((log) => contract.interface.parseLog(log) ?? []);
  }

  it("the constructor starts the registry's hash chain", async () => {
    const { expected, domain } = genesis;
    expect((await contract.getAddress()).toLowerCase()).to.equal(domain.contract);
    expect(await call(contract, "domainSeparator")).to.equal(expected.domainSeparator);
    expect(await call(contract, "registryHead")).to.equal(expected.registryHead);
  });

  for (const [name, vector] of decisions) {
    it(`registry: ${name}`, async () => {
      const { expected } = vector;
      const { networkHelpers, ethers } = connection;
      if ("sender" in vector) {
        await networkHelpers.impersonateAccount(vector.sender);
        await networkHelpers.setBalance(vector.sender, 10n ** 18n);
        await at(vector.blockTime);
        const account = await ethers.getSigner(vector.sender);
        await (contract.connect(account) as Contract).getFunction("rotateSigner")(vector.participantId, vector.signer);
      } else {
        await at(vector.blockTime);
        const proposal = { ...vector.proposal, kind: KINDS.indexOf(vector.kind) };
        const sent = await contract.getFunction("execute")(proposal, vector.signatures);
        const receipt = (await sent.wait()) as ContractTransactionReceipt;
        const executed = receipt.logs
          .map((log) => contract.interface.parseLog(log))
          .find((log) => log?.name === "ProposalExecuted");
        expect(executed?.args.digest).to.equal(expected.digest);
      }
      expect(await call(contract, "registryHead")).to.equal(expected.registryHead);
      if (expected.participant === null) return;
      const id = "sender" in vector ? vector.participantId : vector.proposal.participantId;
      const stored = await call(contract, "participant", id);
      expect({
        account: String(stored.account).toLowerCase(),
        signer: String(stored.signer).toLowerCase(),
        roles: Number(stored.roles),
        active: stored.active,
        recordHash: stored.recordHash,
        head: stored.head,
      }).to.deep.equal(expected.participant);
    });
  }

  for (const [name, vector] of custody) {
    it(`custody: ${name}`, async () => {
      const { expected, event, submitted, domain } = vector;
      const separator = domainSeparator(domainOf(domain.chainId, domain.contract));
      const { hashed, heads } = await call(harness, "hashEvent", separator, submitted.header, submitted.items);
      const { digest, headerHash, itemHashes } = hashed as Record<string, unknown>;
      expect({
        digest,
        headerHash,
        itemHashes: [...(itemHashes as string[])],
        heads: [...(heads as string[])],
      }).to.deep.equal({
        digest: expected.digest,
        headerHash: expected.headerHash,
        itemHashes: expected.itemHashes,
        heads: expected.heads,
      });
      const types = Object.keys(typedEvent(event).types as Types);
      expect(types[0]?.toLowerCase()).to.equal(event.kind);
      expect(await call(harness, "typeHash", Number(submitted.header.slice(0, 4)))).to.equal(expected.typeHash);

      const logs = await submit(vector);

      const applied = logs.filter((log) => log.name === "CustodyEventApplied");
      expect(applied.map(({ args }) => [args.digest, `0x${args.applied.toString(16)}`, args.signatures])).to.deep.equal(
        [[expected.digest, expected.applied, submitted.signatures]],
      );
      const rejected = logs.filter((log) => log.name === "Rejected");
      expect(
        rejected.map(({ args }) => ({
          itemIndex: Number(args.itemIndex),
          reason: written(REASON[Number(args.reason)] ?? ""),
        })),
      ).to.deep.equal(expected.rejected);
      for (const [passportId, { word }] of Object.entries(expected.states)) {
        expect(await call(contract, "passport", passportId)).to.equal(word);
      }
    });
  }

  describe("what the chain refuses", () => {
    let snapshot: Awaited<ReturnType<typeof connection.networkHelpers.takeSnapshot>>;
    before(async () => {
      snapshot = await connection.networkHelpers.takeSnapshot();
    });
    afterEach(() => snapshot.restore());

    for (const [name, vector] of readVectors<RefusedVector>("custody/refused")) {
      it(`refuses: ${name}`, async () => {
        const logs = await submit(vector);

        const { digest, itemIndex, reason } = vector.expected;
        expect(
          logs.map(({ name: log, args }) => [
            log,
            args.digest,
            args.itemIndex,
            written(REASON[Number(args.reason)] ?? ""),
          ]),
        ).to.deep.equal([["Rejected", digest, itemIndex === null ? 2n ** 256n - 1n : BigInt(itemIndex), reason]]);
      });
    }
  });

  describe("holds and anchors", () => {
    for (const [name, vector] of readVectors<AnchorVector>("anchors").filter(
      ([, { anchor }]) => anchor !== undefined,
    )) {
      it(`anchors: ${name}`, async () => {
        const { publisher, root, count, manifestHash, prevAccumulator } = vector.anchor;
        await contract.getFunction("anchor")(publisher, root, count, manifestHash, prevAccumulator, vector.signature);
        expect(await call(contract, "accumulator", publisher)).to.equal(vector.expected.accumulator);
      });
    }

    it("holds and releases by the signatures of the vectors", async () => {
      const holds = Object.fromEntries(readVectors<HoldVector>("holds"));
      const { passportId, regulator, counter, until, reasonHash, deadline } = holds.hold!.hold!;
      const hold = [passportId, regulator, counter, until, reasonHash, deadline, holds.hold!.signature];
      const before = await call(contract, "passport", passportId);
      for (const release of [holds["release by a regulator"]!, holds["release by quorum"]!]) {
        const snapshot = await connection.networkHelpers.takeSnapshot();
        await contract.getFunction("hold")(...hold);
        expect(await call(contract, "passport", passportId)).not.to.equal(before);
        const by = release.release!;
        await contract.getFunction("release")(
          passportId,
          by.regulator,
          counter,
          by.reasonHash,
          deadline,
          release.signature,
        );
        expect(await call(contract, "passport", passportId)).to.equal(before);
        await snapshot.restore();
      }
    });
  });
});

type AnchorVector = {
  anchor: { publisher: number; root: string; count: number; manifestHash: string; prevAccumulator: string };
  signature: string;
  expected: { accumulator: string };
};
type HoldFields = {
  passportId: string;
  regulator: number;
  counter: number;
  until: number;
  reasonHash: string;
  deadline: number;
};
type HoldVector = { hold?: HoldFields; release?: Omit<HoldFields, "until">; signature: string };
