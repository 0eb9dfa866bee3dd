import { expect } from "chai";
import { type HoldOrder, holdOrderDigest } from "../../../backend/domain/custody/holds.ts";
import { roleBits } from "../../../backend/domain/participants/roles.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Hash, PassportId } from "../../../backend/domain/types.ts";
import { acceptHoldOrder } from "../../../backend/services/holds/acceptHoldOrder.ts";
import { readHoldOrder } from "../../../backend/services/holds/readHoldOrder.ts";
import { readCustody } from "../../../backend/services/passports/readCustody.ts";
import { readReadyHoldOrder } from "../../../backend/storage/readyHoldOrders.ts";
import { codeOf } from "../../support/refusal.ts";
import {
  buildHandover,
  buildMint,
  createWorld,
  FLEET,
  NOW,
  PRODUCER,
  passportOf,
  projectEvent,
  SEPARATOR,
  signerOf,
  type World,
} from "../world.ts";

const REGULATOR = 60;
const DAY = 24 * 3600;

describe("acceptHoldOrder", () => {
  let world: World;
  let passportId: PassportId;
  let minted: ReturnType<typeof buildMint>;
  let block = 50;

  beforeEach(async () => {
    world = await createWorld();
    minted = buildMint();
    passportId = passportOf(minted);
    await projectEvent(world.database, minted, ++block);
    await world.database.prisma.chainParticipant.create({
      data: {
        id: REGULATOR,
        account: `0x${"a0".repeat(20)}`,
        signer: signerOf(REGULATOR).signer,
        roles: roleBits(["REGULATOR"]),
        active: true,
        recordHash: `0x${"00".repeat(32)}`,
        head: `0x${"01".repeat(32)}`,
        changedBlock: 1,
      },
    });
  });
  afterEach(() => world.close());

  const dependencies = () => ({
    database: world.database,
    separator: SEPARATOR,
    recoverSigner,
    now: () => world.clock.now,
  });
  const hold = (changed: Partial<HoldOrder> = {}): HoldOrder =>
    ({
      kind: "hold",
      passportId,
      regulator: REGULATOR,
      counter: 1,
      until: NOW + 30 * DAY,
      reasonHash: `0x${"ab".repeat(32)}`,
      deadline: NOW + DAY,
      ...changed,
    }) as HoldOrder;
  const release = (counter = 1): HoldOrder => {
    const { until: _, ...common } = hold() as HoldOrder & { until: number };
    return { ...common, kind: "release", counter } as HoldOrder;
  };
  const order = (terms: HoldOrder, by = terms.regulator) =>
    acceptHoldOrder(dependencies(), { order: terms, signature: signerOf(by).sign(holdOrderDigest(SEPARATOR, terms)) });
  /** As the follower would after the contract's log. */
  const land = async ({ kind, ...terms }: HoldOrder): Promise<void> => {
    const until = "until" in terms ? BigInt(terms.until) : null;
    await world.database.prisma.chainHold.create({
      data: {
        blockNumber: block,
        logIndex: 900 + terms.counter * 2 + (kind === "hold" ? 0 : 1),
        passportId,
        held: kind === "hold",
        regulator: terms.regulator,
        counter: BigInt(terms.counter),
        until,
        reasonHash: terms.reasonHash,
        signatures: "0x",
      },
    });
    await world.database.prisma.chainPassport.update({
      where: { id: passportId },
      data: { held: kind === "hold", heldUntil: until },
    });
  };

  it("takes a hold once, hands it to the relayer, and follows it to the chain", async () => {
    const first = await order(hold());
    expect(first.state).to.equal("accepted");
    expect(await order(hold())).to.deep.equal(first);
    const ready = await readReadyHoldOrder(world.database.pool);
    expect(ready?.digest).to.equal(first.digest);
    expect(ready?.order).to.deep.equal(hold());
    await land(hold());
    expect(await readReadyHoldOrder(world.database.pool)).to.equal(null);
    const { state, block: landed } = await readHoldOrder(world.database, first.digest, NOW);
    expect([state, landed]).to.deep.equal(["included", { number: block }]);
    const { hold: standing, holds } = await readCustody(world.database, passportId, NOW);
    expect(standing).to.include({ counter: 1, regulator: REGULATOR, until: NOW + 30 * DAY });
    expect(holds).to.equal(1);
  });

  it("lets nothing of a held passport be promised until its last second, and then everything", async () => {
    await land(hold());
    const handover = () => buildHandover(PRODUCER, FLEET, [minted], { deadline: NOW + 31 * DAY, occurredAt: NOW });
    world.clock.now = NOW + 30 * DAY;
    expect(await codeOf(world.acceptor.accept(handover().submission))).to.equal("held");
    world.clock.now++;
    expect(await codeOf(world.acceptor.accept(handover().submission))).to.equal("none");
    expect((await readCustody(world.database, passportId, world.clock.now)).hold).to.equal(null);
  });

  it("takes a release of the hold that stands, and none of another", async () => {
    await land(hold());
    expect(await codeOf(order(release(2)))).to.equal("hold-counter-wrong");
    const { digest } = await order(release());
    expect((await readReadyHoldOrder(world.database.pool))?.order).to.deep.equal(release());
    await land(release());
    expect((await readHoldOrder(world.database, digest, NOW)).state).to.equal("included");
    expect(await codeOf(order({ ...release(), deadline: NOW + 2 }))).to.equal("hold-missing");
  });

  it("calls an order superseded when another took its number, and expired after its deadline", async () => {
    const { digest } = await order(hold());
    expect((await readHoldOrder(world.database, digest, NOW + 2 * DAY)).state).to.equal("expired");
    await land(hold({ reasonHash: `0x${"cd".repeat(32)}` as Hash }));
    expect((await readHoldOrder(world.database, digest, NOW)).state).to.equal("superseded");
    expect(await codeOf(readHoldOrder(world.database, `0x${"12".repeat(32)}` as Hash, NOW))).to.equal(
      "hold-order-unknown",
    );
  });

  it("refuses who is no regulator, who is suspended or unknown, and who did not sign", async () => {
    expect(await codeOf(order(hold({ regulator: PRODUCER })))).to.equal("actor-lacks-role");
    expect(await codeOf(order(hold({ regulator: 5 })))).to.equal("participant-suspended");
    expect(await codeOf(order(hold({ regulator: 999 })))).to.equal("participant-unknown");
    expect(await codeOf(order(hold(), PRODUCER))).to.equal("signature-wrong");
    expect(await world.database.prisma.holdOrder.count()).to.equal(0);
  });

  it("gives the relayer nothing of a regulator that was suspended meanwhile", async () => {
    await order(hold());
    await world.database.prisma.chainParticipant.update({ where: { id: REGULATOR }, data: { active: false } });
    expect(await readReadyHoldOrder(world.database.pool)).to.equal(null);
  });
});
