import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { encodeState } from "../../scripts/typedData.ts";
import { describeCustody } from "./custodyTest.ts";
import { CAST, following, newItem, ROLE } from "./installation.ts";

describeCustody("mint, handover, withdrawal", (test) => {
  const { event, sign, states, accepts, rejects, rejectsItem, change, transfers, balance } = test;

  describe("a mint", () => {
    for (const [issuer, role] of [
      ["producer", "PRODUCER"],
      ["registrar", "REGISTRAR"],
    ] as const) {
      it(`by a ${role} creates active passports at the custody of their issuer`, async () => {
        const signed = sign(
          await event(
            "mint",
            issuer,
            ["a", "b"].map((uid) => newItem(CAST[issuer].id, uid)),
          ),
        );
        const outcome = await accepts(signed);
        expect(outcome.applied).to.deep.equal([{ digest: signed.hashes.digest, applied: 3n }]);
        const { account } = test.installation.firms[issuer];
        expect(transfers(outcome)).to.deep.equal(
          signed.event.items.map(({ passportId }) => [ZeroAddress, account, BigInt(passportId)]),
        );
        for (const [i, word] of (await states(signed.event.items)).entries()) {
          const head = signed.hashes.heads[i]!;
          expect(word).to.equal(
            encodeState({ head, custodian: CAST[issuer].id, phase: "active", moved: false, held: false }),
          );
        }
        expect(await balance(issuer)).to.equal(2);
      });
    }

    for (const [name, roles] of Object.entries(ROLE)) {
      if (name === "PRODUCER" || name === "REGISTRAR") continue;
      it(`by a ${name} is rejected`, async () => {
        await change("fleet", roles);
        await rejects(sign(await event("mint", "fleet", [newItem(2, "a")])), "ActorLacksRole");
      });
    }

    it("under another issuer's id is rejected, and the other items are not", async () => {
      const [own, foreign] = [newItem(1, "a"), newItem(2, "b")];
      const { applied, rejected } = await test.installation.submit(
        sign(await event("mint", "producer", [own, foreign])),
      );
      expect(applied.map((log) => log.applied)).to.deep.equal([1n]);
      expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal([[1n, "WrongIssuer"]]);
      expect(await test.installation.state(foreign.passportId)).to.equal(ZeroHash);
      expect(await balance("producer")).to.equal(1);
    });

    it("of what exists is rejected, whatever has become of it", async () => {
      const [minted] = await test.installation.mint("producer", "a");
      await rejectsItem(sign(await event("mint", "producer", [newItem(1, "a")])), "AlreadyExists");
      await accepts(sign(await event("void", "producer", [minted!])));
      await rejectsItem(sign(await event("mint", "producer", [newItem(1, "a")])), "AlreadyExists");
    });

    it("upon a head is rejected", async () => {
      await rejectsItem(
        sign(await event("mint", "producer", [{ ...newItem(1, "a"), prevHead: `0x${"01".repeat(28)}` }])),
        "StaleHead",
      );
    });
  });

  describe("a handover", () => {
    it("moves custody to the receiver, marks the passport as moved, and moves token and balance", async () => {
      const items = await test.installation.mint("producer", "a", "b");
      const signed = sign(await event("handover", "producer", items, { to: "fleet" }));
      const outcome = await accepts(signed);
      const [from, to] = [test.installation.firms.producer.account, test.installation.firms.fleet.account];
      expect(transfers(outcome)).to.deep.equal(items.map(({ passportId }) => [from, to, BigInt(passportId)]));
      for (const [i, word] of (await states(items)).entries()) {
        expect(word).to.equal(
          encodeState({ head: signed.hashes.heads[i]!, custodian: 2, phase: "active", moved: true, held: false }),
        );
      }
      expect([await balance("producer"), await balance("fleet")]).to.deep.equal([0, 2]);
    });

    it("logs header, items, declined, applied and the signatures that landed", async () => {
      const items = await test.installation.mint("producer", "a", "b");
      const signed = sign(await event("handover", "producer", items, { to: "fleet" }), { declined: 1n });
      const { receipt } = await accepts(signed);
      const log = test.installation.logs(receipt).find(({ name }) => name === "CustodyEventApplied");
      const { digest, header, declined, applied, signatures } = log!.args;
      expect([digest, header, declined, applied, signatures]).to.deep.equal([
        signed.hashes.digest,
        signed.header,
        1n,
        2n,
        signed.signatures,
      ]);
      expect(log!.args.items.map((item: string[]) => [...item])).to.deep.equal(
        signed.event.items.map(({ passportId, prevHead, recordHash }) => [passportId, prevHead, recordHash]),
      );
    });

    it("leaves declined items where they are, without a word, and takes them when they are accepted later", async () => {
      const items = await test.installation.mint("producer", "a", "b", "c");
      const handover = await event("handover", "producer", items, { to: "fleet" });
      const before = await states(items);
      const first = await accepts(sign(handover, { declined: 5n }));
      expect(first.applied.map(({ applied }) => applied)).to.deep.equal([2n]);
      const between = await states(items);
      expect([between[0], between[2]]).to.deep.equal([before[0], before[2]]);
      const { applied, rejected } = await test.installation.submit(sign(handover));
      expect(applied.map((log) => log.applied)).to.deep.equal([5n]);
      expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal([[1n, "StaleHead"]]);
      expect(await balance("fleet")).to.equal(3);
    });

    it("takes 197 of 200", async () => {
      const items = await test.installation.mint("producer", ...Array.from({ length: 200 }, (_, i) => `urn:${i}`));
      const declined = (1n << 3n) | (1n << 77n) | (1n << 199n);
      const { applied } = await accepts(
        sign(await event("handover", "producer", items, { to: "fleet" }), { declined }),
      );
      expect(applied.map((log) => log.applied)).to.deep.equal([((1n << 200n) - 1n) & ~declined]);
      expect([await balance("producer"), await balance("fleet")]).to.deep.equal([3, 197]);
    });

    it("is rejected when everything is declined, or a bit beyond the items is set", async () => {
      const items = await test.installation.mint("producer", "a", "b");
      const handover = await event("handover", "producer", items, { to: "fleet" });
      await rejects(sign(handover, { declined: 3n }), "NothingAccepted");
      for (const declined of [4n, 5n, 1n << 255n]) await rejects(sign(handover, { declined }), "DeclinedOutOfRange");
    });

    it("by who is not the custodian is rejected", async () => {
      const [item] = await test.installation.mint("producer", "a");
      await rejectsItem(sign(await event("handover", "fleet", [item!], { to: "recycler" })), "NotCustodian");
    });

    for (const [name, roles] of Object.entries(ROLE)) {
      if (name === "CUSTODIAN") continue;
      it(`to a ${name} without CUSTODIAN is rejected`, async () => {
        const items = await test.installation.mint("producer", "a");
        await change("fleet", roles);
        await rejects(sign(await event("handover", "producer", items, { to: "fleet" })), "CounterpartyLacksRole");
      });
    }

    it("needs no role of the giver", async () => {
      const items = await test.installation.mint("producer", "a");
      await change("producer", 0);
      await accepts(sign(await event("handover", "producer", items, { to: "fleet" })));
    });

    it("and back within a second keeps every head apart", async () => {
      const items = await test.installation.mint("producer", "a");
      const there = sign(await event("handover", "producer", items, { to: "fleet" }));
      const back = sign(await event("handover", "fleet", following(there), { to: "producer" }));
      const again = sign(await event("handover", "producer", following(back), { to: "fleet" }));
      await accepts(there, back, again);
      expect(new Set([there, back, again].map(({ hashes }) => hashes.heads[0])).size).to.equal(3);
      expect([await balance("producer"), await balance("fleet")]).to.deep.equal([0, 1]);
    });

    it("offered to two receivers goes to the first that lands", async () => {
      const items = await test.installation.mint("producer", "a");
      const first = sign(await event("handover", "producer", items, { to: "fleet" }));
      const second = sign(await event("handover", "producer", items, { to: "recycler" }));
      const { applied, rejected } = await test.installation.submit(first, second);
      expect(applied.map(({ digest }) => digest)).to.deep.equal([first.hashes.digest]);
      expect(rejected).to.deep.equal([
        { digest: second.hashes.digest, eventIndex: 1n, itemIndex: 0n, reason: "StaleHead" },
      ]);
    });
  });

  describe("a withdrawal", () => {
    it("moves the head and nothing else, and outstanding offers die", async () => {
      const items = await test.installation.mint("producer", "a");
      const offer = sign(await event("handover", "producer", items, { to: "fleet" }));
      const withdrawal = sign(await event("withdrawal", "producer", items));
      const outcome = await accepts(withdrawal);
      expect(transfers(outcome)).to.deep.equal([]);
      expect(await states(items)).to.deep.equal([
        encodeState({ head: withdrawal.hashes.heads[0]!, custodian: 1, phase: "active", moved: false, held: false }),
      ]);
      await rejectsItem(offer, "StaleHead");
      expect(await balance("producer")).to.equal(1);
    });
    it("by another is rejected", async () => {
      const items = await test.installation.mint("producer", "a");
      await rejectsItem(sign(await event("withdrawal", "fleet", items)), "NotCustodian");
    });
  });
});
