import { expect } from "chai";
import { hexlify, randomBytes, Wallet } from "ethers";
import { deployContract } from "../../backend/chain/deploy.ts";
import { readCodeHash } from "../../backend/chain/readCodeHash.ts";
import type { SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { gasOfEvent, SUBMISSION_BASE_GAS } from "../../backend/domain/submissions/gas.ts";
import type { Hash, PassportId } from "../../backend/domain/types.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import {
  deployTestContract,
  lower,
  type Member,
  newPassportId,
  RELAYER_KEY,
  type TestContract,
} from "../support/contract.ts";

describe("deployContract", () => {
  let chain: TestChain;
  let contract: TestContract;
  let producer: Member;
  let fleet: Member;
  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN", "RECYCLER"]);
    fleet = await contract.admit(2, ["CUSTODIAN", "RECYCLER"]);
  });
  after(() => chain.stop());

  it("answers the trust root and the block that the contract is in", async () => {
    expect(contract.codeHash).to.equal(await readCodeHash(contract.rpc, contract.contract));
    const before = `0x${(contract.deploymentBlock - 1).toString(16)}`;
    expect(await chain.rpc("eth_getCode", contract.contract, before)).to.equal("0x");
    expect(await chain.rpc("eth_getCode", contract.contract, "latest")).to.not.equal("0x");
  });

  it("reports a quorum that the contract refuses", async () => {
    const quorum = { governors: contract.governors.map(({ address }) => lower(address)), threshold: 1 };
    const error = await deployContract(contract.rpc, new Wallet(RELAYER_KEY), quorum, "").catch((thrown) => thrown);
    expect(error).to.include({ code: "deployment-failed" });
  });

  /** Random like real ids and hashes: calldata costs by its bytes. */
  const randomId = (): PassportId => `0x000001${hexlify(randomBytes(17)).slice(2)}` as PassportId;
  const moved = (before: SignedCustodyEvent) =>
    before.items.map((item, i) => ({ ...item, prevHead: contract.headsOf(before)[i]! }));

  for (const count of [1, 100, 200]) {
    it(`needs less gas than the formula allows for events of ${count} item(s), and more than a third`, async () => {
      const recordHash = hexlify(randomBytes(32)) as Hash;
      const items = Array.from({ length: count }, () => ({ passportId: randomId(), recordHash }));
      const minted = await contract.sign({ kind: "mint", actor: producer }, items);
      const measure = async (event: SignedCustodyEvent): Promise<void> => {
        const { gasUsed } = await contract.submit(event);
        const allowed = SUBMISSION_BASE_GAS + gasOfEvent(event);
        expect(gasUsed).to.be.lessThan(allowed);
        if (count > 1) expect(gasUsed).to.be.greaterThan(allowed / 3);
      };
      await measure(minted);
      const handed = await contract.sign({ kind: "handover", actor: producer, receiver: fleet }, moved(minted));
      await measure(handed);
      const outputs = Array.from({ length: Math.min(count, 200 - count) || 0 }, () => ({
        passportId: newPassportId(2),
      }));
      if (outputs.length > 0) {
        const changed = await contract.sign({ kind: "transformation", actor: fleet }, [...moved(handed), ...outputs]);
        await measure(changed);
      } else await measure(await contract.sign({ kind: "closure", actor: fleet }, moved(handed)));
    });
  }
});
