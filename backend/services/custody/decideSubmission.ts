import { type AcceptedItem, decideAcceptance } from "../../domain/custody/accept.ts";
import { mayCreate } from "../../domain/custody/events.ts";
import { judgeIssuing } from "../../domain/custody/issuing.ts";
import { DomainError } from "../../domain/errors.ts";
import { isCreationRecord } from "../../domain/records/parseRecord.ts";
import type { PreparedSubmission } from "./prepareSubmission.ts";
import type { BatchView } from "./readAcceptView.ts";

/**
 * Whether an operator may promise a submission: by the contract's rules, and for new items by the prefixes of their
 * issuer.
 * @throws DomainError those of `decideAcceptance`, `participant-record-missing`, `identifier-outside-prefixes`
 */
export function decideSubmission(submission: PreparedSubmission, view: BatchView): AcceptedItem[] {
  const items = decideAcceptance(submission, view);
  if (mayCreate(submission.event.kind)) requireOwnIdentifiers(submission, view);
  return items;
}

function requireOwnIdentifiers({ event, records }: PreparedSubmission, view: BatchView): void {
  const prefixes = view.prefixes.get(event.actor);
  const roles = view.participants.get(event.actor)?.roles ?? 0;
  if (prefixes === undefined) {
    throw new DomainError("participant-record-missing", "The issuer's record with its prefixes is not here yet.", {
      participantId: event.actor,
    });
  }
  for (const [position, { record }] of records.entries()) {
    if (!isCreationRecord(record) || judgeIssuing(roles, prefixes, record.uid) !== "outside-prefixes") continue;
    throw new DomainError("identifier-outside-prefixes", "The issuer may not mint under this identifier.", {
      position,
      uid: record.uid,
      participantId: event.actor,
    });
  }
}
