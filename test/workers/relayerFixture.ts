import { Wallet } from "ethers";
import { createTransactor } from "../../backend/chain/transactor.ts";
import { formatSignedCustodyEvent, isDeclined, type SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { readReadyHoldOrder } from "../../backend/storage/readyHoldOrders.ts";
import { readReadyProposal } from "../../backend/storage/readyProposals.ts";
import { openSubmissions } from "../../backend/storage/submissions.ts";
import { createRelayer } from "../../backend/workers/relayer.ts";
import type { RelayAlarm, Relayer, RelayerOptions } from "../../backend/workers/relayerNeeds.ts";
import { RELAYER_KEY, type TestContract } from "../support/contract.ts";
import type { TestDatabase } from "../support/database.ts";

export type TestRelayer = Relayer & { readonly alarms: RelayAlarm[]; readonly options: RelayerOptions };

/** A relayer that always leads, looks at the pool at every step and alarms into a list; parts can be replaced. */
export function relayerOf(
  database: TestDatabase,
  contract: TestContract,
  changed: Partial<RelayerOptions> = {},
  wallet = new Wallet(RELAYER_KEY),
): TestRelayer {
  const alarms: RelayAlarm[] = [];
  const chain = createTransactor(contract.rpc, wallet, contract);
  const options: RelayerOptions = {
    chain,
    store: openSubmissions(database.pool, chain.sender),
    readReadyProposal: () => readReadyProposal(database.pool),
    readReadyHoldOrder: () => readReadyHoldOrder(database.pool),
    sealAnchor: async () => false,
    holdLeadership: async () => true,
    onAlarm: (alarm) => alarms.push(alarm),
    clock: () => performance.now(),
    maxWaitSeconds: 0,
    recheckMs: 0,
    ...changed,
  };
  return { ...createRelayer(options), alarms, options };
}

let position = 0;

/** Puts an event where the accepting service puts it. */
export async function accept(database: TestDatabase, contract: TestContract, event: SignedCustodyEvent): Promise<Hash> {
  const { digest, heads } = hashEvent(contract.separator, event);
  await database.pool.query("INSERT INTO accepted_event VALUES ($1, $2, $3, $4, $5, now(), '{}', $6)", [
    digest,
    event.kind,
    event.actor,
    JSON.stringify(formatSignedCustodyEvent(event)),
    event.deadline,
    ++position,
  ]);
  for (const [i, item] of event.items.entries()) {
    const state = isDeclined(event.declined, i) ? "declined" : "open";
    await database.pool.query("INSERT INTO accepted_item VALUES ($1, $2, $3, $4, $5, 0, 'active', false, $6, NULL)", [
      digest,
      i,
      item.passportId,
      item.prevHead,
      heads[i],
      state,
    ]);
  }
  return digest;
}
