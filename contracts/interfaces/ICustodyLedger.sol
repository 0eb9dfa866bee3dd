// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EventHeader} from "../types/EventHeader.sol";

/**
 * @title Custody of passports
 * @notice One shape for everything that moves a head: mint, handover, withdrawal, transformation, closure, void and
 * reassignment, each with 1 to 200 items. Whoever likes may submit; only signatures give the right.
 *
 * How it hashes. Each kind is an EIP-712 primary type of its own, and its digest is the event's identity:
 *
 *     Mint(uint24 issuer,uint40 occurredAt,uint40 deadline,NewPassport[] passports)
 *     Handover(uint24 giver,uint24 receiver,uint40 occurredAt,uint40 deadline,Item[] items)
 *     Withdrawal(uint24 custodian,uint40 occurredAt,uint40 deadline,Item[] items)
 *     Transformation(uint24 custodian,uint40 occurredAt,uint40 deadline,Item[] inputs,NewPassport[] outputs)
 *     Closure(uint24 custodian,uint40 occurredAt,uint40 deadline,Item[] items)
 *     Void(uint24 issuer,uint40 occurredAt,uint40 deadline,Item[] items)
 *     Reassignment(uint24 receiver,uint40 occurredAt,uint40 deadline,Item[] items)
 *     Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)
 *     NewPassport(bytes20 passportId,bytes32 recordHash)
 *     Acceptance(bytes32 handover,uint256 declined)
 *
 * A receiver signs `Acceptance` over the digest of the handover (or reassignment). The head of an item is the leftmost
 * 28 bytes of
 *
 *     keccak256(abi.encode(HEAD_TYPEHASH, headerHash, itemHash))
 *     HEAD_TYPEHASH = keccak256("Head(bytes32 headerHash,bytes32 itemHash)")
 *     headerHash    = keccak256(abi.encode(domainSeparator, kindTypeHash, header without its low 16 bits, context))
 *     context       = 0; for a transformation the event's digest, so that each item commits to all the others
 *
 * so one passport's history recomputes without the rest of a consignment.
 *
 * Traps. `Rejected` is a hint, not an end: an event may have come before its predecessor, and the same event may land
 * again; what it did is the union of what its logs say. An applied event proves who signed, not that what a record says
 * is true. `occurredAt` is a claim and never a sort key. A mint's `prevHead` must be zero but is not signed.
 */
interface ICustodyLedger {
    /// @notice One passport's part in an event.
    struct Item {
        /// issuer id (24 bits) and the first 136 bits of keccak256(normalised uid)
        bytes20 passportId;
        /// the head it builds on; zero where the event creates the passport
        bytes28 prevHead;
        /// sha-256 of the record
        bytes32 recordHash;
    }

    struct CustodyEvent {
        EventHeader header;
        /// 1 to 200, strictly ascending by passport id
        Item[] items;
        /// bit i (least significant first): the receiver declines the item at position i
        uint256 declined;
        /// the actor's (for a reassignment the governors', 65 bytes each, ascending by governor), then the receiver's
        bytes signatures;
    }

    /// @notice Why an event or an item was not applied. Order frozen: off-chain code reads the number.
    enum RejectionReason {
        None,
        UnknownKind,
        MalformedHeader,
        BadItemCount,
        ItemsNotAscending,
        DeclinedOutOfRange,
        NothingAccepted,
        DeadlinePassed,
        DeadlineTooFar,
        OccurredInFuture,
        ActorInactive,
        ActorLacksRole,
        CounterpartyInactive,
        CounterpartyLacksRole,
        BadActorSignature,
        BadCounterpartySignature,
        BadQuorum,
        StaleHead,
        NotCustodian,
        NotActive,
        Held,
        AlreadyExists,
        WrongIssuer,
        AlreadyMoved,
        NoInputs,
        NoOutputs,
        TransformationIncomplete
    }

    /**
     * @notice At least one item of an event took effect. With this log alone the event can be checked and replayed:
     * it carries the signatures that landed.
     * @param digest the event's EIP-712 digest
     * @param declined as accepted by the receiver
     * @param applied bit i: the item at position i took effect
     */
    event CustodyEventApplied(
        bytes32 indexed digest,
        EventHeader header,
        Item[] items,
        uint256 declined,
        uint256 applied,
        bytes signatures
    );

    /**
     * @notice An event, or one item of it, was not applied now.
     * @param digest the event's EIP-712 digest; zero for UnknownKind, MalformedHeader and BadItemCount, because such
     * bytes are no event that anyone could have signed
     * @param eventIndex position in the call
     * @param itemIndex position in the event; type(uint256).max for the whole event
     */
    event Rejected(bytes32 indexed digest, uint256 eventIndex, uint256 itemIndex, RejectionReason reason);

    /**
     * @notice Applies events in order; any kinds, any participants. What cannot be applied is skipped with a `Rejected`
     * log: an item alone, or the whole event if its form, times, parties or signatures are wrong. A transformation is
     * all or nothing. Replaying anything applied changes nothing.
     * @dev Reverts only for what the ABI cannot decode, and with {IParticipantRegistry-SignatureCheckStarved} when too little gas is left to
     * ask a contract wallet. Callers split by gas.
     */
    function submit(CustodyEvent[] calldata events) external;
}
