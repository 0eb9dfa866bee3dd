import { basename } from "node:path";

/** The test files that see most of what a source file does. */
const CLOSEST: Readonly<Record<string, readonly string[]>> = {
  CustodyLedger: ["custodyEvents", "custodyKinds", "custodyEndings"],
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

/**
 * The order in which test files run against a mutation, since the first failure ends the run.
 * @param source the mutated file
 * @param tests names of all test files, without their ending
 */
export function testOrder(source: string, tests: readonly string[]): string[] {
  const first = ["walk", ...(CLOSEST[basename(source, ".sol")] ?? []), "vectors"];
  const between = tests.filter((test) => !first.includes(test) && !SLOW.includes(test));
  return [...first, ...between, ...SLOW].filter((test) => tests.includes(test));
}
