import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { OTHER_TYPES, structHash } from "../../scripts/typedData.ts";
import { CAST, Installation, ROLE, SIGNATURE_TYPES, strangerKey } from "./installation.ts";

for (const signatureType of SIGNATURE_TYPES) {
  describe(`RecordAnchors (${signatureType})`, () => {
    let installation: Installation;
    let restore: () => Promise<void>;

    before(async () => {
      installation = await Installation.deploy(signatureType);
      const snapshot = await installation.connection.networkHelpers.takeSnapshot();
      restore = () => snapshot.restore();
    });
    afterEach(() => restore());

    const publisher = CAST.operator.id;
    const refused = (work: Promise<unknown>, error: string, ...args: unknown[]) => {
      const refusal = expect(work).to.be.revertedWithCustomError(installation.contract, error);
      return args.length === 0 ? refusal : refusal.withArgs(...args);
    };
    const accumulator = (of: number = publisher) => installation.method("accumulator").staticCall(of);

    it("an anchor advances the accumulator to its own struct hash, and is logged with its signature", async () => {
      const args = await installation.anchorArguments();
      const [, root, count, manifestHash, prevAccumulator, signature] = args;
      const sent = await installation.method("anchor")(...args);
      const [log] = installation.logs(await sent.wait());
      const next = structHash(OTHER_TYPES.Anchor, { publisher, root, count, manifestHash, prevAccumulator });
      expect(prevAccumulator).to.equal(ZeroHash);
      expect(await accumulator()).to.equal(next);
      expect([log?.name, ...(log?.args ?? [])]).to.deep.equal([
        "Anchored",
        BigInt(publisher),
        root,
        BigInt(count),
        manifestHash,
        next,
        signature,
      ]);
    });

    it("anchors follow each other: none is replayed, left out or put in between", async () => {
      const first = await installation.anchorArguments();
      await installation.method("anchor")(...first);
      const current = await accumulator();
      await refused(installation.method("anchor")(...first), "AnchorOutOfOrder", publisher, current, ZeroHash);
      await installation.anchor({ root: id("second") });
      await refused(installation.anchor({ prevAccumulator: current }), "AnchorOutOfOrder");
      await refused(installation.anchor({ prevAccumulator: ZeroHash }), "AnchorOutOfOrder");
    });

    it("publishers do not touch each other's", async () => {
      await installation.execute("RoleChange", { participantId: CAST.fleet.id, roles: ROLE.OPERATOR });
      await installation.anchor();
      const before = await accumulator();
      await installation.anchor({ publisher: CAST.fleet.id });
      expect(await accumulator()).to.equal(before);
      expect(await accumulator(CAST.fleet.id)).not.to.equal(before);
    });

    it("has a root", () => refused(installation.anchor({ root: ZeroHash }), "AnchorRootZero"));

    it("has 1 to 10,000 leaves", async () => {
      await refused(installation.anchor({ count: 0 }), "AnchorCountOutOfRange", 0);
      await refused(installation.anchor({ count: 10_001 }), "AnchorCountOutOfRange", 10_001);
      await installation.anchor({ count: 1 });
      await installation.anchor({ count: 10_000 });
    });

    it("costs the same for one record as for ten thousand", async () => {
      await installation.anchor();
      const one = await installation.anchor({ count: 4_369 });
      const many = await installation.anchor({ count: 8_738 });
      // what differs is the zero bytes of calldata: 12 gas each
      expect(Math.abs(Number(one.gasUsed - many.gasUsed))).to.be.at.most(100);
    });

    for (const [name, roles] of Object.entries(ROLE)) {
      if (name === "OPERATOR") continue;
      it(`by a ${name} is refused`, async () => {
        await installation.execute("RoleChange", { participantId: publisher, roles });
        await refused(installation.anchor(), "ParticipantLacksRole", publisher, ROLE.OPERATOR);
      });
    }

    it("by a suspended publisher, or one never admitted, is refused", async () => {
      await refused(installation.anchor({ publisher: 99 }), "ParticipantInactive", 99);
      await installation.execute("Suspension", { participantId: publisher });
      await refused(installation.anchor(), "ParticipantInactive", publisher);
    });

    it("needs the publisher's signature over every field", async () => {
      await refused(installation.anchor({ key: strangerKey }), "ParticipantSignatureInvalid");
      await installation.execute("RoleChange", { participantId: CAST.fleet.id, roles: ROLE.OPERATOR });
      const good = await installation.anchorArguments();
      for (const [position, value] of [
        [0, CAST.fleet.id],
        [1, id("another root")],
        [2, 101],
        [3, id("another manifest")],
      ] as const) {
        const forged = [...good] as unknown[];
        forged[position] = value;
        await refused(installation.method("anchor")(...forged), "ParticipantSignatureInvalid");
      }
      await installation.method("anchor")(...good);
    });
  });
}
