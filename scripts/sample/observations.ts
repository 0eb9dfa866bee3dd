import { DomainError } from "../../backend/domain/errors.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { type DataRecordSubmission, prepareCorrection, signDataRecord } from "../cli/actions/signDataRecord.ts";
import { dataRecordStage, submitDataRecord } from "../cli/actions/submitDataRecord.ts";
import type { Signer } from "../cli/keys/keystore.ts";
import { type ListedDataRecord, readDataRecords } from "../cli/operator/answers.ts";
import { type Actor, findActor, type Session } from "../cli/session.ts";
import { type SampleFirm, TEST_LAB } from "./sampleFirms.ts";
import type { SampleKeys } from "./sampleKeys.ts";
import { HEALTH_CORRECTION, MEASURED_HEALTH } from "./samplePacks.ts";
import { carryOutOnce, dataRecordJournal } from "./stepJournal.ts";
import { RECYCLED } from "./walkSteps.ts";

/** A data record of the walk about the pack that is recycled. */
export type Observation = {
  readonly name: string;
  readonly says: string;
  /** The custody event that it follows. */
  readonly after: string;
  readonly by: SampleFirm;
  /** @param earlier digests of the records that the same firm signed before */
  readonly sign: (session: Session, actor: Actor, earlier: readonly Hash[]) => Promise<DataRecordSubmission>;
};

export const OBSERVATIONS: readonly Observation[] = [
  {
    name: "state-of-health",
    says: "the test lab measured the retired pack's state of health",
    after: "handover-to-collection-point",
    by: TEST_LAB,
    sign: async (session, actor) =>
      await signDataRecord(session, actor, RECYCLED, { kind: "state-of-health", ...MEASURED_HEALTH }),
  },
  {
    name: "correction",
    says: "the test lab corrected one figure of it",
    after: "handover-to-collection-point",
    by: TEST_LAB,
    sign: async (session, actor, earlier) => {
      const { correction, reason } = HEALTH_CORRECTION;
      const { fields } = await prepareCorrection(session, actor, earlier[0] as Hash, [correction], reason);
      return await signDataRecord(session, actor, RECYCLED, fields);
    },
  },
];

/** The sample's own data records, in the order in which they were signed. */
export async function observationsTaken({ operator }: Session): Promise<ListedDataRecord[]> {
  const known = await readDataRecords(operator, RECYCLED);
  return known.filter(({ author }) => author === TEST_LAB.id);
}

/**
 * Signs an observation and hands it to the operator, once. It is not waited for: the walk goes on meanwhile.
 * @param file where what was signed is kept in case of an interruption
 */
export async function takeObservation(
  session: Session,
  keys: SampleKeys,
  { by, sign }: Observation,
  file: string,
): Promise<void> {
  const signNow = async () => {
    const actor = await findActor(session, keys.firms.get(by.key) as Signer, by.id);
    const earlier = (await observationsTaken(session)).map(({ digest }) => digest);
    return await sign(session, actor, earlier);
  };
  await carryOutOnce(session, dataRecordJournal(file), signNow, async (signed) => {
    if (!(await isKnown(session, signed.digest))) await submitDataRecord(session, signed);
  });
}

async function isKnown(session: Session, digest: Hash): Promise<boolean> {
  try {
    await dataRecordStage(session, digest);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === "data-record-unknown") return false;
    throw error;
  }
}
