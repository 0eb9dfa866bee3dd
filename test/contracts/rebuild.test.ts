import { expect } from "chai";
import { fromHex } from "../../backend/domain/bytes.ts";
import { Installation, SIGNATURE_TYPES } from "./installation.ts";
import { Dice, RandomStory } from "./randomStory.ts";
import { Rebuilt } from "./rebuildFromLogs.ts";

const STEPS = 200;
const RESOLVER_SLOT = 10n;

async function rebuild(installation: Installation): Promise<Rebuilt> {
  const { provider } = installation.connection.ethers;
  const separator = (await installation.method("domainSeparator").staticCall()) as string;
  const rebuilt = new Rebuilt(fromHex(separator));
  const address = await installation.contract.getAddress();
  for (const log of await provider.getLogs({ address, fromBlock: installation.deploymentBlock })) {
    const block = await provider.getBlock(log.blockNumber);
    rebuilt.follow(installation.contract, log, block?.timestamp ?? 0);
  }
  return rebuilt;
}

/** Every slot of the contract that any transaction wrote. */
async function writtenSlots(installation: Installation): Promise<Set<bigint>> {
  const { ethers, provider } = installation.connection;
  const address = (await installation.contract.getAddress()).toLowerCase();
  const written = new Set<bigint>();
  for (let number = installation.deploymentBlock; number <= (await ethers.provider.getBlockNumber()); number++) {
    for (const hash of (await ethers.provider.getBlock(number))?.transactions ?? []) {
      const receipt = await ethers.provider.getTransactionReceipt(hash);
      if ((receipt?.to ?? receipt?.contractAddress)?.toLowerCase() !== address) continue;
      const trace = (await provider.request({
        method: "debug_traceTransaction",
        params: [hash, { disableMemory: true, disableStorage: true }],
      })) as { structLogs: { op: string; depth: number; stack: string[] }[] };
      for (const { op, depth, stack } of trace.structLogs) {
        const top = stack.at(-1) ?? "0";
        if (op === "SSTORE" && depth === 1) written.add(BigInt(top.startsWith("0x") ? top : `0x${top}`));
      }
    }
  }
  return written;
}

for (const signatureType of SIGNATURE_TYPES) {
  describe(`The contract's state, rebuilt from its logs alone (${signatureType})`, function () {
    this.timeout(180_000);
    let installation: Installation;
    let rebuilt: Rebuilt;

    before(async () => {
      installation = await Installation.deploy(signatureType);
      const story = new RandomStory(installation, new Dice(`rebuild ${signatureType}`));
      for (let step = 0; step < STEPS; step++) await story.step();
      rebuilt = await rebuild(installation);
    });

    it("comes from a story in which every kind of end is reached", () => {
      const phases = new Set([...rebuilt.passports.values()].map(({ phase }) => phase));
      expect([...phases]).to.include.members(["active", "transformed", "closed", "void"]);
      expect(rebuilt.passports.size).to.be.greaterThan(20);
      expect(rebuilt.holds.size).to.be.greaterThan(1);
      expect(rebuilt.accumulators.size).to.equal(1);
    });

    it("equals storage, slot by slot, and no other slot was ever written to anything but zero", async () => {
      const { provider } = installation.connection.ethers;
      const expected = rebuilt.storage();
      const slots = new Set([...(await writtenSlots(installation)), ...expected.keys()]);
      slots.delete(RESOLVER_SLOT);
      const address = await installation.contract.getAddress();
      const zero = `0x${"00".repeat(32)}`;
      for (const slot of slots) {
        expect(await provider.getStorage(address, slot), `slot 0x${slot.toString(16)}`).to.equal(
          expected.get(slot) ?? zero,
        );
      }
      expect(slots.size).to.be.greaterThan(60);
    });

    it("shows the owner and the balance that the token face shows", async () => {
      const self = await installation.contract.getAddress();
      const owner = (participant: number): string => {
        const account = rebuilt.participants.get(participant)?.account ?? "";
        return /^0x0+$/.test(account) ? self : account;
      };
      const balances = new Map<string, number>();
      for (const [passport, { custodian }] of rebuilt.passports) {
        expect(await installation.method("ownerOf").staticCall(BigInt(passport))).to.equal(owner(custodian));
        balances.set(owner(custodian), (balances.get(owner(custodian)) ?? 0) + 1);
      }
      for (const [address, balance] of balances) {
        expect(await installation.method("balanceOf").staticCall(address)).to.equal(BigInt(balance));
      }
    });

    it("creates every token once and never burns one", () => {
      expect([...rebuilt.tokenOwners.keys()].length).to.equal(rebuilt.passports.size);
      expect([...rebuilt.tokenOwners.values()].filter((to) => /^0x0+$/.test(to))).to.deep.equal([]);
    });
  });
}
