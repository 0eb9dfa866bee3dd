import { expect } from "chai";
import { ZeroHash } from "ethers";
import type { Item } from "../../scripts/typedData.ts";
import {
  CAST,
  following,
  governorKeys,
  Installation,
  newItem,
  ROLE,
  SIGNATURE_TYPES,
  strangerKey,
} from "./installation.ts";

const DAY = 86_400;

for (const signatureType of SIGNATURE_TYPES) {
  describe(`PassportHolds (${signatureType})`, () => {
    let installation: Installation;
    let item: Item;
    let restore: () => Promise<void>;

    before(async () => {
      installation = await Installation.deploy(signatureType);
      const [minted] = await installation.mint("producer", "a");
      item = minted!;
      const snapshot = await installation.connection.networkHelpers.takeSnapshot();
      restore = () => snapshot.restore();
    });
    afterEach(() => restore());

    const refused = (work: Promise<unknown>, error: string, ...args: unknown[]) => {
      const refusal = expect(work).to.be.revertedWithCustomError(installation.contract, error);
      return args.length === 0 ? refusal : refusal.withArgs(...args);
    };
    const flags = async () => Number.parseInt((await installation.state(item.passportId)).slice(-2), 16);
    const lastHold = async () => [...(await installation.method("lastHold").staticCall(item.passportId))].map(Number);
    const reasonsOfAll = async () => {
      const events = [
        await installation.event("handover", "producer", [item], { to: "fleet" }),
        await installation.event("withdrawal", "producer", [item]),
        await installation.event("void", "producer", [item]),
        await installation.event("reassignment", 0, [item], { to: "fleet" }),
        await installation.event("transformation", "producer", [item, newItem(1, "output")]),
      ];
      const { rejected } = await installation.submit(...events.map((event) => installation.sign(event)));
      return new Set(rejected.map(({ reason }) => reason));
    };

    it("a hold sets the flag, leaves the head alone and is logged with its signature", async () => {
      const before = await installation.state(item.passportId);
      const args = await installation.holdArguments(item.passportId);
      const sent = await installation.method("hold")(...args);
      const [log] = installation.logs(await sent.wait());
      const after = await installation.state(item.passportId);
      expect(after.slice(0, 64)).to.equal(before.slice(0, 64));
      expect(await flags()).to.equal(0x11);
      expect(await lastHold()).to.deep.equal([1, args[3]]);
      expect([log?.name, ...(log?.args ?? [])]).to.deep.equal([
        "Held",
        args[0],
        BigInt(args[1]),
        1n,
        BigInt(args[3]),
        args[4],
        args[6],
      ]);
    });

    it("nothing moves while held, by nobody", async () => {
      await installation.hold(item.passportId);
      expect(await reasonsOfAll()).to.deep.equal(new Set(["Held", "TransformationIncomplete"]));
    });

    it("a hold ends after its last second, and the flag stays", async () => {
      const { time, takeSnapshot } = installation.connection.networkHelpers;
      const until = (await installation.now()) + 5 * DAY;
      await installation.hold(item.passportId, { until });
      const handover = await installation.event("handover", "producer", [item], { to: "fleet", deadline: until + DAY });
      const signed = installation.sign(handover);
      const snapshot = await takeSnapshot();
      await time.setNextBlockTimestamp(until);
      expect((await installation.submit(signed)).rejected.map(({ reason }) => reason)).to.deep.equal(["Held"]);
      await snapshot.restore();
      await time.setNextBlockTimestamp(until + 1);
      expect((await installation.submit(signed)).applied.length).to.equal(1);
      expect(await flags()).to.equal(0x19);
    });

    it("a passport whose hold expired and that moved on can be held again and released", async () => {
      const { time } = installation.connection.networkHelpers;
      const until = (await installation.now()) + 10;
      await installation.hold(item.passportId, { until });
      await time.setNextBlockTimestamp(until + 1);
      const [atFleet] = await installation.handOver("producer", "fleet", [item]);
      await installation.hold(item.passportId, { counter: 2 });
      const onward = installation.sign(await installation.event("withdrawal", "fleet", [atFleet!]));
      expect((await installation.submit(onward)).rejected.map(({ reason }) => reason)).to.deep.equal(["Held"]);
      await installation.release(item.passportId, { counter: 2 });
      expect((await installation.submit(onward)).applied.length).to.equal(1);
      expect(await flags()).to.equal(0x09);
    });

    it("a hold lasts from now to 180 days at most", async () => {
      const { time } = installation.connection.networkHelpers;
      const next = (await installation.now()) + 100;
      for (const [until, good] of [
        [next - 1, false],
        [next, true],
        [next + 180 * DAY, true],
        [next + 180 * DAY + 1, false],
      ] as const) {
        const args = await installation.holdArguments(item.passportId, { until });
        await time.setNextBlockTimestamp(next);
        if (good) await installation.method("hold")(...args);
        else await refused(installation.method("hold")(...args), "HoldEndOutOfRange", until, next);
        await restore();
      }
    });

    it("a hold and a release keep the rule of deadlines", async () => {
      const { time } = installation.connection.networkHelpers;
      for (const held of [false, true]) {
        const next = (await installation.now()) + 100;
        if (held) await installation.hold(item.passportId);
        for (const [deadline, good] of [
          [next - 1, false],
          [next, true],
          [next + 30 * DAY, true],
          [next + 30 * DAY + 1, false],
        ] as const) {
          const snapshot = await installation.connection.networkHelpers.takeSnapshot();
          const args = held
            ? await installation.releaseArguments(item.passportId, { deadline })
            : await installation.holdArguments(item.passportId, { deadline });
          await time.setNextBlockTimestamp(next);
          const work = installation.method(held ? "release" : "hold")(...args);
          if (good) await work;
          else await refused(work, "DeadlineOutOfRange", deadline, next);
          await snapshot.restore();
        }
      }
    });

    it("counters go up by one a hold, and a release has its hold's", async () => {
      await refused(installation.hold(item.passportId, { counter: 0 }), "HoldCounterWrong", item.passportId, 1, 0);
      await refused(installation.hold(item.passportId, { counter: 2 }), "HoldCounterWrong", item.passportId, 1, 2);
      await installation.hold(item.passportId);
      await refused(installation.release(item.passportId, { counter: 0 }), "HoldCounterWrong", item.passportId, 1, 0);
      await refused(installation.release(item.passportId, { counter: 2 }), "HoldCounterWrong", item.passportId, 1, 2);
      await installation.hold(item.passportId, { counter: 2 });
      await refused(installation.release(item.passportId, { counter: 1 }), "HoldCounterWrong", item.passportId, 2, 1);
      await installation.release(item.passportId, { counter: 2 });
    });

    it("a hold cannot be replayed after its release, nor a release after the next hold", async () => {
      const hold = await installation.holdArguments(item.passportId);
      await installation.method("hold")(...hold);
      const release = await installation.releaseArguments(item.passportId);
      await installation.method("release")(...release);
      await refused(installation.method("hold")(...hold), "HoldCounterWrong");
      await refused(installation.method("release")(...release), "HoldMissing", item.passportId);
      await installation.hold(item.passportId, { counter: 2 });
      await refused(installation.method("release")(...release), "HoldCounterWrong");
    });

    it("a further hold replaces the end of the one before", async () => {
      const until = (await installation.now()) + 100 * DAY;
      await installation.hold(item.passportId, { until });
      await installation.hold(item.passportId, { counter: 2, until: until - 50 * DAY });
      expect(await lastHold()).to.deep.equal([2, until - 50 * DAY]);
    });

    it("only what is active can be held", async () => {
      await refused(installation.hold(`0x${"99".repeat(20)}`), "HoldPassportNotActive", `0x${"99".repeat(20)}`, 0);
      await installation.submit(installation.sign(await installation.event("void", "producer", [item])));
      await refused(installation.hold(item.passportId), "HoldPassportNotActive", item.passportId, 4);
    });

    it("only what is held can be released", () =>
      refused(installation.release(item.passportId), "HoldMissing", item.passportId));

    it("a release clears the flag, leaves head and custodian alone, and is logged", async () => {
      const before = await installation.state(item.passportId);
      await installation.hold(item.passportId);
      const args = await installation.releaseArguments(item.passportId);
      const sent = await installation.method("release")(...args);
      const [log] = installation.logs(await sent.wait());
      expect(await installation.state(item.passportId)).to.equal(before);
      expect([log?.name, ...(log?.args ?? [])]).to.deep.equal([
        "Released",
        args[0],
        BigInt(args[1]),
        1n,
        args[3],
        args[5],
      ]);
    });

    for (const [name, roles] of Object.entries(ROLE)) {
      const entitled = name === "REGULATOR";
      it(`a ${name} ${entitled ? "may hold and release" : "may neither hold nor release"}`, async () => {
        await installation.execute("RoleChange", { participantId: CAST.fleet.id, roles });
        const by = { regulator: CAST.fleet.id };
        if (entitled) {
          await installation.hold(item.passportId, by);
          await installation.release(item.passportId, by);
        } else {
          await refused(installation.hold(item.passportId, by), "ParticipantLacksRole", CAST.fleet.id, ROLE.REGULATOR);
          await installation.hold(item.passportId);
          await refused(
            installation.release(item.passportId, by),
            "ParticipantLacksRole",
            CAST.fleet.id,
            ROLE.REGULATOR,
          );
        }
      });
    }

    it("a suspended regulator may neither hold nor release", async () => {
      await installation.hold(item.passportId);
      await installation.execute("Suspension", { participantId: CAST.regulator.id });
      await refused(installation.hold(item.passportId, { counter: 2 }), "ParticipantInactive", CAST.regulator.id);
      await refused(installation.release(item.passportId), "ParticipantInactive", CAST.regulator.id);
    });

    it("needs the regulator's signature over every field", async () => {
      await refused(installation.hold(item.passportId, { key: strangerKey }), "ParticipantSignatureInvalid");
      const other = { ...newItem(1, "b") };
      const [b] = await installation.mint("producer", "b");
      expect(b!.passportId).to.equal(other.passportId);
      const hold = await installation.holdArguments(item.passportId);
      const release = await installation.releaseArguments(item.passportId);
      for (const [position, value] of [
        [0, other.passportId],
        [3, hold[3] + 1],
        [4, ZeroHash],
        [5, hold[5] + 1],
      ] as const) {
        const forged = [...hold] as unknown[];
        forged[position] = value;
        await refused(installation.method("hold")(...forged), "ParticipantSignatureInvalid");
      }
      await installation.hold(item.passportId);
      await installation.hold(other.passportId);
      await refused(installation.release(item.passportId, { key: strangerKey }), "ParticipantSignatureInvalid");
      for (const [position, value] of [
        [0, other.passportId],
        [3, ZeroHash],
        [4, release[4] + 1],
      ] as const) {
        const forged = [...release] as unknown[];
        forged[position] = value;
        await refused(installation.method("release")(...forged), "ParticipantSignatureInvalid");
      }
    });

    it("the quorum may release, and only the quorum", async () => {
      await installation.hold(item.passportId);
      await refused(
        installation.release(item.passportId, { regulator: 0, governorKeys: [governorKeys[0]!] }),
        "QuorumMissing",
      );
      await refused(
        installation.release(item.passportId, { regulator: 0, governorKeys: [governorKeys[0]!, strangerKey] }),
        "QuorumMissing",
      );
      await installation.release(item.passportId, { regulator: 0 });
      expect(await flags()).to.equal(0x01);
    });

    it("the quorum cannot hold", () =>
      refused(installation.hold(item.passportId, { regulator: 0 }), "ParticipantInactive", 0));

    it("an output of a transformation is not held because its input once was", async () => {
      await installation.hold(item.passportId);
      await installation.release(item.passportId);
      const split = installation.sign(
        await installation.event("transformation", "producer", [item, newItem(1, "output")]),
      );
      await installation.submit(split);
      for (const { passportId } of following(split)) {
        expect(Number.parseInt((await installation.state(passportId)).slice(-2), 16) & 0x10).to.equal(0);
      }
    });
  });
}
