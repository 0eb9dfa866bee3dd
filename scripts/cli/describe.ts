import type { SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import {
  isQuorumOrder,
  type QuorumDecision,
  type QuorumOrder,
} from "../../backend/domain/participants/quorumDecision.ts";
import { roleNames } from "../../backend/domain/participants/roles.ts";
import type { JsonObject, JsonValue } from "../../backend/domain/types.ts";
import type { DisclosedField } from "../../backend/domain/verification/disclosedFields.ts";
import type { Change } from "./actions/proposeChange.ts";
import type { Participant } from "./operator/answers.ts";
import { plain } from "./plain.ts";

const shown = (value: unknown): string => plain(String(value));

/** A moment in unix seconds, as people read it. */
export const moment = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** A withheld field that evidence shows, with whoever signed for its record. */
export function describeDisclosed({ path, value, kind, author, occurredAt }: DisclosedField): string {
  const carrier = kind === null ? "data record" : `${kind} record`;
  return `  ${shown(path)} = ${shown(describeValue(value))}  (${carrier} of participant ${author}, ${moment(occurredAt)})`;
}

/** A quantity as people write it, and everything else as JSON. */
function describeValue(value: JsonValue): string {
  if (typeof value === "string") return value;
  const { value: amount, unit } = (value ?? {}) as JsonObject;
  return typeof unit === "string" && amount !== undefined ? `${amount} ${unit}` : JSON.stringify(value);
}

/** What people hold against a battery's label. */
const LABEL = ["manufacturer", "modelId", "chemistry", "ratedCapacity", "mass"];

/** An item's label, a line for each of its fields that evidence shows. */
export function describeItem({ model }: JsonObject): string[] {
  const label = (model ?? {}) as JsonObject;
  return LABEL.flatMap((name) => {
    const value = label[name];
    return value === undefined ? [] : [`${name.padEnd(14)} ${shown(describeValue(value))}`];
  });
}

/** What governors put their names under, in words. */
export function describeProposal(proposal: QuorumDecision, record: JsonObject | null): string {
  if (isQuorumOrder(proposal)) return `${describeOrder(proposal)}\nvalid until ${moment(proposal.deadline)}`;
  const validity = `valid until ${moment(proposal.deadline)}, on registry head ${proposal.registryHead}`;
  return `${describeChange(proposal, record)}\n${validity}`;
}

/** What the quorum is to order about passports. */
export function describeOrder(order: QuorumOrder): string {
  if (order.kind === "release") {
    const { passportId, counter, reasonHash } = order;
    return [`Release passport ${passportId} from its hold ${counter}`, `  hash of the reason ${reasonHash}`].join("\n");
  }
  return [
    `Move ${order.items.length} passports to participant ${order.counterparty}, whatever their custodians say;`,
    "the receiver must accept. It will always be shown as ordered by the quorum.",
    ...order.items.map(({ passportId }, position) => `  ${String(position).padStart(3)}  ${passportId}`),
  ].join("\n");
}

/** The change alone, without the validity that a proposal gives it. */
export function describeChange(change: Change, record: JsonObject | null): string {
  return [...sentencesOf(change), ...(record === null ? [] : describeRecord(record))].join("\n");
}

function sentencesOf(proposal: Change): string[] {
  switch (proposal.kind) {
    case "admission":
      return [
        `Admit participant ${proposal.participantId}`,
        `  account ${proposal.account}`,
        `  signer  ${proposal.signer}`,
        `  roles   ${rolesText(proposal.roles)}`,
      ];
    case "role-change":
      return [`Change the roles of participant ${proposal.participantId} to ${rolesText(proposal.roles)}`];
    case "suspension":
      return [`Suspend participant ${proposal.participantId}: it can sign nothing until reinstated`, reason(proposal)];
    case "reinstatement":
      return [`Reinstate participant ${proposal.participantId}`, reason(proposal)];
    case "signer-rotation":
      return [`Let participant ${proposal.participantId} sign with ${proposal.signer} from now on`, reason(proposal)];
    case "account-change":
      return [`Give participant ${proposal.participantId} the account ${proposal.account}`, reason(proposal)];
    case "governor-change":
      return [
        `Replace the governors: ${proposal.threshold} of these ${proposal.governors.length} decide from now on`,
        ...proposal.governors.map((governor) => `  ${governor}`),
        reason(proposal),
      ];
    case "succession":
      return [
        `Point everybody to the successor contract ${proposal.successor}; this cannot be undone`,
        reason(proposal),
      ];
  }
}

const reason = ({ recordHash }: Change): string => `  hash of the reason ${recordHash}`;
const rolesText = (roles: number): string => roleNames(roles).join(", ") || "none";

/** A participant's record: who it is, and what it may mint under. */
export function describeRecord(record: JsonObject): string[] {
  const names = (record.names ?? {}) as JsonObject;
  const prefixes = (record.identifierPrefixes ?? []) as readonly { scheme: string; prefix: string }[];
  return [
    `  name    ${[names.en, names.zh]
      .filter((name) => name !== undefined)
      .map(shown)
      .join(" · ")}`,
    `  kind    ${shown(record.kind)}${record.country === undefined ? "" : ` (${shown(record.country)})`}`,
    `  may mint under ${prefixes.map(({ scheme, prefix }) => plain(`${scheme}:${prefix}`)).join(", ") || "no identifiers"}`,
  ];
}

export function describeParticipant(participant: Participant): string {
  const { id, account, signer, roles, active, record } = participant;
  return [
    `participant ${id}${active ? "" : " (suspended)"}`,
    ...(record === null ? ["  (its record is not here)"] : describeRecord(record)),
    `  roles   ${roles.join(", ") || "none"}`,
    `  account ${account}`,
    `  signer  ${signer}`,
  ].join("\n");
}

/** The items of an offer, with what stands in the way of each. */
export function describeOffer(
  event: SignedCustodyEvent,
  giver: string,
  uids: ReadonlyMap<string, string>,
  obstacles: readonly (string | null)[],
  declined: readonly number[],
): string {
  const lines = event.items.map(({ passportId }, position) => {
    const obstacle = obstacles[position];
    const mark = declined.includes(position) ? "declined" : obstacle ? `CANNOT BE TAKEN: ${obstacle}` : "taken";
    return `  ${String(position).padStart(3)}  ${passportId}  ${plain(uids.get(passportId) ?? "")}  ${mark}`;
  });
  const times = `handed over ${moment(event.occurredAt)} as they say, valid until ${moment(event.deadline)}`;
  return [`From ${giver}, ${times}:`, ...lines].join("\n");
}
