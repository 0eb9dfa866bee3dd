import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "../../backend/domain/errors.ts";
import type { Hash, PassportId } from "../../backend/domain/types.ts";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { writeDurably } from "../../backend/embedded/durableFile.ts";
import { acceptOffer, reviewOffer } from "../cli/actions/acceptOffer.ts";
import type { Submission } from "../cli/actions/signEvent.ts";
import { awaitEvent, eventStage, type Stage, submitEvent } from "../cli/actions/submitEvent.ts";
import type { Signer } from "../cli/keys/keystore.ts";
import { readCustody } from "../cli/operator/answers.ts";
import { findActor, openSession, type Session } from "../cli/session.ts";
import { admitFirms } from "./admitFirms.ts";
import { OBSERVATIONS, observationsTaken, takeObservation } from "./observations.ts";
import { createSampleKeys, type SampleKeys } from "./sampleKeys.ts";
import { PACK_IN_USE, RECYCLED_PACK } from "./samplePacks.ts";
import { carryOutOnce, eventJournal } from "./stepJournal.ts";
import { IN_USE, RECYCLED, signStep, WALK, type WalkStep } from "./walkSteps.ts";

/** What the walk leaves behind: evidence that anyone can verify, and the line that does. */
export type SampleWalk = {
  readonly bundles: readonly { readonly passportId: PassportId; readonly uid: string; readonly file: string }[];
  /** To be typed in the present folder; asks the chain in DATA_DIR and no server. */
  readonly verifyCommand: string;
};

const WAIT_MS = 120_000;
const FINALITY_POLL_MS = 200;

/**
 * Plays the sample on an installation: the quorum admits seven firms, two packs are made, and one of them goes from hand
 * to hand, past a test lab, until it is recycled. Everything goes through the public HTTP API, with real keys, as users
 * would do it. Played again, also after an interruption, it goes on where it stands.
 * @param dataDir its keys are in `keys/`, what it leaves in `sample/`
 * @throws DomainError `sample-not-empty` where others use the installation already, and those of the operator
 */
export async function playSampleWalk(options: {
  readonly dataDir: string;
  readonly operatorUrl: string;
  readonly log: (line: string) => void;
}): Promise<SampleWalk> {
  const { dataDir, operatorUrl, log } = options;
  const folder = join(dataDir, "sample");
  const keys = await createSampleKeys(dataDir);
  const session = await openSession({ operatorUrl });
  const stepsTaken = async () => (await readCustody(session.operator, RECYCLED))?.steps.length ?? 0;
  // Once it is played, the installation is its users': they may have changed the firms' keys and roles.
  if ((await stepsTaken()) < WALK.length) {
    await admitFirms(session, keys, log);
    for (const [sequence, step] of WALK.entries()) {
      const kept = (name: string) => join(folder, "steps", `${sequence + 1}-${name}.json`);
      if ((await stepsTaken()) <= sequence) {
        await takeStep(session, keys, step, kept(step.name));
        log(step.says);
      }
      for (const [place, observation] of OBSERVATIONS.entries()) {
        if (observation.after !== step.name || (await observationsTaken(session)).length > place) continue;
        await takeObservation(session, keys, observation, kept(`${step.name}-${observation.name}`));
        log(observation.says);
      }
    }
  }
  await awaitFinality(session, log);
  await mkdir(folder, { recursive: true });
  const packs = [
    { passportId: RECYCLED, uid: String(RECYCLED_PACK.uid), file: join(folder, "recycled-pack.bundle.json") },
    { passportId: IN_USE, uid: String(PACK_IN_USE.uid), file: join(folder, "pack-in-use.bundle.json") },
  ] as const;
  for (const { passportId, file } of packs) {
    await writeDurably(file, await session.operator.getBytes(`/v1/dpps/${passportId}/evidence`));
  }
  const root = formatTrustRoot(session.trustRoot);
  const places = `${typed(packs[0].file)} --chain ${typed(dataDir)}`;
  return { bundles: packs, verifyCommand: `npx battery-passport verify ${places} --trust-root ${root}` };
}

const takeStep = (session: Session, keys: SampleKeys, step: WalkStep, file: string): Promise<void> =>
  carryOutOnce(
    session,
    eventJournal(file),
    () => signStep(session, keys, step),
    (submission) => carryOut(session, keys, step, submission),
  );

async function carryOut(session: Session, keys: SampleKeys, step: WalkStep, submission: Submission): Promise<void> {
  const { digest } = submission;
  const known = await knownStage(session, digest);
  if (known === null) await submitEvent(session, submission);
  if (step.to !== undefined && (known === null || known === "offered")) {
    const receiver = await findActor(session, keys.firms.get(step.to.key) as Signer, step.to.id);
    await acceptOffer(session, receiver, await reviewOffer(session, receiver, digest), []);
  }
  await awaitEvent(session, digest, "included", { timeoutMs: WAIT_MS, progress: () => undefined });
}

async function knownStage(session: Session, digest: Hash): Promise<Stage | null> {
  try {
    return await eventStage(session, digest);
  } catch (error) {
    if (error instanceof DomainError && error.code === "event-unknown") return null;
    throw error;
  }
}

/** The evidence is exported when nothing of it can be taken back: a verifier would call it pending before. */
async function awaitFinality(session: Session, log: (line: string) => void): Promise<void> {
  const end = performance.now() + WAIT_MS;
  for (let said = false; ; said = true) {
    const histories = await Promise.all([RECYCLED, IN_USE].map((id) => readCustody(session.operator, id)));
    const states = [
      ...histories.map((custody) => custody?.steps.at(-1)?.state),
      ...(await observationsTaken(session)).map(({ state }) => state),
    ];
    if (states.every((state) => state === "finalized")) return;
    if (!said) log("waiting until the chain calls it final …");
    if (performance.now() > end)
      throw new DomainError("wait-timeout", "What the sample signed does not become final.", {});
    await pause(FINALITY_POLL_MS);
  }
}

/** A path as one types it here: relative where that is shorter, quoted where it must be. */
function typed(path: string): string {
  const near = relative(process.cwd(), path) || ".";
  const shorter = near.length < path.length ? near : path;
  return /^[\w./\\:-]+$/.test(shorter) ? shorter : `"${shorter}"`;
}
