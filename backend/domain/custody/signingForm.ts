import type { SigningDomain } from "../eip712.ts";
import { type SigningForm, signingForm } from "../signingForm.ts";
import type { JsonObject } from "../types.ts";
import type { CustodyEvent } from "./events.ts";
import { CUSTODY_TYPES, isCreated } from "./hashEvent.ts";

/** What the actor's wallet is given to sign an event: it hashes to the event's digest. */
export function custodySigningForm(domain: SigningDomain, event: CustodyEvent): SigningForm {
  return signingForm(domain, CUSTODY_TYPES[event.kind], messageOf(event));
}

/** The event under the field names of its kind's type. */
function messageOf({ kind, actor, counterparty, occurredAt, deadline, items }: CustodyEvent): JsonObject {
  const changed = items
    .filter((item) => !isCreated(kind, item))
    .map(({ passportId, prevHead, recordHash }) => ({ passportId, prevHead, recordHash }));
  const created = items
    .filter((item) => isCreated(kind, item))
    .map(({ passportId, recordHash }) => ({ passportId, recordHash }));
  const times = { occurredAt, deadline };
  switch (kind) {
    case "mint":
      return { issuer: actor, ...times, passports: created };
    case "handover":
      return { giver: actor, receiver: counterparty, ...times, items: changed };
    case "transformation":
      return { custodian: actor, ...times, inputs: changed, outputs: created };
    case "withdrawal":
    case "closure":
      return { custodian: actor, ...times, items: changed };
    case "void":
      return { issuer: actor, ...times, items: changed };
    case "reassignment":
      return { receiver: counterparty, ...times, items: changed };
  }
}
