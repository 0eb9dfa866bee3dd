import { DomainError } from "../domain/errors.ts";
import { PROPOSAL_KINDS, type Proposal } from "../domain/participants/proposals.ts";
import type { HexWords } from "./hexWords.ts";

/**
 * Reads the contract's `Proposal` struct at word `at`, keeping only the fields that its kind has: the contract refuses
 * a proposal whose other fields are not zero. Throws `abi-data-malformed`.
 */
export function decodeProposal(data: HexWords, at: number): Proposal {
  const kind = PROPOSAL_KINDS[data.uint(at)];
  const common = {
    recordHash: data.hash(at + 8),
    deadline: data.uint(at + 9),
    registryHead: data.hash(at + 10),
  };
  const participantId = data.uint(at + 1);
  switch (kind) {
    case "admission":
      return {
        kind,
        ...common,
        participantId,
        account: data.address(at + 2),
        signer: data.address(at + 3),
        roles: data.uint(at + 4),
      };
    case "role-change":
      return { kind, ...common, participantId, roles: data.uint(at + 4) };
    case "suspension":
    case "reinstatement":
      return { kind, ...common, participantId };
    case "signer-rotation":
      return { kind, ...common, participantId, signer: data.address(at + 3) };
    case "account-change":
      return { kind, ...common, participantId, account: data.address(at + 2) };
    case "governor-change":
      return {
        kind,
        ...common,
        governors: data.addresses(data.offset(at + 5, at)),
        threshold: data.uint(at + 6),
      };
    case "succession":
      return { kind, ...common, successor: data.address(at + 7) };
    default:
      throw new DomainError("abi-data-malformed", "The chain's RPC sent a proposal of an unknown kind.");
  }
}
