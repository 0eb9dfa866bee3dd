import { keccakText, toHex, ZERO_HASH } from "../bytes.ts";
import { addressWord, keccakWords } from "../eip712.ts";
import type { Address, Hash, ParticipantId, UnixTime } from "../types.ts";

/** One change of a participant, with its state after it: the content of a `ParticipantChanged` log. */
export type ParticipantChange = {
  /** Digest of the proposal that caused it; zero when the participant's account rotated its signer itself. */
  readonly cause: Hash;
  readonly account: Address;
  readonly signer: Address;
  readonly roles: number;
  readonly active: boolean;
  /** Hash of the participant's record: names, kind, identifier prefixes. */
  readonly recordHash: Hash;
  readonly changedAt: UnixTime;
};

const PARTICIPANT_TYPEHASH = keccakText(
  "ParticipantHead(bytes32 previous,uint24 participantId,bytes32 cause,address account,address signer,uint16 roles,bool active,bytes32 recordHash,uint40 time)",
);

/** The participant's head after a change: a hash chain, so that a history shows whether anything was left out. */
export function nextParticipantHead(previous: Hash, id: ParticipantId, change: ParticipantChange): Hash {
  return toHex(
    keccakWords(
      PARTICIPANT_TYPEHASH,
      previous,
      id,
      change.cause,
      addressWord(change.account),
      addressWord(change.signer),
      change.roles,
      change.active ? 1 : 0,
      change.recordHash,
      change.changedAt,
    ),
  ) as Hash;
}

/** The head after each change of a history, oldest first. */
export function participantHeads(id: ParticipantId, changes: readonly ParticipantChange[]): Hash[] {
  let head: Hash = ZERO_HASH;
  return changes.map((change) => {
    head = nextParticipantHead(head, id, change);
    return head;
  });
}

/**
 * The states that may have held at a block with this time. Usually one; several when a change shares the event's
 * second, because a block time alone does not say which came first.
 */
export function standingsAt(changes: readonly ParticipantChange[], time: UnixTime): ParticipantChange[] {
  const before = changes.filter((change) => change.changedAt < time).at(-1);
  const within = changes.filter((change) => change.changedAt === time);
  return before === undefined ? within : [before, ...within];
}
