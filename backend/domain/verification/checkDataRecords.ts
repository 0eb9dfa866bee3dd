import { type InclusionFault, judgeInclusion } from "../anchors/merkleTree.ts";
import { hasAnyRole } from "../participants/roles.ts";
import type { RecoverSigner } from "../signatures.ts";
import type { UnixTime } from "../types.ts";
import { type AnchorLog, anchorPlace, type ChainView } from "./chainView.ts";
import { type CheckRecorder, recordCheck } from "./checkLine.ts";
import { compareDataRecords } from "./dataRecordEvidence.ts";
import { type DataRecordFault, judgeDataRecord } from "./judgeDataRecord.ts";
import type { ReplayedDataRecord, ReplayedHistory } from "./replay.ts";
import type { CheckLine } from "./report.ts";
import type { StandingWhen } from "./standings.ts";

const NO_OTHERS = "That says nothing of data records that are not shown.";

const WRONG: { readonly [fault in DataRecordFault]: string } = {
  "author-inactive": "is by a participant that was not admitted, or suspended, when it was anchored",
  "signature-wrong": "was not signed by its author's signer at that time",
  "occurred-in-future": "states a time after the block that anchored it",
  "record-altered": "is shown with another record than the one that was signed",
  "record-misplaced": "is shown with a record about something else",
  "record-malformed": "is shown with a record that cannot be read",
};

/**
 * Was every shown data record signed by its author and anchored where the evidence says? Not whether there are others:
 * an exporter may leave some out, and only a reader who follows all anchors would know.
 */
export function checkDataRecords(
  histories: readonly ReplayedHistory[],
  dataRecords: readonly ReplayedDataRecord[],
  view: ChainView,
  standingWhen: StandingWhen,
  recover: RecoverSigner,
): CheckLine {
  const check = recordCheck("data-records");
  const passports = new Set(histories.map(({ passportId }) => passportId));
  if (dataRecords.some((one, i) => i > 0 && compareDataRecords(dataRecords[i - 1] as ReplayedDataRecord, one) >= 0)) {
    check.fail("data-records-disordered", "Data records are listed twice, or not in their order.");
  }
  if (new Set(dataRecords.map(({ digest }) => digest)).size !== dataRecords.length) {
    check.fail("data-records-disordered", "One data record is shown from two anchors.");
  }
  dataRecords.forEach((one, i) => {
    const number = i + 1;
    const { dataRecord, blockNumber, publisher } = one.evidence;
    const { author, occurredAt, subjectId } = dataRecord;
    const values = { dataRecord: number, author, publisher, block: blockNumber, occurredAt };
    if (!passports.has(subjectId)) {
      const sentence = `Data record ${number} is about ${subjectId}, which is no passport of this evidence.`;
      check.fail("data-record-unrelated", sentence, { ...values, subject: subjectId });
    }
    const log = findAnchor(check, one, view, number, values);
    const anchoredAt = log?.blockTime ?? null;
    const standings = standingWhen(author, anchoredAt);
    const { fault, signer } = judgeDataRecord(one, standings, anchoredAt, recover);
    const reason = `Data record ${number} ${WRONG[fault ?? "signature-wrong"]}.`;
    const signers = standings.filter(({ active }) => active).map((standing) => standing.signer);
    check.compare(
      `signer of data record ${number}: participant ${author}, at ${timeText(occurredAt)}, block ${blockNumber}`,
      signers.find((expected) => expected === signer) ?? (signers.join(" or ") || "no signer"),
      signer ?? "no valid signature",
      `data-record-${fault}`,
      reason,
      values,
    );
    if (fault !== null) check.fail(`data-record-${fault}`, reason, values);
    const publishers = log === null ? [] : standingWhen(publisher, log.blockTime);
    if (log !== null && !publishers.some(({ active, roles }) => active && hasAnyRole(roles, ["OPERATOR"]))) {
      const sentence = `Data record ${number} was anchored by participant ${publisher}, no operator at that time.`;
      check.fail("data-record-publisher-not-operator", sentence, values);
    }
  });
  const records = dataRecords.length;
  return records === 0
    ? check.close("data-records-none", `No data record is shown. ${NO_OTHERS}`)
    : check.close(
        "data-records-anchored",
        `All ${records} shown data records were signed by their authors and anchored. ${NO_OTHERS}`,
        { records },
      );
}

const timeText = (seconds: UnixTime): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** The log that the record's proof leads to; null, and noted why, where there is none. */
function findAnchor(
  check: CheckRecorder,
  { evidence, leaf }: ReplayedDataRecord,
  view: ChainView,
  number: number,
  values: Readonly<Record<string, string | number>>,
): AnchorLog | null {
  const { blockNumber, blockHash, publisher, leafIndex, proof } = evidence;
  if (blockNumber > view.block.number) {
    check.pending("data-record-not-final", `The anchor of data record ${number} is not final yet.`, values);
    return null;
  }
  if (view.anchorLogs === null) {
    check.unavailable("logs-not-served", "The RPC does not serve the contract's logs.");
    return null;
  }
  const logs = view.anchorLogs.get(anchorPlace({ publisher, blockNumber })) ?? [];
  const faults = logs
    .filter((log) => log.blockHash === blockHash)
    .map((log) => ({
      log,
      fault: judgeInclusion({ leaf, index: leafIndex, size: log.count, proof, root: log.root }),
    }));
  const included = faults.find(({ fault }) => fault === null)?.log;
  const [first] = faults;
  if (first === undefined) {
    const reason = `Participant ${publisher} anchored nothing in the block that the evidence names for data record ${number}.`;
    check.fail("data-record-not-anchored", reason, values);
    return null;
  }
  const expected = (included ?? first.log).root;
  const found: string | InclusionFault = included === undefined ? (first.fault ?? "") : expected;
  const other = `The proof of data record ${number} does not lead to the root that was anchored.`;
  check.compare(
    `root of the anchor of data record ${number}`,
    expected,
    found,
    "data-record-not-included",
    other,
    values,
  );
  return included ?? null;
}
