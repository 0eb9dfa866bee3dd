import { basename } from "node:path";

/** The test files that see most of what a source file does. */
const CLOSEST: Readonly<Record<string, readonly string[]>> = {
  CustodyLedger: ["custodyKinds", "custodyEndings", "custodyEvents"],
  EventForm: ["custodyEvents", "custodyKinds", "custodyEndings"],
  EventHashing: ["custodyKinds", "custodyEndings"],
  EventHeader: ["custodyEvents"],
  GovernorQuorum: ["governorQuorum"],
  ParticipantRegistry: ["participantRegistry", "governorQuorum"],
  PassportHolds: ["passportHolds"],
  PassportState: ["custodyKinds", "passportToken", "passportHolds"],
  PassportToken: ["passportToken"],
  ProposalHashing: ["governorQuorum", "participantRegistry"],
  RecordAnchors: ["recordAnchors"],
  SignatureCheck: ["signatureCheck"],
};
/** Many random stories each: the last resort. */
const SLOW = ["differential", "rebuild"];
const MANY = 100;

/** A top-level suite of the tests: these share nothing, so that they can run in any order. */
export type TopSuite = { readonly title: string; readonly file?: string | undefined };

/**
 * The suites in the order in which they run against a mutation, since the first failure ends the run: a short walk through
 * everything, what is closest to the mutated file, all the rest, the same by the other kind of signature, random stories.
 * @param source the mutated file
 * @param lastKiller title of the suite that killed the mutation before this one, which is often its neighbour
 */
export function testOrder<T extends TopSuite>(suites: readonly T[], source: string, lastKiller: string): T[] {
  const first = ["walk", "vectors", ...(CLOSEST[basename(source, ".sol")] ?? [])];
  const place = ({ title, file = "" }: T): number => {
    const test = basename(file, ".test.ts");
    if (SLOW.includes(test)) return 3 * MANY;
    if (title === lastKiller) return -1;
    const near = first.includes(test) ? first.indexOf(test) : MANY;
    return title.includes("(ERC-1271)") ? near + MANY : near;
  };
  return [...suites].sort((a, b) => place(a) - place(b));
}
