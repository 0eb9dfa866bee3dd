import { expect } from "chai";
import { ZERO_HASH, ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import { encodeHeader } from "../../../backend/domain/custody/header.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Head, PassportId } from "../../../backend/domain/types.ts";
import { formatBundle, MAX_HISTORIES, parseBundle } from "../../../backend/domain/verification/bundle.ts";
import { verifyEvidence } from "../../../backend/domain/verification/verifyEvidence.ts";
import { type EvidenceReaders, gatherEvidence } from "../../../backend/evidence/gatherEvidence.ts";
import { SimulatedChain, trustRoot } from "./simulatedChain.ts";

const uid = (name: string) => `https://id.gs1.org/01/09521002005004/21/${name}`;

/** Generations of passports, each made of the whole one before it by one transformation: a diamond upon a diamond. */
function generations(count: number, width: number): { chain: SimulatedChain; product: PassportId } {
  const chain = new SimulatedChain();
  chain.admit(1, "maker", ["PRODUCER", "CUSTODIAN"], "9521002");
  const uidsOf = (generation: number) => Array.from({ length: width }, (_, i) => uid(`${generation}-${i}`));
  let parents = uidsOf(0).map((one) => chain.mint(1, one));
  for (let generation = 1; generation < count; generation++) {
    parents = chain.transform(1, parents, uidsOf(generation));
  }
  const [product] = chain.transform(1, parents, [uid("product")]);
  return { chain, product: product as PassportId };
}

const readersOf = (chain: SimulatedChain, reading: (id: PassportId) => void): EvidenceReaders => ({
  readSteps: async (id) => {
    reading(id);
    return chain.passports.get(id)?.steps ?? [];
  },
  readParticipantChanges: async (id) => chain.changes.get(id) ?? [],
  readRecords: async () => new Map(),
  readDataRecords: async () => [],
  recoverSigner,
});

describe("lineage", function () {
  this.timeout(60_000);

  for (const [what, count, width] of [
    ["deep: 500 generations of two", 500, 2],
    ["wide: ten generations of a hundred, as many items as one event may have", 10, 100],
  ] as const) {
    it(`verifies a thousand ancestors, ${what}, within seconds and 4 MB`, async () => {
      const { chain, product } = generations(count, width);
      const bytes = await chain.bytes(product);
      const started = performance.now();
      const report = verifyEvidence(bytes, chain.view(), trustRoot);
      // A thousand signatures take pure JavaScript a second or two; the bound is for work by the square.
      expect(performance.now() - started).to.be.lessThan(20_000);
      expect(report.checks.filter(({ status }) => status !== "passed")).to.deep.equal([]);
      const lineage = report.checks.find(({ check }) => check === "lineage");
      expect(lineage?.values).to.deep.equal({ parents: count * width });
      expect(bytes.length).to.be.lessThan(4_000_000);
    });
  }

  it("reads each ancestor once, however many ways lead to it", async () => {
    const { chain, product } = generations(5, 4);
    const read: PassportId[] = [];
    const bundle = await gatherEvidence(
      trustRoot,
      product,
      readersOf(chain, (id) => read.push(id)),
    );
    expect(bundle?.histories).to.have.length(21);
    expect(read).to.have.length(21);
  });

  it("lists the items of a transformation once, and reads them back into every history", async () => {
    const { chain, product } = generations(3, 4);
    const bundle = await chain.bundle(product);
    const bytes = formatBundle(bundle);
    expect(parseBundle(bytes)).to.deep.equal(bundle);
    const listed = JSON.parse(new TextDecoder().decode(bytes)).histories.flatMap(
      ({ steps }: { steps: { header: string; items: unknown }[] }) =>
        steps.filter(({ header, items }) => header.startsWith("0x04") && typeof items !== "string"),
    );
    expect(listed).to.have.length(3);
  });

  it("refuses items that are listed again, and a name that is not the history which lists them", async () => {
    const { chain, product } = generations(2, 2);
    const json = JSON.parse(new TextDecoder().decode(await chain.bytes(product)));
    const [subject, , parent] = json.histories;
    for (const items of [subject.steps[0].items, parent.passportId, 7]) {
      const step = { ...parent.steps[1], items };
      const histories = json.histories.map((one: typeof parent) =>
        one === parent ? { ...parent, steps: [parent.steps[0], step] } : one,
      );
      const bytes = new TextEncoder().encode(JSON.stringify({ ...json, histories }));
      expect(() => parseBundle(bytes))
        .to.throw(DomainError)
        .with.property("code", "bundle-malformed");
    }
  });

  it("shows that a parent is missing, and gathers the others all the same", async () => {
    const { chain, product } = generations(2, 3);
    const [gone] = [...chain.passports.keys()];
    chain.passports.delete(gone as PassportId);
    const report = verifyEvidence(await chain.bytes(product), chain.view(), trustRoot);
    const lineage = report.checks.find(({ check }) => check === "lineage");
    expect([lineage?.status, lineage?.code]).to.deep.equal(["failed", "parent-missing"]);
    expect((await chain.bundle(product)).histories).to.have.length(6);
  });

  it("is refused beyond 10,000 passports instead of being cut short", async () => {
    const idOf = (serial: number) => `0x${serial.toString(16).padStart(40, "0")}` as PassportId;
    const header = encodeHeader({ kind: "transformation", actor: 1, counterparty: 0, occurredAt: 1, deadline: 2 });
    const endless: EvidenceReaders = {
      ...readersOf(new SimulatedChain(), () => undefined),
      readSteps: async (id) => {
        const parent = { passportId: idOf(Number(id) + 1), prevHead: `0x${"11".repeat(28)}` as Head };
        const items = [{ passportId: id, prevHead: ZERO_HEAD }, parent].map((one) => ({
          ...one,
          recordHash: ZERO_HASH,
        }));
        const bitmaps = { declined: 0n, applied: 3n };
        return [{ blockNumber: 1, blockHash: ZERO_HASH, header, position: 0, items, ...bitmaps, signatures: "0x" }];
      },
    };
    const error = await gatherEvidence(trustRoot, idOf(1), endless).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(DomainError);
    expect([error.code, error.details.most]).to.deep.equal(["lineage-too-large", MAX_HISTORIES]);
  });
});
