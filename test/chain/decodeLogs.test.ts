import { expect } from "chai";
import { hexlify, randomBytes } from "ethers";
import { decodeLogs, LOG_TOPICS, type RawLog } from "../../backend/chain/decodeLogs.ts";
import type { LogName } from "../../backend/domain/reconciliation/contractLog.ts";
import type { Hash, Hex } from "../../backend/domain/types.ts";
import { contractInterface } from "./contractInterface.ts";

const random = (size: number): Hex => hexlify(randomBytes(size)) as Hex;
const PLACE = { blockNumber: 7, blockHash: random(32) as Hash, transactionHash: random(32) as Hash, logIndex: 3 };

function logOf(name: LogName, values: readonly unknown[]): RawLog {
  const event = contractInterface.getEvent(name);
  if (event === null) throw new Error(`The contract has no event ${name}.`);
  return { ...PLACE, ...contractInterface.encodeEventLog(event, values) };
}

const items = (count: number) =>
  Array.from({ length: count }, () => ({ passportId: random(20), prevHead: random(28), recordHash: random(32) }));

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("decodeLogs", () => {
  it("knows every event of the contract's ABI by the topic that ethers computes", () => {
    for (const [name, topic] of Object.entries(LOG_TOPICS)) {
      expect(contractInterface.getEvent(name)?.topicHash, name).to.equal(topic);
    }
  });

  for (const count of [1, 2, 200]) {
    it(`reads a custody log with ${count} items as ethers wrote it`, () => {
      const content = {
        digest: random(32),
        header: random(32),
        items: items(count),
        declined: BigInt(random(32)),
        applied: BigInt(random(32)),
        signatures: random(131),
      };
      const { digest, header, declined, applied, signatures } = content;
      const log = logOf("CustodyEventApplied", [digest, header, content.items, declined, applied, signatures]);
      expect(decodeLogs([log])).to.deep.equal([{ ...PLACE, name: "CustodyEventApplied", ...content }]);
    });
  }

  it("reads a rejection of one item and of a whole event", () => {
    const digest = random(32);
    const logs = [logOf("Rejected", [digest, 2, 5, 17]), logOf("Rejected", [digest, 0, 2n ** 256n - 1n, 16])];
    expect(decodeLogs(logs)).to.deep.equal([
      { ...PLACE, name: "Rejected", digest, eventIndex: 2, itemIndex: 5, reason: "stale-head" },
      { ...PLACE, name: "Rejected", digest, eventIndex: 0, itemIndex: null, reason: "bad-quorum" },
    ]);
  });

  it("reads participants, governors, successor, holds, releases, anchors and transfers", () => {
    const [hash, other, account, signer, id] = [random(32), random(32), random(20), random(20), random(20)];
    const signature = random(65);
    const logs = [
      logOf("ParticipantChanged", [42, hash, account, signer, 0x1ff, true, other, 1_700_000_000, hash]),
      logOf("GovernorsSet", [[account, signer], 2, hash]),
      logOf("SucceededBy", [account]),
      logOf("Held", [id, 9, 1, 1_700_000_001, hash, signature]),
      logOf("Released", [id, 0, 1, hash, signature]),
      logOf("Anchored", [9, hash, 10_000, other, hash, signature]),
      logOf("Transfer", [account, signer, BigInt(id)]),
    ];
    expect(
      decodeLogs(logs).map(({ blockNumber, blockHash, transactionHash, logIndex, ...content }) => content),
    ).to.deep.equal([
      {
        name: "ParticipantChanged",
        participantId: 42,
        cause: hash,
        account,
        signer,
        roles: 0x1ff,
        active: true,
        recordHash: other,
        changedAt: 1_700_000_000,
        participantHead: hash,
      },
      { name: "GovernorsSet", governors: [account, signer], threshold: 2, registryHead: hash },
      { name: "SucceededBy", successor: account },
      { name: "Held", passportId: id, regulator: 9, counter: 1, until: 1_700_000_001, reasonHash: hash, signature },
      { name: "Released", passportId: id, regulator: 0, counter: 1, reasonHash: hash, signatures: signature },
      {
        name: "Anchored",
        publisher: 9,
        root: hash,
        count: 10_000,
        manifestHash: other,
        accumulator: hash,
        signature,
      },
      { name: "Transfer", from: account, to: signer, passportId: id },
    ]);
  });

  it("leaves out logs of events that the contract does not have", () => {
    expect(decodeLogs([{ ...PLACE, topics: [random(32)], data: "0x" }])).to.deep.equal([]);
  });

  const whole = logOf("CustodyEventApplied", [random(32), random(32), items(3), 0, 7, random(130)]);
  const words = (whole.data.length - 2) / 64;
  const CORRUPTED: readonly [string, string][] = [
    ["cut within a word", whole.data.slice(0, -2)],
    ["cut by a word", whole.data.slice(0, -64)],
    [
      "with more items than data",
      `${whole.data.slice(0, 2 + 64 * 5)}${"f".padStart(64, "0")}${whole.data.slice(2 + 64 * 6)}`,
    ],
    [
      "with an offset beyond the data",
      `${whole.data.slice(0, 2 + 64)}${"ffffe0".padStart(64, "0")}${whole.data.slice(2 + 128)}`,
    ],
    ["with an offset of 2^255", `${whole.data.slice(0, 2 + 64)}8${whole.data.slice(2 + 65)}`],
    ["empty", "0x"],
  ];
  for (const [what, data] of CORRUPTED) {
    it(`refuses a custody log ${what}`, () => {
      expect(words).to.be.greaterThan(10);
      expect(codeOf(() => decodeLogs([{ ...whole, data }]))).to.equal("log-malformed");
    });
  }

  it("decodes more than 30,000 single-item custody logs a second", () => {
    const log = logOf("CustodyEventApplied", [random(32), random(32), items(1), 0, 1, random(130)]);
    const logs = Array.from({ length: 10_000 }, () => log);
    decodeLogs(logs);
    const best = Math.min(
      ...[1, 2, 3].map(() => {
        const start = performance.now();
        decodeLogs(logs);
        return performance.now() - start;
      }),
    );
    expect(best, "ms for 10,000 logs").to.be.lessThan(333);
  });
});
