import { keccakText } from "../../backend/domain/bytes.ts";
import { acceptanceDigest } from "../../backend/domain/custody/hashEvent.ts";
import { domainSeparator } from "../../backend/domain/eip712.ts";
import type { Address, Hex, JsonObject, PassportId } from "../../backend/domain/types.ts";
import { type EvidenceBundle, type EvidenceStep, formatBundle } from "../../backend/domain/verification/bundle.ts";
import type { DataRecordEvidence } from "../../backend/domain/verification/dataRecordEvidence.ts";
import { replayBundle } from "../../backend/domain/verification/replay.ts";
import type { CheckId } from "../../backend/domain/verification/report.ts";
import { sign, trustRoot } from "../domain/verification/simulatedChain.ts";
import type { PageServer } from "./pageServer.ts";

/** A server's lie about the pack: what it hands out as evidence, and the check that must name it. */
export type Lie = {
  readonly name: string;
  readonly check: CheckId;
  /** The verdict it must lead to; failed unless said otherwise. */
  readonly verdict?: "pending";
  readonly evidence: (server: PageServer) => Promise<Uint8Array>;
  /** Changes more than the evidence. */
  readonly arrange?: (server: PageServer) => void;
};

const changed =
  (change: (bundle: EvidenceBundle, server: PageServer) => EvidenceBundle): Lie["evidence"] =>
  async (server) =>
    formatBundle(change(await server.chain.bundle(server.pack), server));

const withSteps = (bundle: EvidenceBundle, change: (steps: readonly EvidenceStep[]) => readonly EvidenceStep[]) => ({
  ...bundle,
  histories: bundle.histories.map((history, i) => (i === 0 ? { ...history, steps: change(history.steps) } : history)),
});

const withStep = (bundle: EvidenceBundle, at: number, change: Partial<EvidenceStep>) =>
  withSteps(bundle, (steps) => steps.map((step, i) => (i === at ? { ...step, ...change } : step)));

const withDataRecord = (
  bundle: EvidenceBundle,
  change: (first: DataRecordEvidence) => Partial<DataRecordEvidence>,
): EvidenceBundle => ({
  ...bundle,
  dataRecords: bundle.dataRecords.map((one, i) => (i === 0 ? { ...one, ...change(one) } : one)),
});

/** The genuine disclosures of a step, which the bundle itself withholds. */
function disclosuresOf(server: PageServer, at: number): readonly string[] {
  const step = server.chain.passports.get(server.pack)?.steps[at];
  const item = step?.items.find(({ passportId }) => passportId === server.pack);
  return server.chain.records.get(item?.recordHash as never)?.disclosures ?? [];
}

const forgedDisclosure = Buffer.from('["AAAAAAAAAAAAAAAAAAAAAA","stateOfHealth","1.00"]').toString("base64url");

/** The fleet's hand-in accepted by a key that is not the collection point's. */
function forgedAcceptance(bundle: EvidenceBundle): EvidenceBundle {
  const replayed = replayBundle(bundle, trustRoot)[0]?.steps[2];
  if (replayed === undefined) throw new Error("the pack has no third event");
  const digest = acceptanceDigest(domainSeparator(trustRoot), replayed.digest, 0n);
  const forged = sign(keccakText("key of a forger"), digest);
  return withStep(bundle, 2, { signatures: `${replayed.actorSignature}${forged.slice(2)}` as Hex });
}

const oneByte =
  (before: string, after: string): Lie["evidence"] =>
  async (server) => {
    const text = new TextDecoder().decode(await server.chain.bytes(server.pack));
    return new TextEncoder().encode(text.replace(before, after));
  };

async function oneByteOfADataRecord(server: PageServer): Promise<Uint8Array> {
  const bytes = await server.chain.bytes(server.pack);
  const text = new TextDecoder().decode(bytes);
  const digest = '"_sd":["';
  const at = text.indexOf(digest, text.indexOf('"dataRecords"')) + digest.length;
  bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
  return bytes;
}

