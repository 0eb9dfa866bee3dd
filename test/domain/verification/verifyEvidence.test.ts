import { expect } from "chai";
import fc from "fast-check";
import { keccakText, toHex } from "../../../backend/domain/bytes.ts";
import type { Item } from "../../../backend/domain/custody/events.ts";
import { encodeHeader } from "../../../backend/domain/custody/header.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { roleBits } from "../../../backend/domain/participants/roles.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { type RecoverSigner, recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Address, Hash, PassportId } from "../../../backend/domain/types.ts";
import {
  type EvidenceBundle,
  type EvidenceStep,
  formatBundle,
  parseBundle,
} from "../../../backend/domain/verification/bundle.ts";
import type { ChainView } from "../../../backend/domain/verification/chainView.ts";
import type { CheckId, VerificationReport } from "../../../backend/domain/verification/report.ts";
import { chainQuestionFor, verifyEvidence } from "../../../backend/domain/verification/verifyEvidence.ts";
import { playedChain, type SimulatedChain, trustRoot, UID } from "./simulatedChain.ts";

const statusOf = (report: VerificationReport, id: CheckId) => report.checks.find((line) => line.check === id)?.status;
const failedChecks = (report: VerificationReport) =>
  report.checks.filter((line) => line.status === "failed").map((line) => line.check);
const explain = (report: VerificationReport) =>
  report.checks.map((line) => `${line.check}: ${line.status} (${line.reason})`).join("\n");

/** The bundle with the subject's steps replaced. */
function withSteps(bundle: EvidenceBundle, change: (steps: EvidenceStep[]) => EvidenceStep[]): EvidenceBundle {
  const [subject, ...others] = bundle.histories;
  if (subject === undefined) throw new Error("no subject");
  return { ...bundle, histories: [{ ...subject, steps: change([...subject.steps]) }, ...others] };
}

const withStep = (bundle: EvidenceBundle, at: number, change: (step: EvidenceStep) => Partial<EvidenceStep>) =>
  withSteps(bundle, (steps) => steps.map((step, i) => (i === at ? { ...step, ...change(step) } : step)));

const stepOf = (bundle: EvidenceBundle, at: number) => bundle.histories[0]?.steps[at] as EvidenceStep;

const otherHash = toHex(keccakText("other")) as Hash;

