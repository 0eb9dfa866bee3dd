import { keccakText, toHex } from "../bytes.ts";
import { addressWord, keccakWords, typedDataDigest } from "../eip712.ts";
import type { Address, Hash, ParticipantId, UnixTime } from "../types.ts";

/** In the contract's order. */
export const PROPOSAL_KINDS = [
  "none",
  "admission",
  "role-change",
  "suspension",
  "reinstatement",
  "signer-rotation",
  "account-change",
  "governor-change",
  "succession",
] as const;

type Common = {
  /** The registry head it changes: proposals apply once, in order. */
  readonly registryHead: Hash;
  readonly deadline: UnixTime;
  /** The participant's record (admission, role change), else the hash of the reason. */
  readonly recordHash: Hash;
};

/** What governors sign; each kind has only the fields it needs. */
export type Proposal = Common &
  (
    | {
        readonly kind: "admission";
        readonly participantId: ParticipantId;
        readonly account: Address;
        readonly signer: Address;
        readonly roles: number;
      }
    | { readonly kind: "role-change"; readonly participantId: ParticipantId; readonly roles: number }
    | { readonly kind: "suspension" | "reinstatement"; readonly participantId: ParticipantId }
    | { readonly kind: "signer-rotation"; readonly participantId: ParticipantId; readonly signer: Address }
    /** Account zero bars a lost account: only the quorum can rotate the signer then. */
    | { readonly kind: "account-change"; readonly participantId: ParticipantId; readonly account: Address }
    | { readonly kind: "governor-change"; readonly governors: readonly Address[]; readonly threshold: number }
    | { readonly kind: "succession"; readonly successor: Address }
  );
export type ProposalKind = Proposal["kind"];

const HEAD = "bytes32 registryHead,uint40 deadline";

/** EIP-712 primary types: what a governor's wallet shows. */
export const PROPOSAL_TYPES: { readonly [kind in ProposalKind]: string } = {
  admission: `Admission(${HEAD},uint24 participantId,address account,address signer,uint16 roles,bytes32 recordHash)`,
  "role-change": `RoleChange(${HEAD},uint24 participantId,uint16 roles,bytes32 recordHash)`,
  suspension: `Suspension(${HEAD},uint24 participantId,bytes32 recordHash)`,
  reinstatement: `Reinstatement(${HEAD},uint24 participantId,bytes32 recordHash)`,
  "signer-rotation": `SignerRotation(${HEAD},uint24 participantId,address signer,bytes32 recordHash)`,
  "account-change": `AccountChange(${HEAD},uint24 participantId,address account,bytes32 recordHash)`,
  "governor-change": `GovernorChange(${HEAD},address[] governors,uint8 threshold,bytes32 recordHash)`,
  succession: `Succession(${HEAD},address successor,bytes32 recordHash)`,
};

function fieldsOf(proposal: Proposal): readonly (Uint8Array | number)[] {
  switch (proposal.kind) {
    case "admission":
      return [proposal.participantId, addressWord(proposal.account), addressWord(proposal.signer), proposal.roles];
    case "role-change":
      return [proposal.participantId, proposal.roles];
    case "suspension":
    case "reinstatement":
      return [proposal.participantId];
    case "signer-rotation":
      return [proposal.participantId, addressWord(proposal.signer)];
    case "account-change":
      return [proposal.participantId, addressWord(proposal.account)];
    case "governor-change":
      return [keccakWords(...proposal.governors.map(addressWord)), proposal.threshold];
    case "succession":
      return [addressWord(proposal.successor)];
  }
}

/** EIP-712 digest of a proposal: its identity, and what governors sign. */
export function proposalDigest(separator: Uint8Array, proposal: Proposal): Hash {
  return typedDataDigest(
    separator,
    keccakWords(
      keccakText(PROPOSAL_TYPES[proposal.kind]),
      proposal.registryHead,
      proposal.deadline,
      ...fieldsOf(proposal),
      proposal.recordHash,
    ),
  );
}

const REGISTRY_TYPEHASH = keccakText("RegistryHead(bytes32 previous,bytes32 proposal,uint40 time)");

/** The registry head after a proposal executed at that block time. */
export function nextRegistryHead(previous: Hash, proposal: Hash, time: UnixTime): Hash {
  return toHex(keccakWords(REGISTRY_TYPEHASH, previous, proposal, time)) as Hash;
}