export const LIES: readonly Lie[] = [
  { name: "drops the last event", check: "currency", evidence: changed((b) => withSteps(b, (s) => s.slice(0, -1))) },
  {
    name: "drops a middle event",
    check: "history",
    evidence: changed((b) => withSteps(b, (s) => s.filter((_, i) => i !== 2))),
  },
  {
    name: "reorders two events",
    check: "history",
    evidence: changed((b) => withSteps(b, ([mint, a, c, ...rest]) => [mint, c, a, ...rest] as EvidenceStep[])),
  },
  {
    name: "serves an older head",
    check: "currency",
    evidence: changed((b) => withSteps(b, (s) => s.slice(0, 2))),
  },
  { name: "flips a byte in a record", check: "records", evidence: oneByte("Chongqing", "Chongqinf") },
  { name: "flips a byte in the model's record", check: "records", evidence: oneByte("NMC622", "NMC722") },
  {
    name: "swaps the model's record for another model's",
    check: "records",
    evidence: changed((b, { chain }) => {
      const recordHash = chain.storeModel(1, "urn:example:other", {
        chemistry: "LFP",
        mass: { value: "9", unit: "kg" },
      });
      const { record } = chain.records.get(recordHash) as { record: JsonObject };
      return { ...b, models: [{ recordHash, record, disclosures: [] }] };
    }),
  },
  { name: "swaps two passports", check: "identifier", evidence: ({ chain, second }) => chain.bytes(second) },
  {
    name: "forges a disclosure",
    check: "disclosures",
    evidence: changed((b) => withStep(b, 0, { disclosures: [forgedDisclosure] })),
  },
  {
    name: "moves a disclosure to another event",
    check: "disclosures",
    evidence: changed((b, server) => withStep(b, 1, { disclosures: disclosuresOf(server, 0) })),
  },
  {
    name: "gives a disclosure twice",
    check: "disclosures",
    evidence: changed((b, server) => {
      const [first] = disclosuresOf(server, 0);
      if (first === undefined) throw new Error("nothing is withheld of the pack's first record");
      return withStep(b, 0, { disclosures: [first, first] });
    }),
  },
  {
    name: "proves a data record with another's proof",
    check: "data-records",
    evidence: changed((b) => withDataRecord(b, () => ({ proof: b.dataRecords[1]?.proof ?? [] }))),
  },
  {
    name: "moves a data record to another passport",
    check: "data-records",
    evidence: async ({ chain, pack, second }) => {
      const [one] = (await chain.bundle(second)).dataRecords;
      if (one === undefined) throw new Error("nobody measured the second pack");
      const moved = { ...one, dataRecord: { ...one.dataRecord, subjectId: pack } };
      return formatBundle(withDataRecord(await chain.bundle(pack), () => moved));
    },
  },
  {
    name: "flips a byte in a data record",
    check: "data-records",
    evidence: oneByteOfADataRecord,
  },
  {
    name: "forges the author's signature of a data record",
    check: "data-records",
    evidence: changed((b, { chain }) =>
      withDataRecord(b, ({ dataRecord }) => ({
        dataRecord: chain.signDataRecord(dataRecord, keccakText("key of a forger")),
      })),
    ),
  },
  { name: "forges an acceptance", check: "signatures", evidence: changed(forgedAcceptance) },
  {
    name: "answers for another contract",
    check: "trust-root",
    evidence: changed((b) => ({ ...b, contract: `0x${"11".repeat(20)}` as Address })),
  },
  {
    name: "marks pending events as final",
    check: "currency",
    verdict: "pending",
    evidence: ({ chain, pack }) => chain.bytes(pack),
    arrange: (server) => {
      server.answers.view = viewBeforeLastEvent(server, server.pack);
    },
  },
];

/** The chain's finalized view while the passport's last event was not in it yet. */
function viewBeforeLastEvent({ chain, pack }: PageServer, passportId: PassportId) {
  const view = chain.view();
  const steps = chain.passports.get(passportId)?.steps ?? [];
  const last = steps.at(-1);
  const state = view.passports.get(pack);
  const item = last?.items.find((candidate) => candidate.passportId === passportId);
  if (last === undefined || state === undefined || item === undefined) throw new Error("the pack has no last event");
  const number = last.blockNumber - 1;
  const logs = [...(view.custodyLogs ?? [])].filter(([, found]) => found.every((log) => log.blockNumber <= number));
  return {
    ...view,
    block: { ...view.block, number, time: view.block.time - 12 * (view.block.number - number) },
    passports: new Map(view.passports).set(passportId, { ...state, head: item.prevHead, phase: "active" as const }),
    custodyLogs: new Map(logs),
  };
}