describe("verifyEvidence", () => {
  let chain: SimulatedChain;
  let pack: PassportId;
  let bundle: EvidenceBundle;
  let view: ChainView;

  before(async () => {
    ({ chain, pack } = playedChain());
    bundle = await chain.bundle(pack);
    view = chain.view();
  });

  const judge = (changed: EvidenceBundle, on: ChainView = view) => verifyEvidence(formatBundle(changed), on, trustRoot);

  it("verifies a whole and current history, with every check passed", () => {
    const report = judge(bundle);
    expect(report.verdict, explain(report)).to.equal("verified");
    expect(report.checks.every((line) => line.status === "passed")).to.equal(true);
    expect(report.uid).to.equal(UID);
    expect(report.block?.number).to.equal(view.block.number);
  });

  it("writes and reads a bundle back to the same bytes", () => {
    const bytes = formatBundle(bundle);
    expect(formatBundle(parseBundle(bytes))).to.deep.equal(bytes);
  });

  it("refuses a bundle from before data records, and says to export it again", () => {
    const { dataRecords: _, ...rest } = JSON.parse(new TextDecoder().decode(formatBundle(bundle)));
    const old = canonicalBytes({ ...rest, type: "evidence/1" });
    const report = verifyEvidence(old, view, trustRoot);
    expect(failedChecks(report)).to.deep.equal(["format"]);
    expect(report.checks[0]).to.include({ check: "format", code: "bundle-outdated" });
    expect(report.checks[0]?.reason).to.contain("Export the passport again");
  });

  it("asks the chain about every passport, participant, event, anchor and signer in the bundle", () => {
    const question = chainQuestionFor(formatBundle(bundle), trustRoot);
    expect(question?.passportIds).to.deep.equal([pack]);
    expect(question?.participantIds).to.deep.equal([1, 2, 3, 4, 5, 7]);
    expect(question?.events.map(({ digest }) => digest)).to.have.members(
      [...chain.logs.keys()].filter((digest) => digest !== secondMint()),
    );
    expect(question?.signers.length).to.equal(6);
    expect(question?.anchors).to.deep.equal(
      bundle.dataRecords.map(({ publisher, blockNumber }) => ({ publisher, blockNumber })),
    );
  });

  /** The mint of the other pack is no business of this passport. */
  function secondMint(): Hash {
    const other = [...chain.passports].find(([id]) => id !== pack)?.[1].steps[0];
    return [...chain.logs].find(([, [log]]) => log?.blockHash === other?.blockHash)?.[0] as Hash;
  }

  it("holds the scanned identifier against the bundle", () => {
    const bytes = formatBundle(bundle);
    const asked = (uid: string) => verifyEvidence(bytes, view, trustRoot, { subject: { uid } });
    expect(asked(UID).verdict).to.equal("verified");
    const other = asked("https://id.gs1.org/01/09521002005004/21/PACK-0002");
    expect(failedChecks(other)).to.deep.equal(["identifier"]);
  });

  it("takes the GB/T code in the record for the battery that bears it, and no other", async () => {
    const played = playedChain();
    const code = "9BPPE581660422F6C0000017";
    const uid = "https://id.gs1.org/01/09521002005004/21/CODED";
    const coded = passportIdOf(1, normaliseUid(uid));
    const item = played.chain.item("mint", coded, { uid, batteryCode: code });
    played.chain.apply("mint", 1, 0, [item]);
    const bytes = await played.chain.bytes(coded);
    const asked = (wanted: string) =>
      verifyEvidence(bytes, played.chain.view(), trustRoot, { subject: { uid: wanted } }).verdict;
    expect(asked(code)).to.equal("verified");
    expect(asked("9BPPE581660422F6C0000018")).to.equal("failed");
  });

  it("does not call a history broken because another contract is trusted", () => {
    const other = { ...trustRoot, chainId: 1 };
    const report = verifyEvidence(formatBundle(bundle), { ...view, chainId: 1 }, other);
    expect(report.verdict).to.equal("failed");
    expect(failedChecks(report)).to.include("trust-root").and.not.include("history");
  });

  const lies: [name: string, check: CheckId, lie: (honest: EvidenceBundle) => EvidenceBundle][] = [
    ["the last event is dropped", "currency", (b) => withSteps(b, (s) => s.slice(0, -1))],
    ["a middle event is dropped", "history", (b) => withSteps(b, (s) => s.filter((_, i) => i !== 2))],
    ["two events are swapped", "history", (b) => withSteps(b, ([m, x, y, ...r]) => [m, y, x, ...r] as EvidenceStep[])],
    ["an event is repeated", "history", (b) => withSteps(b, (s) => [...s, s[4] as EvidenceStep])],
    ["the first event is dropped", "history", (b) => withSteps(b, (s) => s.slice(1))],
    [
      "a record's public field is altered",
      "records",
      (b) => withStep(b, 0, (s) => ({ record: { ...s.record, model: { chemistry: "LFP" } } })),
    ],
    ["the record of another event is shown", "records", (b) => withStep(b, 1, () => ({ record: stepOf(b, 2).record }))],
    [
      "a receiver is replaced in the header",
      "history",
      (b) =>
        withStep(b, 4 - 1, (s) => ({
          header: encodeHeader(
            { kind: "handover", actor: 3, counterparty: 2, occurredAt: 1, deadline: 2 },
            Number.parseInt(s.header.slice(-4), 16),
          ),
        })),
    ],
    [
      "a signature is replaced by another's",
      "signatures",
      (b) => withStep(b, 1, () => ({ signatures: stepOf(b, 2).signatures })),
    ],
    ["the block is another", "inclusion", (b) => withStep(b, 1, () => ({ blockHash: otherHash }))],
    ["the block number is another", "inclusion", (b) => withStep(b, 1, (s) => ({ blockNumber: s.blockNumber + 1 }))],
    ["the applied bitmap is another", "inclusion", (b) => withStep(b, 1, () => ({ applied: 7n }))],
    [
      "a record hash in the item is replaced",
      "history",
      (b) =>
        withStep(b, 1, (s) => ({
          items: s.items.map((i) => (typeof i === "string" ? i : ({ ...i, recordHash: otherHash } as Item))),
        })),
    ],
    [
      "a role is added to a participant",
      "participants",
      (b) => ({
        ...b,
        participants: b.participants.map((p) =>
          p.id === 2
            ? { ...p, changes: p.changes.map((c) => ({ ...c, roles: roleBits(["PRODUCER", "CUSTODIAN"]) })) }
            : p,
        ),
      }),
    ],
    [
      "a participant is left out",
      "participants",
      (b) => ({ ...b, participants: b.participants.filter((p) => p.id !== 3) }),
    ],
    [
      "a participant's record is forged",
      "participants",
      (b) => ({
        ...b,
        participants: b.participants.map((p) => (p.id === 1 ? { ...p, records: [{ names: { en: "x" } }] } : p)),
      }),
    ],
    [
      "the identifier is replaced",
      "identifier",
      (b) => ({ ...b, uid: "https://id.gs1.org/01/09521002005004/21/PACK-0002" }),
    ],
    ["it is for another contract", "trust-root", (b) => ({ ...b, contract: `0x${"11".repeat(20)}` as never })],
    [
      "a disclosure is made up",
      "disclosures",
      (b) =>
        withStep(b, 0, () => ({
          disclosures: [
            "WyJzYWx0c2FsdHNhbHRzYWx0c2FsdA",
            "WyJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBIiwic3RhdGVPZkhlYWx0aCIsIjEuMCJd",
          ].slice(1),
        })),
    ],
    [
      "an unrelated passport is slipped in",
      "lineage",
      (b) => ({
        ...b,
        histories: [
          ...b.histories,
          {
            ...(b.histories[0] as never as { steps: [] }),
            passportId: `0x${"22".repeat(20)}` as PassportId,
            steps: [],
          },
        ],
      }),
    ],
  ];

  for (const [name, check, lie] of lies) {
    it(`fails, naming ${check}, when ${name}`, () => {
      const report = judge(lie(bundle));
      expect(report.verdict, explain(report)).to.equal("failed");
      expect(failedChecks(report), explain(report)).to.include(check);
    });
  }

  /** Signatures once seen need not be recovered again: what differs from run to run is one bit. */
  const recovered = new Map<string, Address | null>();
  const recoverOnce: RecoverSigner = (digest, signature) => {
    const key = `${digest} ${signature}`;
    if (!recovered.has(key)) recovered.set(key, recoverSigner(digest, signature));
    return recovered.get(key) ?? null;
  };

  /** Holds for every bit from one byte to another; a data record moved above the reader's block is merely pending. */
  function expectFlipsFound(from: number, to: number): void {
    const bytes = formatBundle(bundle);
    fc.assert(
      fc.property(fc.integer({ min: from, max: to - 1 }), fc.nat(7), (at, bit) => {
        const flipped = Uint8Array.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        const report = verifyEvidence(flipped, view, trustRoot, { recoverSigner: recoverOnce });
        if (report.verdict === "failed") return failedChecks(report).length > 0;
        const later = report.checks.find(({ check }) => check === "data-records");
        return report.verdict === "pending" && later?.code === "data-record-not-final";
      }),
      { numRuns: 500 },
    );
  }

  it("fails for any single flipped bit of the bundle", function () {
    this.timeout(30_000);
    expectFlipsFound(0, formatBundle(bundle).length);
  });

  it("fails for any single flipped bit of its data records", function () {
    this.timeout(30_000);
    const text = new TextDecoder().decode(formatBundle(bundle));
    expectFlipsFound(text.indexOf('"dataRecords"'), text.indexOf('"histories"'));
  });

  it("says unavailable, never verified, when the chain cannot be asked", () => {
    const report = verifyEvidence(formatBundle(bundle), { unavailable: "connection refused", rpcs: ["x"] }, trustRoot);
    expect(report.verdict).to.equal("unavailable");
    expect(statusOf(report, "trust-root")).to.equal("unavailable");
    expect(statusOf(report, "history")).to.equal("passed");
  });

  it("says unavailable when the RPC serves no logs", () => {
    const report = judge(bundle, { ...view, custodyLogs: null });
    expect(report.verdict).to.equal("unavailable");
    expect(statusOf(report, "inclusion")).to.equal("unavailable");
  });

  it("fails when the contract's code is not the trusted one", () => {
    const report = judge(bundle, { ...view, codeHash: otherHash });
    expect(failedChecks(report)).to.deep.equal(["trust-root"]);
  });

  it("says unavailable when a record is missing", () => {
    const report = judge(withStep(bundle, 2, () => ({ record: null })));
    expect(report.verdict).to.equal("unavailable");
    expect(statusOf(report, "records")).to.equal("unavailable");
  });

  it("says pending while the last event is not final in the reader's view", async () => {
    const played = playedChain();
    const before = played.chain.view();
    const second = [...played.chain.passports.keys()].find((id) => id !== played.pack) as PassportId;
    played.chain.handover(2, 3, [second]);
    const report = verifyEvidence(await played.chain.bytes(second), before, trustRoot);
    expect(report.verdict, explain(report)).to.equal("pending");
    expect(report.pendingEvents).to.equal(1);
    expect(verifyEvidence(await played.chain.bytes(second), played.chain.view(), trustRoot).verdict).to.equal(
      "verified",
    );
  });

  it("judges roles as of the event's block, not today's", async () => {
    const played = playedChain();
    played.chain.change(1, { active: false });
    played.chain.change(3, { roles: 0 });
    expect(verifyEvidence(await played.chain.bytes(played.pack), played.chain.view(), trustRoot).verdict).to.equal(
      "verified",
    );
  });

  it("fails an event that its actor had no right to", async () => {
    const played = playedChain();
    const second = [...played.chain.passports.keys()].find((id) => id !== played.pack) as PassportId;
    played.chain.apply("closure", 2, 0, [played.chain.item("closure", second)]); // a fleet closes
    const report = verifyEvidence(await played.chain.bytes(second), played.chain.view(), trustRoot);
    expect(failedChecks(report), explain(report)).to.deep.equal(["custody-rules"]);
  });

  it("fails an issuer that mints outside its prefixes, and shows a registrar as such", async () => {
    const played = playedChain();
    const foreign = played.chain.mint(1, "https://id.gs1.org/01/09506000134352/21/A1");
    const outside = verifyEvidence(await played.chain.bytes(foreign), played.chain.view(), trustRoot);
    expect(failedChecks(outside), explain(outside)).to.deep.equal(["issuer"]);
    played.chain.admit(8, "registrar", ["REGISTRAR"]);
    const intake = played.chain.mint(8, "https://id.gs1.org/01/09506000134352/21/A2");
    const registered = verifyEvidence(await played.chain.bytes(intake), played.chain.view(), trustRoot);
    expect(registered.verdict, explain(registered)).to.equal("verified");
    expect(registered.checks.find((line) => line.check === "issuer")?.code).to.equal("issuer-registrar");
  });

  it("follows a second-life pack to all its parents", async () => {
    const played = playedChain();
    const { chain: c } = played;
    c.admit(6, "integrator", ["SECOND_LIFE", "CUSTODIAN"], "9506000");
    const a = c.mint(1, "https://id.gs1.org/01/09521002005004/21/A");
    const b = c.mint(1, "https://id.gs1.org/01/09521002005004/21/B");
    c.handover(1, 6, [a, b]);
    const [modules] = c.transform(6, [a], ["https://id.gs1.org/01/09506000134352/21/MODULES"]);
    const [product] = c.transform(6, [b, modules as PassportId], ["https://id.gs1.org/01/09506000134352/21/STORAGE"]);
    const whole = await c.bundle(product as PassportId);
    expect(whole.histories.map((history) => history.passportId)).to.have.members([product, b, modules, a]);
    const report = verifyEvidence(formatBundle(whole), c.view(), trustRoot);
    expect(report.verdict, explain(report)).to.equal("verified");
    const orphaned = { ...whole, histories: whole.histories.filter((history) => history.passportId !== a) };
    expect(failedChecks(verifyEvidence(formatBundle(orphaned), c.view(), trustRoot))).to.include("lineage");
  });

  it("takes a contract wallet's signature as checked by the contract at inclusion", () => {
    const signer = bundle.participants[1]?.changes[0]?.signer as never;
    const wallet = { ...view, contractWallets: new Set([signer]) };
    expect(judge(bundle, wallet).verdict).to.equal("verified");
  });

  it("reports a malformed bundle as failed, whatever it holds", () => {
    for (const text of ["", "{}", "null", "[]", '"x"', '{"type":"evidence/1"}', "\u0000", "{".repeat(5000)]) {
      const report = verifyEvidence(new TextEncoder().encode(text), view, trustRoot);
      expect(report.verdict, text.slice(0, 20)).to.equal("failed");
      expect(statusOf(report, "format")).to.equal("failed");
    }
  });
});
