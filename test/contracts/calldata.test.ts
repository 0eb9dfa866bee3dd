import { expect } from "chai";
import { dataSlice, toBeHex, toBigInt } from "ethers";
import type { Item } from "../../scripts/typedData.ts";
import { Installation, join, newItem, type Signed } from "./installation.ts";

const WORD = 32;

describe("submit, given calldata that no encoder of ours makes", () => {
  let installation: Installation;
  let item: Item;
  let handover: Signed;
  let restore: () => Promise<void>;

  before(async () => {
    installation = await Installation.deploy();
    [item] = (await installation.mint("producer", "a")) as [Item];
    handover = installation.sign(await installation.event("handover", "producer", [item], { to: "fleet" }));
    const snapshot = await installation.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());

  const encode = (...signed: Signed[]): string =>
    installation.contract.interface.encodeFunctionData("submit", [
      signed.map(({ header, event, declined, signatures }) => ({ header, items: event.items, declined, signatures })),
    ]);
  const send = async (data: string) => {
    const [sender] = await installation.connection.ethers.getSigners();
    const sent = await sender!.sendTransaction({
      to: await installation.contract.getAddress(),
      data,
      gasLimit: 2_000_000,
    });
    return installation.logs((await sent.wait())!).map(({ name }) => name);
  };
  const reverts = async (data: string, what: string) => {
    const before = await installation.state(item.passportId);
    const outcome = await send(data).catch(() => "reverted");
    expect(outcome, what).to.equal("reverted");
    expect(await installation.state(item.passportId)).to.equal(before);
  };
  /** The call with one byte changed. */
  const withByte = (data: string, position: number, value: number): string =>
    join(dataSlice(data, 0, position), toBeHex(value, 1), dataSlice(data, position + 1));
  /** Where an item's field begins. */
  const placeOf = (data: string, field: string): number => (data.indexOf(field.slice(2)) - 2) / 2;

  it("takes it whole (the test's own control)", async () => {
    expect(await send(encode(handover))).to.include("CustodyEventApplied");
  });

  it("reverts for every truncation", async () => {
    const data = encode(handover);
    const bytes = (data.length - 2) / 2;
    for (let length = 4; length < bytes - 30; length += 17) {
      await reverts(dataSlice(data, 0, length), `${length} of ${bytes} bytes`);
    }
  });

  it("reverts for dirty bits below a passport id or a head, rather than read them as clean", async () => {
    const data = encode(handover);
    const id = placeOf(data, item.passportId);
    for (const offset of [20, 31]) await reverts(withByte(data, id + offset, 1), `passport id, byte ${offset}`);
    const head = placeOf(data, item.prevHead);
    for (const offset of [28, 31]) await reverts(withByte(data, head + offset, 1), `head, byte ${offset}`);
  });

  it("changes nothing for offsets that lead outside, and for lengths that no calldata could hold", async () => {
    const data = encode(handover);
    const words = (data.length - 10) / 64;
    for (let word = 0; word < words; word++) {
      const at = 4 + word * WORD;
      const value = toBigInt(dataSlice(data, at, at + WORD));
      const pointsOrCounts = value > 0n && value < 1_000n;
      if (!pointsOrCounts) continue;
      const huge = join(dataSlice(data, 0, at), `0x${"ff".repeat(WORD)}`, dataSlice(data, at + WORD));
      // An offset of minus one leads back into the calldata: what stands there is read, and is no event.
      const before = await installation.state(item.passportId);
      const outcome = await send(huge).catch(() => ["reverted"]);
      expect(outcome, `word ${word}`).not.to.include("CustodyEventApplied");
      expect(await installation.state(item.passportId)).to.equal(before);
    }
  });

  it("reads offsets that are not canonical as the ABI says, and applies what was signed", async () => {
    const data = encode(handover);
    const shifted = join(dataSlice(data, 0, 4), toBeHex(64, WORD), toBeHex(0, WORD), dataSlice(data, 4 + WORD));
    expect(await send(shifted)).to.include("CustodyEventApplied");
    await restore();
    expect(await send(join(data, "0xdeadbeef"))).to.include("CustodyEventApplied");
  });

  it("reads one event given twice by the same offset as twice the same event", async () => {
    const twice = encode(handover, handover);
    const first = dataSlice(twice, 4 + 2 * WORD, 4 + 3 * WORD);
    const aliased = join(dataSlice(twice, 0, 4 + 3 * WORD), first, dataSlice(twice, 4 + 4 * WORD));
    expect((await send(aliased)).filter((name) => name !== "Transfer")).to.deep.equal([
      "CustodyEventApplied",
      "Rejected",
    ]);
  });

  it("undoes the good events of a call that reverts", async () => {
    const mint = installation.sign(await installation.event("mint", "producer", [newItem(1, "b")]));
    const data = encode(mint, handover);
    await reverts(withByte(data, placeOf(data, item.passportId) + 20, 1), "the second event");
    expect(await installation.state(mint.event.items[0]!.passportId)).to.equal(`0x${"00".repeat(32)}`);
  });

  it("has no other way in", async () => {
    for (const data of ["0x", "0x00", "0xdeadbeef", "0x8129fc1c", "0x3659cfe6", "0x715018a6"])
      await reverts(data, data);
  });
});
