import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { encodeState, type Item, ZERO_HEAD } from "../../scripts/typedData.ts";
import { describeCustody } from "./custodyTest.ts";
import { CAST, following, governorKeys, newItem, type Reason, ROLE, type Signed, strangerKey } from "./installation.ts";

describeCustody("what ends and what the quorum orders", (test) => {
  const { event, sign, states, accepts, rejects, rejectsItem, change, suspend, transfers, balance } = test;

  describe("a transformation", () => {
    let packs: Item[];
    beforeEach(async () => {
      packs = await test.installation.handOver(
        "producer",
        "workshop",
        await test.installation.mint("producer", "p", "q"),
      );
    });
    const outputs = (...uids: string[]) => uids.map((uid) => newItem(CAST.workshop.id, uid));

    for (const [name, given, uids] of [
      ["splits one into many", 1, ["x", "y", "z"]],
      ["merges many into one", 2, ["x"]],
      ["makes many of many", 2, ["x", "y", "z"]],
    ] as const) {
      it(`${name}: inputs end and outputs begin at the actor`, async () => {
        const inputs = packs.slice(0, given);
        const signed = sign(await event("transformation", "workshop", [...inputs, ...outputs(...uids)]));
        const outcome = await accepts(signed);
        const everything = signed.event.items.length;
        expect(outcome.applied.map(({ applied }) => applied)).to.deep.equal([(1n << BigInt(everything)) - 1n]);
        for (const [i, item] of signed.event.items.entries()) {
          const head = signed.hashes.heads[i]!;
          const created = item.prevHead === ZERO_HEAD;
          expect(await test.installation.state(item.passportId)).to.equal(
            encodeState({
              head,
              custodian: 3,
              phase: created ? "active" : "transformed",
              moved: !created,
              held: false,
            }),
          );
        }
        expect(transfers(outcome).map(([from]) => from)).to.deep.equal(uids.map(() => ZeroAddress));
        expect(await balance("workshop")).to.equal(2 + uids.length);
      });
    }

    it("commits every item to all the others", async () => {
      const short = sign(await event("transformation", "workshop", [packs[0]!, ...outputs("x")]));
      const long = sign(await event("transformation", "workshop", [...packs, ...outputs("x")]));
      const at = (signed: Signed) =>
        signed.hashes.heads[signed.event.items.findIndex((item) => item.prevHead === ZERO_HEAD)];
      expect(at(short)).not.to.equal(at(long));
    });

    it("is all or nothing: the bad items name their reason, the others that they wait for them", async () => {
      const taken = await test.installation.mint("producer", "elsewhere");
      const items = [...packs, ...taken, ...outputs("x")];
      const signed = sign(await event("transformation", "workshop", items));
      const before = await states(items);
      const { applied, rejected } = await test.installation.submit(signed);
      expect(applied).to.deep.equal([]);
      const reasonOf = ({ passportId }: Item): Reason =>
        passportId === taken[0]!.passportId ? "NotCustodian" : "TransformationIncomplete";
      expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal(
        signed.event.items.map((item, i) => [BigInt(i), reasonOf(item)]),
      );
      expect(await states(items)).to.deep.equal(before);
      expect(await balance("workshop")).to.equal(2);
    });

    it("is rejected without inputs and without outputs", async () => {
      await rejects(sign(await event("transformation", "workshop", outputs("x"))), "NoInputs");
      await rejects(sign(await event("transformation", "workshop", packs)), "NoOutputs");
    });

    it("creates only under the actor's own id, and only what does not exist", async () => {
      const wrong = sign(await event("transformation", "workshop", [packs[0]!, newItem(CAST.recycler.id, "x")]));
      const first = await test.installation.submit(wrong);
      expect(first.rejected.map(({ reason }) => reason)).to.deep.equal(["TransformationIncomplete", "WrongIssuer"]);
      await accepts(sign(await event("transformation", "workshop", [packs[0]!, ...outputs("x")])));
      const { rejected } = await test.installation.submit(
        sign(await event("transformation", "workshop", [packs[1]!, ...outputs("x")])),
      );
      expect(rejected.map(({ reason }) => reason)).to.deep.equal(["TransformationIncomplete", "AlreadyExists"]);
    });

    it("uses no parent twice", async () => {
      await accepts(sign(await event("transformation", "workshop", [packs[0]!, ...outputs("x")])));
      const { rejected } = await test.installation.submit(
        sign(await event("transformation", "workshop", [packs[0]!, ...outputs("y")])),
      );
      expect(rejected.map(({ reason }) => reason)).to.deep.equal(["NotActive", "TransformationIncomplete"]);
    });

    for (const [name, roles] of Object.entries(ROLE)) {
      const entitled = ["PRODUCER", "SECOND_LIFE", "DISMANTLER", "RECYCLER"].includes(name);
      it(`by a ${name} is ${entitled ? "applied" : "rejected"}`, async () => {
        await change("workshop", roles);
        const signed = sign(await event("transformation", "workshop", [packs[0]!, ...outputs("x")]));
        if (entitled) await accepts(signed);
        else await rejects(signed, "ActorLacksRole");
      });
    }
  });

  describe("a closure", () => {
    it("ends: no burn, no transfer, and the owner stays", async () => {
      const items = await test.installation.handOver(
        "producer",
        "recycler",
        await test.installation.mint("producer", "a"),
      );
      const signed = sign(await event("closure", "recycler", items));
      expect(transfers(await accepts(signed))).to.deep.equal([]);
      expect(await states(items)).to.deep.equal([
        encodeState({ head: signed.hashes.heads[0]!, custodian: 4, phase: "closed", moved: true, held: false }),
      ]);
      expect(await balance("recycler")).to.equal(1);
      const owner = await test.installation.method("ownerOf").staticCall(items[0]!.passportId);
      expect(owner).to.equal(test.installation.firms.recycler.account);
    });

    it("by another recycler is rejected", async () => {
      const items = await test.installation.mint("producer", "a");
      await rejectsItem(sign(await event("closure", "recycler", items)), "NotCustodian");
    });

    for (const [name, roles] of Object.entries(ROLE)) {
      if (name === "RECYCLER") continue;
      it(`by a ${name} is rejected`, async () => {
        const items = await test.installation.mint("producer", "a");
        await change("producer", roles);
        await rejects(sign(await event("closure", "producer", items)), "ActorLacksRole");
      });
    }

    it("is the end: nothing follows it", async () => {
      const items = await test.installation.handOver(
        "producer",
        "recycler",
        await test.installation.mint("producer", "a"),
      );
      const closure = sign(await event("closure", "recycler", items));
      await accepts(closure);
      const [ended] = following(closure);
      await rejectsItem(sign(await event("handover", "recycler", [ended!], { to: "fleet" })), "NotActive");
      await rejectsItem(sign(await event("withdrawal", "recycler", [ended!])), "NotActive");
      await rejectsItem(sign(await event("closure", "recycler", [ended!])), "NotActive");
      await rejectsItem(sign(await event("reassignment", 0, [ended!], { to: "fleet" })), "NotActive");
    });
  });

  describe("a void", () => {
    it("ends a misprint that never moved", async () => {
      const items = await test.installation.mint("producer", "a");
      const signed = sign(await event("void", "producer", items));
      await accepts(signed);
      expect(await states(items)).to.deep.equal([
        encodeState({ head: signed.hashes.heads[0]!, custodian: 1, phase: "void", moved: false, held: false }),
      ]);
    });

    it("is possible after a withdrawal, which is no move", async () => {
      const items = await test.installation.mint("producer", "a");
      const withdrawal = sign(await event("withdrawal", "producer", items));
      await accepts(withdrawal, sign(await event("void", "producer", following(withdrawal))));
    });

    it("is too late once it has moved, even when it came back", async () => {
      const items = await test.installation.handOver(
        "producer",
        "fleet",
        await test.installation.mint("producer", "a"),
      );
      const back = await test.installation.handOver("fleet", "producer", items);
      await rejectsItem(sign(await event("void", "producer", back)), "AlreadyMoved");
    });

    it("is the issuer's alone", async () => {
      const items = await test.installation.handOver(
        "producer",
        "fleet",
        await test.installation.mint("producer", "a"),
      );
      await rejectsItem(sign(await event("void", "fleet", items)), "WrongIssuer");
      await rejectsItem(sign(await event("void", "producer", items)), "NotCustodian");
    });
  });

  describe("a reassignment", () => {
    it("moves custody without the custodian, by quorum and receiver, from several custodians at once", async () => {
      const [a] = await test.installation.mint("producer", "a");
      const [b] = await test.installation.handOver("producer", "fleet", await test.installation.mint("producer", "b"));
      await suspend("producer");
      const signed = sign(await event("reassignment", 0, [a!, b!], { to: "recycler" }));
      const outcome = await accepts(signed);
      const accounts = Object.fromEntries(
        Object.entries(test.installation.firms).map(([name, firm]) => [name, firm.account]),
      );
      const giver = (item: Item) => (item.passportId === a!.passportId ? accounts.producer : accounts.fleet);
      expect(transfers(outcome)).to.deep.equal(
        signed.event.items.map((item) => [giver(item), accounts.recycler, BigInt(item.passportId)]),
      );
      for (const [i, item] of signed.event.items.entries()) {
        expect(await test.installation.state(item.passportId)).to.equal(
          encodeState({ head: signed.hashes.heads[i]!, custodian: 4, phase: "active", moved: true, held: false }),
        );
      }
      expect([await balance("producer"), await balance("fleet"), await balance("recycler")]).to.deep.equal([0, 0, 2]);
    });

    it("needs the quorum, in order, and its receiver", async () => {
      const items = await test.installation.mint("producer", "a");
      const order = await event("reassignment", 0, items, { to: "fleet" });
      const [a, b, c] = governorKeys;
      for (const keys of [[a!], [b!, a!], [a!, a!], [a!, strangerKey], [a!, b!, strangerKey]]) {
        await rejects(sign(order, { governorKeys: keys }), "BadQuorum");
      }
      await rejects(sign(order, { counterpartyKey: strangerKey }), "BadCounterpartySignature");
      await accepts(sign(order, { governorKeys: [b!, c!] }));
    });

    it("by all governors, or with a declined item, is applied", async () => {
      const items = await test.installation.mint("producer", "a", "b");
      const order = await event("reassignment", 0, items, { to: "fleet" });
      const { applied } = await accepts(sign(order, { governorKeys, declined: 1n }));
      expect(applied.map((log) => log.applied)).to.deep.equal([2n]);
    });

    it("to who may not keep batteries, or is suspended, is rejected", async () => {
      const items = await test.installation.mint("producer", "a");
      await rejects(sign(await event("reassignment", 0, items, { to: "regulator" })), "CounterpartyLacksRole");
      await suspend("fleet");
      await rejects(sign(await event("reassignment", 0, items, { to: "fleet" })), "CounterpartyInactive");
    });
  });
});
