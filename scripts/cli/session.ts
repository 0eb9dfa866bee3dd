import { readFile } from "node:fs/promises";
import { connectJsonRpc, type JsonRpc } from "../../backend/chain/jsonRpc.ts";
import { domainSeparator } from "../../backend/domain/eip712.ts";
import { DomainError } from "../../backend/domain/errors.ts";
import type { ParticipantId } from "../../backend/domain/types.ts";
import { formatTrustRoot, parseTrustRoot, type TrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import type { Signer } from "./keys/keystore.ts";
import {
  type Participant,
  parseRegistry,
  type Registry,
  readParticipant,
  readParticipants,
} from "./operator/answers.ts";
import { connectOperator, type Operator } from "./operator/connectOperator.ts";

/** What a signing command works with. */
export type Session = {
  readonly operator: Operator;
  readonly trustRoot: TrustRoot;
  /** EIP-712 domain separator of the contract that signatures are for. */
  readonly separator: Uint8Array;
  /** The signer's own chain RPCs, where it named some: heads then come from there instead of the operator. */
  readonly rpcs: readonly JsonRpc[];
  /** Unix seconds. */
  readonly now: () => number;
};

/** A participant and the key that signs for it. */
export type Actor = { readonly participant: Participant; readonly signer: Signer };

/**
 * Asks the operator which contract it serves. With a trust root of the signer's own, another contract is refused: a
 * signature for it would be worth nothing here, and who knows what there.
 * @throws DomainError `operator-other-contract`, and those of the operator
 */
export async function openSession(options: {
  readonly operatorUrl: string;
  readonly trustRoot?: TrustRoot | undefined;
  readonly rpcUrls?: readonly string[] | undefined;
}): Promise<Session> {
  const operator = connectOperator(options.operatorUrl);
  const { trustRoot } = await readRegistry(operator);
  const pinned = options.trustRoot;
  if (pinned !== undefined && formatTrustRoot(pinned) !== formatTrustRoot(trustRoot)) {
    const message = `The operator ${operator.url} serves another contract than the one you trust.`;
    throw new DomainError("operator-other-contract", message, {
      trusted: formatTrustRoot(pinned),
      served: formatTrustRoot(trustRoot),
    });
  }
  const rpcs = (options.rpcUrls ?? []).map((url) => connectJsonRpc(url));
  return {
    operator,
    trustRoot,
    separator: domainSeparator(trustRoot),
    rpcs,
    now: () => Math.floor(Date.now() / 1000),
  };
}

export const readRegistry = async (operator: Operator): Promise<Registry> =>
  parseRegistry(await operator.get("/v1/registry"));

/**
 * The participant that a key signs for.
 * @param id named by the caller; else it is looked up by the signer's address
 * @throws DomainError `participant-not-mine`, `signer-unknown`, `participant-unclear`
 */
export async function findActor(
  { operator }: Pick<Session, "operator">,
  signer: Signer,
  id?: ParticipantId,
): Promise<Actor> {
  if (id !== undefined) {
    const participant = await readParticipant(operator, id);
    if (participant.signer === signer.address) return { participant, signer };
    const message = `Participant ${id} signs with ${participant.signer}, not with your key ${signer.address}.`;
    throw new DomainError("participant-not-mine", message, { id, expected: participant.signer, key: signer.address });
  }
  const mine = (await readParticipants(operator)).filter((one) => one.signer === signer.address);
  const [participant] = mine;
  if (participant === undefined) {
    throw new DomainError("signer-unknown", `No participant signs with your key ${signer.address}.`, {
      key: signer.address,
    });
  }
  if (mine.length > 1) {
    const ids = mine.map((one) => one.id);
    throw new DomainError("participant-unclear", `Your key signs for participants ${ids.join(", ")}.`, { ids });
  }
  return { participant, signer };
}

/** A trust root as typed: `eip155:…` itself, or a file that holds it (one line, or JSON). */
export async function readTrustRoot(text: string): Promise<TrustRoot> {
  if (text.startsWith("eip155:")) return parseTrustRoot(text);
  const content = await readFile(text, "utf8").catch((cause) => {
    const message = `The trust root ${text} is neither eip155:{chainId}:{contract}:{codeHash} nor a file (${cause.code}).`;
    throw new DomainError("file-unreadable", message, { file: text });
  });
  return parseTrustRoot(content.trimStart().startsWith("{") ? JSON.parse(content) : content.trim());
}
