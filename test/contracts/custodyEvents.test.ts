import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { describeCustody } from "./custodyTest.ts";
import { following, newItem, ROLE, type Signed, strangerKey } from "./installation.ts";

const DAY = 86_400;

describeCustody("events as a whole", (test) => {
  const { restore, event, sign, states, accepts, rejects, suspend, balance } = test;

  describe("a header", () => {
    const withHeader = (signed: Signed, change: (word: bigint) => bigint): Signed => ({
      ...signed,
      header: `0x${change(BigInt(signed.header)).toString(16).padStart(64, "0")}`,
    });

    it("of an unknown kind is rejected without a digest", async () => {
      const signed = sign(await event("mint", "producer", [newItem(1, "a")]));
      for (const kind of [0n, 8n, 255n]) {
        const word = (header: bigint) => (header & ((1n << 248n) - 1n)) | (kind << 248n);
        await rejects(withHeader(signed, word), "UnknownKind", ZeroHash);
      }
    });

    it("with any reserved bit is rejected", async () => {
      const signed = sign(await event("mint", "producer", [newItem(1, "a")]));
      for (const bit of [16n, 60n, 119n]) {
        await rejects(
          withHeader(signed, (header) => header | (1n << bit)),
          "MalformedHeader",
          ZeroHash,
        );
      }
    });

    it("has an actor, except for a reassignment; a counterparty, only where somebody receives; and two different ones", async () => {
      const items = await test.installation.mint("producer", "a");
      for (const kind of ["mint", "handover", "withdrawal", "transformation", "closure", "void"] as const) {
        const to = kind === "handover" ? { to: "fleet" as const } : {};
        await rejects(sign(await event(kind, 0, items, to)), "MalformedHeader", ZeroHash);
      }
      for (const kind of ["mint", "withdrawal", "transformation", "closure", "void"] as const) {
        await rejects(sign(await event(kind, "producer", items, { to: "fleet" })), "MalformedHeader", ZeroHash);
      }
      await rejects(sign(await event("handover", "producer", items)), "MalformedHeader", ZeroHash);
      await rejects(sign(await event("reassignment", 0, items)), "MalformedHeader", ZeroHash);
      await rejects(sign(await event("reassignment", "producer", items, { to: "fleet" })), "MalformedHeader", ZeroHash);
      await rejects(sign(await event("handover", "producer", items, { to: "producer" })), "MalformedHeader", ZeroHash);
    });
  });

  describe("items", () => {
    it("number 1 to 200", async () => {
      await rejects(sign(await event("mint", "producer", [])), "BadItemCount", ZeroHash);
      const many = Array.from({ length: 201 }, (_, i) => newItem(1, `urn:${i}`));
      await rejects(sign(await event("mint", "producer", many)), "BadItemCount", ZeroHash);
      await accepts(sign(await event("mint", "producer", many.slice(0, 200))));
    });

    it("are strictly ascending by passport id", async () => {
      const mint = await event(
        "mint",
        "producer",
        ["a", "b", "c"].map((uid) => newItem(1, uid)),
      );
      const [a, b, c] = mint.items;
      for (const items of [
        [b!, a!, c!],
        [a!, c!, b!],
        [a!, a!, b!],
        [a!, b!, b!],
      ]) {
        await rejects(sign({ ...mint, items }), "ItemsNotAscending");
      }
    });

    it("may carry the lowest and the highest id", async () => {
      await test.installation.execute("RoleChange", { participantId: 1, roles: ROLE.PRODUCER });
      const lowest = { ...newItem(1, "a"), passportId: `0x000001${"00".repeat(17)}` };
      const highest = { ...newItem(1, "b"), passportId: `0x000001${"ff".repeat(17)}` };
      await accepts(sign(await event("mint", "producer", [lowest, highest])));
    });

    it("are declined only where somebody receives", async () => {
      const items = await test.installation.mint("producer", "a", "b");
      const signed = sign(await event("withdrawal", "producer", items));
      await rejects({ ...signed, declined: 1n }, "DeclinedOutOfRange");
    });

    it("of a passport unknown as yet are stale, not dead: their event may land again after its predecessor", async () => {
      const mint = sign(await event("mint", "producer", [newItem(1, "a")]));
      const handover = sign(await event("handover", "producer", following(mint), { to: "fleet" }));
      const { applied, rejected } = await test.installation.submit(handover, mint, handover);
      expect(rejected).to.deep.equal([
        { digest: handover.hashes.digest, eventIndex: 0n, itemIndex: 0n, reason: "StaleHead" },
      ]);
      expect(applied.map(({ digest }) => digest)).to.deep.equal([mint.hashes.digest, handover.hashes.digest]);
    });

    it("that are bad are skipped, and the good ones beside them applied", async () => {
      const [a, b, c] = await test.installation.mint("producer", "a", "b", "c");
      const stale = { ...b!, prevHead: `0x${"ab".repeat(28)}` };
      const signed = sign(await event("handover", "producer", [a!, stale, c!], { to: "fleet" }));
      const { applied, rejected } = await test.installation.submit(signed);
      expect(applied.map((log) => log.applied)).to.deep.equal([5n]);
      expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal([[1n, "StaleHead"]]);
      expect([await balance("producer"), await balance("fleet")]).to.deep.equal([1, 2]);
    });
  });

  describe("times", () => {
    it("hold from the block's time to 30 days ahead, seconds included", async () => {
      const { time } = test.installation.connection.networkHelpers;
      const next = (await test.installation.now()) + 100;
      for (const [deadline, reason] of [
        [next - 1, "DeadlinePassed"],
        [next, null],
        [next + 30 * DAY, null],
        [next + 30 * DAY + 1, "DeadlineTooFar"],
      ] as const) {
        const signed = sign(await event("mint", "producer", [newItem(1, `a${deadline}`)], { deadline }));
        await time.setNextBlockTimestamp(next);
        if (reason === null) await accepts(signed);
        else await rejects(signed, reason);
        await restore();
      }
    });

    it("claim what happened at most 15 minutes ahead, and as long ago as they like", async () => {
      const { time } = test.installation.connection.networkHelpers;
      const next = (await test.installation.now()) + 100;
      for (const [occurredAt, reason] of [
        [0, null],
        [next + 900, null],
        [next + 901, "OccurredInFuture"],
        [2 ** 40 - 1, "OccurredInFuture"],
      ] as const) {
        const signed = sign(await event("mint", "producer", [newItem(1, `a${occurredAt}`)], { occurredAt }));
        await time.setNextBlockTimestamp(next);
        if (reason === null) await accepts(signed);
        else await rejects(signed, reason);
        await restore();
      }
    });
  });

  describe("parties", () => {
    it("are active at inclusion, whatever they were when they signed", async () => {
      const items = await test.installation.mint("producer", "a");
      const signed = sign(await event("handover", "producer", items, { to: "fleet" }));
      await suspend("fleet");
      await rejects(signed, "CounterpartyInactive");
      await suspend("producer");
      await rejects(signed, "ActorInactive");
      await test.installation.execute("Reinstatement", { participantId: 1 });
      await test.installation.execute("Reinstatement", { participantId: 2 });
      await accepts(signed);
    });

    it("that were never admitted are inactive", async () => {
      const items = await test.installation.mint("producer", "a");
      await rejects(sign(await event("handover", 99, items, { to: "fleet" })), "ActorInactive");
      await rejects(sign(await event("handover", "producer", items, { to: 99 })), "CounterpartyInactive");
    });
  });

  describe("signatures", () => {
    it("are the actor's and the receiver's, in this order, and nobody else's", async () => {
      const items = await test.installation.mint("producer", "a");
      const handover = await event("handover", "producer", items, { to: "fleet" });
      await rejects(sign(handover, { actorKey: strangerKey }), "BadActorSignature");
      await rejects(sign(handover, { actorKey: test.installation.firms.fleet.key }), "BadActorSignature");
      await rejects(sign(handover, { counterpartyKey: strangerKey }), "BadCounterpartySignature");
      await rejects(
        sign(handover, { counterpartyKey: test.installation.firms.producer.key }),
        "BadCounterpartySignature",
      );
      await rejects(sign(handover, { declined: 0n, acceptedDeclined: 1n }), "BadCounterpartySignature");
    });

    it("of a rotated key no longer count, and those of its successor do", async () => {
      const signed = sign(await event("mint", "producer", [newItem(1, "a")]));
      const { signer } = test.installation.firms.fleet;
      await test.installation.execute("SignerRotation", { participantId: 1, signer });
      await rejects(signed, "BadActorSignature");
      await accepts(sign(signed.event, { actorKey: test.installation.firms.fleet.key }));
    });
  });

  describe("submit", () => {
    it("applies in order, any kinds and participants, and goes on after what it rejects", async () => {
      const mint = sign(await event("mint", "producer", [newItem(1, "a")]));
      const forged = sign(await event("mint", "producer", [newItem(1, "b")]), { actorKey: strangerKey });
      const other = sign(await event("mint", "registrar", [newItem(7, "c")]));
      const handover = sign(await event("handover", "producer", following(mint), { to: "recycler" }));
      const closure = sign(await event("closure", "recycler", following(handover)));
      const { applied, rejected } = await test.installation.submit(mint, forged, other, handover, closure);
      expect(applied.map(({ digest }) => digest)).to.deep.equal(
        [mint, other, handover, closure].map(({ hashes }) => hashes.digest),
      );
      expect(rejected.map(({ eventIndex, reason }) => [eventIndex, reason])).to.deep.equal([[1n, "BadActorSignature"]]);
    });

    it("changes nothing when anything applied is replayed, in any order", async () => {
      const mint = sign(await event("mint", "producer", [newItem(1, "a"), newItem(1, "b")]));
      const handover = sign(await event("handover", "producer", following(mint), { to: "workshop" }));
      const split = sign(await event("transformation", "workshop", [following(handover)[0]!, newItem(3, "c")]));
      const all = [mint, handover, split];
      await accepts(...all);
      const items = all.flatMap((signed) => signed.event.items);
      const before = await states(items);
      const { applied, rejected } = await test.installation.submit(...all, ...[...all].reverse());
      expect(applied).to.deep.equal([]);
      expect(rejected.length).to.equal(12);
      expect(await states(items)).to.deep.equal(before);
      expect([await balance("producer"), await balance("workshop")]).to.deep.equal([0, 3]);
    });

    it("takes nothing at all", async () => {
      expect((await test.installation.submit()).receipt.logs).to.deep.equal([]);
    });

    it("is open to everybody", async () => {
      const signed = sign(await event("mint", "producer", [newItem(1, "a")]));
      const { ethers } = test.installation.connection;
      const anybody = (await ethers.getSigners())[19]!;
      const contract = test.installation.contract.connect(anybody) as typeof test.installation.contract;
      const {
        header,
        event: { items },
        declined,
        signatures,
      } = signed;
      await contract.getFunction("submit")([{ header, items, declined, signatures }]);
      expect(await test.installation.state(items[0]!.passportId)).not.to.equal(ZeroHash);
    });
  });

  it("reads many passports in the order asked, with zero for what does not exist", async () => {
    const items = await test.installation.mint("producer", "a", "b");
    const asked = [items[1]!.passportId, `0x${"99".repeat(20)}`, items[0]!.passportId];
    const words = await states([items[1]!, items[0]!]);
    expect([...(await test.installation.method("passports").staticCall(asked))]).to.deep.equal([
      words[0],
      ZeroHash,
      words[1],
    ]);
  });

  it("keeps record hashes in the heads alone", async () => {
    const mint = await event("mint", "producer", [newItem(1, "a")]);
    const other = { ...mint, items: [{ ...mint.items[0]!, recordHash: id("another record") }] };
    expect(sign(mint).hashes.heads).not.to.deep.equal(sign(other).hashes.heads);
  });
});
