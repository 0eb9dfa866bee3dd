import type { BaseWallet } from "ethers";
import { createChainReader } from "../../../backend/chain/chainReader.ts";
import type { JsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { readHeader } from "../../../backend/chain/readBlocks.ts";
import { readCodeHash } from "../../../backend/chain/readCodeHash.ts";
import { readChainId, waitForReceipt } from "../../../backend/chain/sendTransaction.ts";
import { createTransactor } from "../../../backend/chain/transactor.ts";
import { isDeclined, type SignedCustodyEvent } from "../../../backend/domain/custody/events.ts";
import { eventDigest } from "../../../backend/domain/custody/hashEvent.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { gasOfEvent, SUBMISSION_BASE_GAS, TRANSACTION_GAS_CAP } from "../../../backend/domain/submissions/gas.ts";
import type { Hash, PassportId } from "../../../backend/domain/types.ts";
import type { TrustRoot } from "../../../backend/domain/verification/trustRoot.ts";

/** What the contract made of one event. */
export type DirectOutcome = {
  readonly digest: Hash;
  readonly applied: readonly PassportId[];
  /** Null for the whole event. */
  readonly rejected: readonly { readonly passportId: PassportId | null; readonly reason: string }[];
};

export type DirectResult = {
  readonly transaction: Hash;
  readonly blockNumber: number;
  readonly gasUsed: number;
  readonly outcomes: readonly DirectOutcome[];
};

/**
 * Sends signed events to the contract with a key of one's own that pays, past every operator: nobody can keep what its
 * parties have signed from the chain.
 * @throws DomainError `chain-other`, `contract-other` (not the trusted code), `submission-too-large`,
 *   `transaction-refused`, `transaction-reverted`
 */
export async function submitDirect(
  rpc: JsonRpc,
  trustRoot: TrustRoot,
  wallet: BaseWallet,
  events: readonly SignedCustodyEvent[],
): Promise<DirectResult> {
  await requireTrusted(rpc, trustRoot);
  const gasLimit = SUBMISSION_BASE_GAS + events.reduce((sum, event) => sum + gasOfEvent(event), 0);
  if (gasLimit > TRANSACTION_GAS_CAP) {
    const message = "These events need more gas than one transaction may have; send them in several.";
    throw new DomainError("submission-too-large", message, { gasLimit, most: TRANSACTION_GAS_CAP });
  }
  const transactor = createTransactor(rpc, wallet, trustRoot);
  const signed = await transactor.sign({
    nonce: await transactor.readNonce(),
    gasLimit,
    calldata: transactor.encodeEvents(events),
    ...(await transactor.readMarketFees()),
  });
  const sent = await transactor.send(signed.raw);
  if (sent.outcome !== "sent") {
    const message = `The chain's RPC does not take the transaction: ${sent.reason}`;
    throw new DomainError("transaction-refused", message, { account: transactor.sender, outcome: sent.outcome });
  }
  const receipt = await waitForReceipt(rpc, signed.hash);
  if (!receipt.succeeded) {
    throw new DomainError("transaction-reverted", "The transaction failed on the chain.", { transaction: signed.hash });
  }
  const block = await readHeader(rpc, receipt.blockHash);
  const logs = (await createChainReader(rpc, trustRoot.contract).readLogsOf([block])).filter(
    (log) => log.transactionHash === signed.hash,
  );
  const separator = domainSeparator(trustRoot);
  const outcomes = events.map((event, position): DirectOutcome => {
    const digest = eventDigest(separator, event);
    const applied = logs.flatMap((log) =>
      log.name === "CustodyEventApplied" && log.digest === digest
        ? event.items.filter((_, i) => isDeclined(log.applied, i)).map((item) => item.passportId)
        : [],
    );
    const rejected = logs.flatMap((log) =>
      log.name === "Rejected" && log.digest === digest && log.eventIndex === position
        ? [
            {
              passportId: log.itemIndex === null ? null : (event.items[log.itemIndex]?.passportId ?? null),
              reason: log.reason,
            },
          ]
        : [],
    );
    return { digest, applied, rejected };
  });
  const { blockNumber, gasUsed } = receipt;
  return { transaction: signed.hash, blockNumber, gasUsed, outcomes };
}

/** Gas is spent, and events are shown to a chain, only where the trusted contract is. */
export async function requireTrusted(rpc: JsonRpc, { chainId, contract, codeHash }: TrustRoot): Promise<void> {
  const found = await readChainId(rpc);
  if (found !== chainId) {
    throw new DomainError("chain-other", `The RPC serves chain ${found}, not ${chainId}.`, { found, chainId });
  }
  if ((await readCodeHash(rpc, contract)) !== codeHash) {
    throw new DomainError("contract-other", `The contract at ${contract} does not have the trusted code.`, {
      contract,
    });
  }
}
