import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { encodeState, type Item, ZERO_HEAD } from "../../scripts/typedData.ts";
import {
  CAST,
  following,
  governorKeys,
  Installation,
  type Name,
  newItem,
  type Outcome,
  type Reason,
  ROLE,
  SIGNATURE_TYPES,
  type Signed,
  strangerKey,
  WHOLE_EVENT,
} from "./installation.ts";

const DAY = 86_400;

for (const signatureType of SIGNATURE_TYPES) {
  describe(`CustodyLedger (${signatureType})`, () => {
    let installation: Installation;
    let restore: () => Promise<void>;

    before(async () => {
      installation = await Installation.deploy(signatureType);
      const snapshot = await installation.connection.networkHelpers.takeSnapshot();
      restore = () => snapshot.restore();
    });
    afterEach(() => restore());

    const event: Installation["event"] = (...args) => installation.event(...args);
    const sign: Installation["sign"] = (...args) => installation.sign(...args);
    const states = (items: readonly Item[]) =>
      Promise.all(items.map(({ passportId }) => installation.state(passportId)));
    const accepts = async (...signed: Signed[]): Promise<Outcome> => {
      const outcome = await installation.submit(...signed);
      expect(outcome.rejected).to.deep.equal([]);
      return outcome;
    };
    /** The whole event is rejected for this reason, under its digest, and nothing changes. */
    const rejects = async (signed: Signed, reason: Reason, digest = signed.hashes.digest): Promise<void> => {
      const before = await states(signed.event.items);
      const { applied, rejected, receipt } = await installation.submit(signed);
      expect(rejected).to.deep.equal([{ digest, eventIndex: 0n, itemIndex: WHOLE_EVENT, reason }]);
      expect(applied).to.deep.equal([]);
      expect(receipt.logs.length).to.equal(1);
      expect(await states(signed.event.items)).to.deep.equal(before);
    };
    /** The only item is rejected for this reason, and nothing changes. */
    const rejectsItem = async (signed: Signed, reason: Reason): Promise<void> => {
      const before = await states(signed.event.items);
      const { applied, rejected, receipt } = await installation.submit(signed);
      expect(rejected).to.deep.equal([{ digest: signed.hashes.digest, eventIndex: 0n, itemIndex: 0n, reason }]);
      expect(applied).to.deep.equal([]);
      expect(receipt.logs.length).to.equal(1);
      expect(await states(signed.event.items)).to.deep.equal(before);
    };
    const change = (participant: Name, roles: number) =>
      installation.execute("RoleChange", { participantId: CAST[participant].id, roles });
    const suspend = (participant: Name) => installation.execute("Suspension", { participantId: CAST[participant].id });
    const transfers = (outcome: Outcome) =>
      installation
        .logs(outcome.receipt)
        .filter(({ name }) => name === "Transfer")
        .map(({ args }) => [args.from, args.to, args.tokenId]);
    const balance = async (name: Name) =>
      Number(await installation.method("balanceOf").staticCall(installation.firms[name].account));

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
          const { account } = installation.firms[issuer];
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
        const { applied, rejected } = await installation.submit(sign(await event("mint", "producer", [own, foreign])));
        expect(applied.map((log) => log.applied)).to.deep.equal([1n]);
        expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal([[1n, "WrongIssuer"]]);
        expect(await installation.state(foreign.passportId)).to.equal(ZeroHash);
        expect(await balance("producer")).to.equal(1);
      });

      it("of what exists is rejected, whatever has become of it", async () => {
        const [minted] = await installation.mint("producer", "a");
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
        const items = await installation.mint("producer", "a", "b");
        const signed = sign(await event("handover", "producer", items, { to: "fleet" }));
        const outcome = await accepts(signed);
        const [from, to] = [installation.firms.producer.account, installation.firms.fleet.account];
        expect(transfers(outcome)).to.deep.equal(items.map(({ passportId }) => [from, to, BigInt(passportId)]));
        for (const [i, word] of (await states(items)).entries()) {
          expect(word).to.equal(
            encodeState({ head: signed.hashes.heads[i]!, custodian: 2, phase: "active", moved: true, held: false }),
          );
        }
        expect([await balance("producer"), await balance("fleet")]).to.deep.equal([0, 2]);
      });

      it("logs header, items, declined, applied and the signatures that landed", async () => {
        const items = await installation.mint("producer", "a", "b");
        const signed = sign(await event("handover", "producer", items, { to: "fleet" }), { declined: 1n });
        const { receipt } = await accepts(signed);
        const log = installation.logs(receipt).find(({ name }) => name === "CustodyEventApplied");
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
        const items = await installation.mint("producer", "a", "b", "c");
        const handover = await event("handover", "producer", items, { to: "fleet" });
        const before = await states(items);
        const first = await accepts(sign(handover, { declined: 5n }));
        expect(first.applied.map(({ applied }) => applied)).to.deep.equal([2n]);
        const between = await states(items);
        expect([between[0], between[2]]).to.deep.equal([before[0], before[2]]);
        const { applied, rejected } = await installation.submit(sign(handover));
        expect(applied.map((log) => log.applied)).to.deep.equal([5n]);
        expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal([[1n, "StaleHead"]]);
        expect(await balance("fleet")).to.equal(3);
      });

      it("takes 197 of 200", async () => {
        const items = await installation.mint("producer", ...Array.from({ length: 200 }, (_, i) => `urn:${i}`));
        const declined = (1n << 3n) | (1n << 77n) | (1n << 199n);
        const { applied } = await accepts(
          sign(await event("handover", "producer", items, { to: "fleet" }), { declined }),
        );
        expect(applied.map((log) => log.applied)).to.deep.equal([((1n << 200n) - 1n) & ~declined]);
        expect([await balance("producer"), await balance("fleet")]).to.deep.equal([3, 197]);
      });

      it("is rejected when everything is declined, or a bit beyond the items is set", async () => {
        const items = await installation.mint("producer", "a", "b");
        const handover = await event("handover", "producer", items, { to: "fleet" });
        await rejects(sign(handover, { declined: 3n }), "NothingAccepted");
        for (const declined of [4n, 5n, 1n << 255n]) await rejects(sign(handover, { declined }), "DeclinedOutOfRange");
      });

      it("by who is not the custodian is rejected", async () => {
        const [item] = await installation.mint("producer", "a");
        await rejectsItem(sign(await event("handover", "fleet", [item!], { to: "recycler" })), "NotCustodian");
      });

      for (const [name, roles] of Object.entries(ROLE)) {
        if (name === "CUSTODIAN") continue;
        it(`to a ${name} without CUSTODIAN is rejected`, async () => {
          const items = await installation.mint("producer", "a");
          await change("fleet", roles);
          await rejects(sign(await event("handover", "producer", items, { to: "fleet" })), "CounterpartyLacksRole");
        });
      }

      it("needs no role of the giver", async () => {
        const items = await installation.mint("producer", "a");
        await change("producer", 0);
        await accepts(sign(await event("handover", "producer", items, { to: "fleet" })));
      });

      it("and back within a second keeps every head apart", async () => {
        const items = await installation.mint("producer", "a");
        const there = sign(await event("handover", "producer", items, { to: "fleet" }));
        const back = sign(await event("handover", "fleet", following(there), { to: "producer" }));
        const again = sign(await event("handover", "producer", following(back), { to: "fleet" }));
        await accepts(there, back, again);
        expect(new Set([there, back, again].map(({ hashes }) => hashes.heads[0])).size).to.equal(3);
        expect([await balance("producer"), await balance("fleet")]).to.deep.equal([0, 1]);
      });

      it("offered to two receivers goes to the first that lands", async () => {
        const items = await installation.mint("producer", "a");
        const first = sign(await event("handover", "producer", items, { to: "fleet" }));
        const second = sign(await event("handover", "producer", items, { to: "recycler" }));
        const { applied, rejected } = await installation.submit(first, second);
        expect(applied.map(({ digest }) => digest)).to.deep.equal([first.hashes.digest]);
        expect(rejected).to.deep.equal([
          { digest: second.hashes.digest, eventIndex: 1n, itemIndex: 0n, reason: "StaleHead" },
        ]);
      });
    });

    describe("a withdrawal", () => {
      it("moves the head and nothing else, and outstanding offers die", async () => {
        const items = await installation.mint("producer", "a");
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
        const items = await installation.mint("producer", "a");
        await rejectsItem(sign(await event("withdrawal", "fleet", items)), "NotCustodian");
      });
    });

    describe("a transformation", () => {
      let packs: Item[];
      beforeEach(async () => {
        packs = await installation.handOver("producer", "workshop", await installation.mint("producer", "p", "q"));
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
            expect(await installation.state(item.passportId)).to.equal(
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
        const taken = await installation.mint("producer", "elsewhere");
        const items = [...packs, ...taken, ...outputs("x")];
        const signed = sign(await event("transformation", "workshop", items));
        const before = await states(items);
        const { applied, rejected } = await installation.submit(signed);
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
        const first = await installation.submit(wrong);
        expect(first.rejected.map(({ reason }) => reason)).to.deep.equal(["TransformationIncomplete", "WrongIssuer"]);
        await accepts(sign(await event("transformation", "workshop", [packs[0]!, ...outputs("x")])));
        const { rejected } = await installation.submit(
          sign(await event("transformation", "workshop", [packs[1]!, ...outputs("x")])),
        );
        expect(rejected.map(({ reason }) => reason)).to.deep.equal(["TransformationIncomplete", "AlreadyExists"]);
      });

      it("uses no parent twice", async () => {
        await accepts(sign(await event("transformation", "workshop", [packs[0]!, ...outputs("x")])));
        const { rejected } = await installation.submit(
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
        const items = await installation.handOver("producer", "recycler", await installation.mint("producer", "a"));
        const signed = sign(await event("closure", "recycler", items));
        expect(transfers(await accepts(signed))).to.deep.equal([]);
        expect(await states(items)).to.deep.equal([
          encodeState({ head: signed.hashes.heads[0]!, custodian: 4, phase: "closed", moved: true, held: false }),
        ]);
        expect(await balance("recycler")).to.equal(1);
        const owner = await installation.method("ownerOf").staticCall(items[0]!.passportId);
        expect(owner).to.equal(installation.firms.recycler.account);
      });

      it("by another recycler is rejected", async () => {
        const items = await installation.mint("producer", "a");
        await rejectsItem(sign(await event("closure", "recycler", items)), "NotCustodian");
      });

      for (const [name, roles] of Object.entries(ROLE)) {
        if (name === "RECYCLER") continue;
        it(`by a ${name} is rejected`, async () => {
          const items = await installation.mint("producer", "a");
          await change("producer", roles);
          await rejects(sign(await event("closure", "producer", items)), "ActorLacksRole");
        });
      }

      it("is the end: nothing follows it", async () => {
        const items = await installation.handOver("producer", "recycler", await installation.mint("producer", "a"));
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
        const items = await installation.mint("producer", "a");
        const signed = sign(await event("void", "producer", items));
        await accepts(signed);
        expect(await states(items)).to.deep.equal([
          encodeState({ head: signed.hashes.heads[0]!, custodian: 1, phase: "void", moved: false, held: false }),
        ]);
      });

      it("is possible after a withdrawal, which is no move", async () => {
        const items = await installation.mint("producer", "a");
        const withdrawal = sign(await event("withdrawal", "producer", items));
        await accepts(withdrawal, sign(await event("void", "producer", following(withdrawal))));
      });

      it("is too late once it has moved, even when it came back", async () => {
        const items = await installation.handOver("producer", "fleet", await installation.mint("producer", "a"));
        const back = await installation.handOver("fleet", "producer", items);
        await rejectsItem(sign(await event("void", "producer", back)), "AlreadyMoved");
      });

      it("is the issuer's alone", async () => {
        const items = await installation.handOver("producer", "fleet", await installation.mint("producer", "a"));
        await rejectsItem(sign(await event("void", "fleet", items)), "WrongIssuer");
        await rejectsItem(sign(await event("void", "producer", items)), "NotCustodian");
      });
    });

    describe("a reassignment", () => {
      it("moves custody without the custodian, by quorum and receiver, from several custodians at once", async () => {
        const [a] = await installation.mint("producer", "a");
        const [b] = await installation.handOver("producer", "fleet", await installation.mint("producer", "b"));
        await suspend("producer");
        const signed = sign(await event("reassignment", 0, [a!, b!], { to: "recycler" }));
        const outcome = await accepts(signed);
        const accounts = Object.fromEntries(
          Object.entries(installation.firms).map(([name, firm]) => [name, firm.account]),
        );
        const giver = (item: Item) => (item.passportId === a!.passportId ? accounts.producer : accounts.fleet);
        expect(transfers(outcome)).to.deep.equal(
          signed.event.items.map((item) => [giver(item), accounts.recycler, BigInt(item.passportId)]),
        );
        for (const [i, item] of signed.event.items.entries()) {
          expect(await installation.state(item.passportId)).to.equal(
            encodeState({ head: signed.hashes.heads[i]!, custodian: 4, phase: "active", moved: true, held: false }),
          );
        }
        expect([await balance("producer"), await balance("fleet"), await balance("recycler")]).to.deep.equal([0, 0, 2]);
      });

      it("needs the quorum, in order, and its receiver", async () => {
        const items = await installation.mint("producer", "a");
        const order = await event("reassignment", 0, items, { to: "fleet" });
        const [a, b, c] = governorKeys;
        for (const keys of [[a!], [b!, a!], [a!, a!], [a!, strangerKey], [a!, b!, strangerKey]]) {
          await rejects(sign(order, { governorKeys: keys }), "BadQuorum");
        }
        await rejects(sign(order, { counterpartyKey: strangerKey }), "BadCounterpartySignature");
        await accepts(sign(order, { governorKeys: [b!, c!] }));
      });

      it("by all governors, or with a declined item, is applied", async () => {
        const items = await installation.mint("producer", "a", "b");
        const order = await event("reassignment", 0, items, { to: "fleet" });
        const { applied } = await accepts(sign(order, { governorKeys, declined: 1n }));
        expect(applied.map((log) => log.applied)).to.deep.equal([2n]);
      });

      it("to who may not keep batteries, or is suspended, is rejected", async () => {
        const items = await installation.mint("producer", "a");
        await rejects(sign(await event("reassignment", 0, items, { to: "regulator" })), "CounterpartyLacksRole");
        await suspend("fleet");
        await rejects(sign(await event("reassignment", 0, items, { to: "fleet" })), "CounterpartyInactive");
      });
    });

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
        const items = await installation.mint("producer", "a");
        for (const kind of ["mint", "handover", "withdrawal", "transformation", "closure", "void"] as const) {
          const to = kind === "handover" ? { to: "fleet" as const } : {};
          await rejects(sign(await event(kind, 0, items, to)), "MalformedHeader", ZeroHash);
        }
        for (const kind of ["mint", "withdrawal", "transformation", "closure", "void"] as const) {
          await rejects(sign(await event(kind, "producer", items, { to: "fleet" })), "MalformedHeader", ZeroHash);
        }
        await rejects(sign(await event("handover", "producer", items)), "MalformedHeader", ZeroHash);
        await rejects(sign(await event("reassignment", 0, items)), "MalformedHeader", ZeroHash);
        await rejects(
          sign(await event("reassignment", "producer", items, { to: "fleet" })),
          "MalformedHeader",
          ZeroHash,
        );
        await rejects(
          sign(await event("handover", "producer", items, { to: "producer" })),
          "MalformedHeader",
          ZeroHash,
        );
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
        await installation.execute("RoleChange", { participantId: 1, roles: ROLE.PRODUCER });
        const lowest = { ...newItem(1, "a"), passportId: `0x000001${"00".repeat(17)}` };
        const highest = { ...newItem(1, "b"), passportId: `0x000001${"ff".repeat(17)}` };
        await accepts(sign(await event("mint", "producer", [lowest, highest])));
      });

      it("are declined only where somebody receives", async () => {
        const items = await installation.mint("producer", "a", "b");
        const signed = sign(await event("withdrawal", "producer", items));
        await rejects({ ...signed, declined: 1n }, "DeclinedOutOfRange");
      });

      it("of a passport unknown as yet are stale, not dead: their event may land again after its predecessor", async () => {
        const mint = sign(await event("mint", "producer", [newItem(1, "a")]));
        const handover = sign(await event("handover", "producer", following(mint), { to: "fleet" }));
        const { applied, rejected } = await installation.submit(handover, mint, handover);
        expect(rejected).to.deep.equal([
          { digest: handover.hashes.digest, eventIndex: 0n, itemIndex: 0n, reason: "StaleHead" },
        ]);
        expect(applied.map(({ digest }) => digest)).to.deep.equal([mint.hashes.digest, handover.hashes.digest]);
      });

      it("that are bad are skipped, and the good ones beside them applied", async () => {
        const [a, b, c] = await installation.mint("producer", "a", "b", "c");
        const stale = { ...b!, prevHead: `0x${"ab".repeat(28)}` };
        const signed = sign(await event("handover", "producer", [a!, stale, c!], { to: "fleet" }));
        const { applied, rejected } = await installation.submit(signed);
        expect(applied.map((log) => log.applied)).to.deep.equal([5n]);
        expect(rejected.map(({ itemIndex, reason }) => [itemIndex, reason])).to.deep.equal([[1n, "StaleHead"]]);
        expect([await balance("producer"), await balance("fleet")]).to.deep.equal([1, 2]);
      });
    });

    describe("times", () => {
      it("hold from the block's time to 30 days ahead, seconds included", async () => {
        const { time } = installation.connection.networkHelpers;
        const next = (await installation.now()) + 100;
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
        const { time } = installation.connection.networkHelpers;
        const next = (await installation.now()) + 100;
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
        const items = await installation.mint("producer", "a");
        const signed = sign(await event("handover", "producer", items, { to: "fleet" }));
        await suspend("fleet");
        await rejects(signed, "CounterpartyInactive");
        await suspend("producer");
        await rejects(signed, "ActorInactive");
        await installation.execute("Reinstatement", { participantId: 1 });
        await installation.execute("Reinstatement", { participantId: 2 });
        await accepts(signed);
      });

      it("that were never admitted are inactive", async () => {
        const items = await installation.mint("producer", "a");
        await rejects(sign(await event("handover", 99, items, { to: "fleet" })), "ActorInactive");
        await rejects(sign(await event("handover", "producer", items, { to: 99 })), "CounterpartyInactive");
      });
    });

    describe("signatures", () => {
      it("are the actor's and the receiver's, in this order, and nobody else's", async () => {
        const items = await installation.mint("producer", "a");
        const handover = await event("handover", "producer", items, { to: "fleet" });
        await rejects(sign(handover, { actorKey: strangerKey }), "BadActorSignature");
        await rejects(sign(handover, { actorKey: installation.firms.fleet.key }), "BadActorSignature");
        await rejects(sign(handover, { counterpartyKey: strangerKey }), "BadCounterpartySignature");
        await rejects(sign(handover, { counterpartyKey: installation.firms.producer.key }), "BadCounterpartySignature");
        await rejects(sign(handover, { declined: 0n, acceptedDeclined: 1n }), "BadCounterpartySignature");
      });

      it("of a rotated key no longer count, and those of its successor do", async () => {
        const signed = sign(await event("mint", "producer", [newItem(1, "a")]));
        const { signer } = installation.firms.fleet;
        await installation.execute("SignerRotation", { participantId: 1, signer });
        await rejects(signed, "BadActorSignature");
        await accepts(sign(signed.event, { actorKey: installation.firms.fleet.key }));
      });
    });

    describe("submit", () => {
      it("applies in order, any kinds and participants, and goes on after what it rejects", async () => {
        const mint = sign(await event("mint", "producer", [newItem(1, "a")]));
        const forged = sign(await event("mint", "producer", [newItem(1, "b")]), { actorKey: strangerKey });
        const other = sign(await event("mint", "registrar", [newItem(7, "c")]));
        const handover = sign(await event("handover", "producer", following(mint), { to: "recycler" }));
        const closure = sign(await event("closure", "recycler", following(handover)));
        const { applied, rejected } = await installation.submit(mint, forged, other, handover, closure);
        expect(applied.map(({ digest }) => digest)).to.deep.equal(
          [mint, other, handover, closure].map(({ hashes }) => hashes.digest),
        );
        expect(rejected.map(({ eventIndex, reason }) => [eventIndex, reason])).to.deep.equal([
          [1n, "BadActorSignature"],
        ]);
      });

      it("changes nothing when anything applied is replayed, in any order", async () => {
        const mint = sign(await event("mint", "producer", [newItem(1, "a"), newItem(1, "b")]));
        const handover = sign(await event("handover", "producer", following(mint), { to: "workshop" }));
        const split = sign(await event("transformation", "workshop", [following(handover)[0]!, newItem(3, "c")]));
        const all = [mint, handover, split];
        await accepts(...all);
        const items = all.flatMap((signed) => signed.event.items);
        const before = await states(items);
        const { applied, rejected } = await installation.submit(...all, ...[...all].reverse());
        expect(applied).to.deep.equal([]);
        expect(rejected.length).to.equal(12);
        expect(await states(items)).to.deep.equal(before);
        expect([await balance("producer"), await balance("workshop")]).to.deep.equal([0, 3]);
      });

      it("takes nothing at all", async () => {
        expect((await installation.submit()).receipt.logs).to.deep.equal([]);
      });

      it("is open to everybody", async () => {
        const signed = sign(await event("mint", "producer", [newItem(1, "a")]));
        const { ethers } = installation.connection;
        const anybody = (await ethers.getSigners())[19]!;
        const contract = installation.contract.connect(anybody) as typeof installation.contract;
        const {
          header,
          event: { items },
          declined,
          signatures,
        } = signed;
        await contract.getFunction("submit")([{ header, items, declined, signatures }]);
        expect(await installation.state(items[0]!.passportId)).not.to.equal(ZeroHash);
      });
    });

    it("reads many passports in the order asked, with zero for what does not exist", async () => {
      const items = await installation.mint("producer", "a", "b");
      const asked = [items[1]!.passportId, `0x${"99".repeat(20)}`, items[0]!.passportId];
      const words = await states([items[1]!, items[0]!]);
      expect([...(await installation.method("passports").staticCall(asked))]).to.deep.equal([
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
}
