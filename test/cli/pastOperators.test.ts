import { expect } from "chai";
import { Wallet } from "ethers";
import { encodeAnchor } from "../../backend/chain/encodeCalls.ts";
import type { ReadBlock } from "../../backend/content/block.ts";
import { anchorDigest, anchorRoot } from "../../backend/domain/anchors/anchor.ts";
import { dataRecordDigest } from "../../backend/domain/anchors/dataRecord.ts";
import { buildManifest } from "../../backend/domain/anchors/manifest.ts";
import { parseHash, ZERO_HASH } from "../../backend/domain/bytes.ts";
import { eventDigest } from "../../backend/domain/custody/hashEvent.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { receiptKey } from "../../backend/services/custody/receiptKey.ts";
import { type ReceiptKey, type ReceiptPromise, signReceipt } from "../../backend/services/custody/signReceipt.ts";
import { checkReceipt } from "../../scripts/cli/actions/checkReceipt.ts";
import { submitDirect } from "../../scripts/cli/actions/submitDirect.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import {
  deployTestContract,
  type Member,
  newPassportId,
  RELAYER_KEY,
  signDigest,
  type TestContract,
} from "../support/contract.ts";

describe("past every operator", function () {
  this.timeout(60_000);
  let chain: TestChain;
  let contract: TestContract;
  let producer: Member;
  let operator: Member;
  const payer = new Wallet(RELAYER_KEY);

  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN"]);
    operator = await contract.admit(9, ["OPERATOR"]);
  });
  after(() => chain.stop());

  const mint = () => contract.sign({ kind: "mint", actor: producer }, [{ passportId: newPassportId(1) }]);
  const code = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "done",
      (error) => error.code,
    );

  describe("submitDirect", () => {
    it("puts what its parties have signed on the chain, and tells what the contract made of each", async () => {
      const [good, again] = [await mint(), await mint()];
      const result = await submitDirect(contract.rpc, contract, payer, [good, again, good]);
      expect(
        result.outcomes.map(({ applied, rejected }) => [applied.length, rejected.map(({ reason }) => reason)]),
      ).to.deep.equal([
        [1, []],
        [1, []],
        [1, ["already-exists"]],
      ]);
      expect(result.gasUsed).to.be.greaterThan(21_000);
    });

    it("sends nothing to another chain, or to other code than the trusted", async () => {
      const events = [await mint()];
      const other = { ...contract, chainId: 1 };
      expect(await code(submitDirect(contract.rpc, other, payer, events))).to.equal("chain-other");
      const forged = { ...contract, codeHash: parseHash(`0x${"00".repeat(32)}`, "codeHash") };
      expect(await code(submitDirect(contract.rpc, forged, payer, events))).to.equal("contract-other");
    });

    it("refuses more than one transaction can hold, and says who cannot pay", async () => {
      const event = await mint();
      expect(await code(submitDirect(contract.rpc, contract, payer, Array(300).fill(event)))).to.equal(
        "submission-too-large",
      );
      const poor = new Wallet(`0x${"77".repeat(32)}`);
      expect(await code(submitDirect(contract.rpc, contract, poor, [event]))).to.equal("transaction-refused");
    });
  });

  describe("checkReceipt", () => {
    let key: ReceiptKey;
    before(() => {
      key = receiptKey(operator.wallet.privateKey as Hash, 9);
    });
    const promise = async (digest: Hash, changes: Partial<ReceiptPromise> = {}, by: ReceiptKey = key) =>
      signReceipt(contract.separator, by, {
        digest,
        publisher: 9,
        acceptedAt: await contract.now(),
        anchorBefore: (await contract.now()) + 3600,
        ...changes,
      });
    const check = async (receipt: Awaited<ReturnType<typeof promise>>, sources: readonly ReadBlock[] = []) => {
      await chain.rpc("anvil_mine", "0x6"); // and what came before is final
      return checkReceipt(contract.rpc, contract, receipt, contract.deploymentBlock, sources);
    };
    const submitted = async () => {
      const event = await mint();
      await contract.submit(event);
      return eventDigest(contract.separator, event);
    };

    it("finds a promise kept by an event that landed in time", async () => {
      const found = await check(await promise(await submitted()));
      expect(found).to.include({ verdict: "kept" });
      expect(found.landed?.late).to.equal(false);
    });

    it("finds it kept by bringing an event that the contract then rejected", async () => {
      const event = await mint();
      await contract.submit(event);
      await contract.submit({ ...event, actorSignature: `0x${"11".repeat(65)}` });
      const spoilt = { ...event, deadline: event.deadline - 10_000 };
      await contract.submit(spoilt);
      const found = await check(await promise(eventDigest(contract.separator, spoilt)));
      expect(found.verdict).to.equal("kept");
      expect(found.sentence).to.contain("did not apply it");
    });

    it("finds it broken by an event that came late, and by one that never came", async () => {
      const digest = await submitted();
      const late = await check(await promise(digest, { anchorBefore: (await contract.now()) - 1000 }));
      expect(late).to.include({ verdict: "broken" });
      expect(late.landed?.late).to.equal(true);
      const never = eventDigest(contract.separator, await mint());
      const past = (await contract.now()) - 1000;
      expect(await check(await promise(never, { anchorBefore: past }))).to.include({ verdict: "broken", landed: null });
    });

    it("leaves it open until the time has come at the finalized block", async () => {
      const never = eventDigest(contract.separator, await mint());
      expect(await check(await promise(never))).to.include({ verdict: "open" });
    });

    it("finds a data record among the leaves of an anchor, and cannot tell where their manifest is not had", async () => {
      const unsigned = {
        subjectId: newPassportId(1),
        author: producer.id,
        occurredAt: await contract.now(),
        recordHash: parseHash(`0x${"5a".repeat(32)}`, "recordHash"),
      };
      const digest = dataRecordDigest(contract.separator, unsigned);
      const receipt = await promise(digest);
      const leaf = { ...unsigned, signature: signDigest(producer.wallet, digest) };
      const { manifestHash, blocks } = buildManifest([leaf]);
      const root = anchorRoot(contract.separator, 9, [leaf]);
      const anchor = { publisher: 9, root, count: 1, manifestHash, prevAccumulator: ZERO_HASH };
      const signature = signDigest(operator.wallet, anchorDigest(contract.separator, anchor));
      await contract.send(encodeAnchor(anchor, signature));
      const had: ReadBlock = async (hash) => blocks.get(hash) ?? null;
      const found = await check(receipt, [had]);
      expect(found).to.include({ verdict: "kept" });
      expect(found.sentence).to.contain("data record");
      const overdue = await promise(digest, { anchorBefore: receipt.acceptedAt });
      await chain.rpc("evm_increaseTime", 2);
      expect(await check(overdue, [async () => null])).to.include({ verdict: "open", landed: null });
      expect((await check(overdue, [async () => null])).sentence).to.contain("not at hand: 1");
      const other = await promise(parseHash(`0x${"6b".repeat(32)}`, "digest"), { anchorBefore: receipt.acceptedAt });
      expect(await check(other, [had])).to.include({ verdict: "broken", landed: null });
    });

    it("takes nothing for a receipt that the named operator has not signed", async () => {
      const digest = await submitted();
      const stranger = receiptKey(`0x${"55".repeat(32)}`, 9);
      expect(await check(await promise(digest, {}, stranger))).to.include({ verdict: "not-a-receipt" });
      const changed = { ...(await promise(digest)), anchorBefore: 1 };
      expect(await check(changed)).to.include({ verdict: "not-a-receipt" });
    });
  });
});
