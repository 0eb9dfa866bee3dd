// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {EventHashing, HashedEvent} from "../libraries/EventHashing.sol";
import {ProposalHashing} from "../libraries/ProposalHashing.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";
import {newPassportState, PassportState, Phase} from "../types/PassportState.sol";

/// @dev Shows what the contract computes inside, so that it can be compared with other implementations.
contract HashHarness {
    function hashEvent(
        bytes32 domainSeparator,
        EventHeader header,
        ICustodyLedger.Item[] calldata items
    ) external pure returns (HashedEvent memory hashed, bytes28[] memory heads) {
        hashed = EventHashing.hash(domainSeparator, header, items);
        heads = new bytes28[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            heads[i] = EventHashing.hashHead(hashed.headerHash, hashed.itemHashes[i]);
        }
    }

    function typeHash(CustodyKind kind) external pure returns (bytes32) {
        return EventHashing.typeHash(kind);
    }

    function hashAcceptance(bytes32 digest, uint256 declined) external pure returns (bytes32) {
        return EventHashing.hashAcceptance(digest, declined);
    }

    function hashProposal(IParticipantRegistry.Proposal calldata proposal) external pure returns (bytes32, bool) {
        return ProposalHashing.hash(proposal);
    }

    function readHeader(
        EventHeader header
    )
        external
        pure
        returns (
            uint8 kind,
            uint24 actor,
            uint24 counterparty,
            uint40 occurredAt,
            uint40 deadline,
            uint104 reserved,
            uint16 split
        )
    {
        return (
            header.kindNumber(),
            header.actor(),
            header.counterparty(),
            header.occurredAt(),
            header.deadline(),
            header.reservedBits(),
            header.firstSignatureLength()
        );
    }

    function readState(
        PassportState state
    ) external pure returns (bytes28 head, uint24 custodian, Phase phase, bool moved, bool held) {
        return (state.head(), state.custodian(), state.phase(), state.moved(), state.held());
    }

    function created(bytes28 head, uint24 issuer) external pure returns (PassportState) {
        return newPassportState(head, issuer);
    }

    function withHead(PassportState state, bytes28 head) external pure returns (PassportState) {
        return state.withHead(head);
    }

    function movedTo(PassportState state, bytes28 head, uint24 custodian) external pure returns (PassportState) {
        return state.movedTo(head, custodian);
    }

    function ended(PassportState state, bytes28 head, Phase phase) external pure returns (PassportState) {
        return state.ended(head, phase);
    }

    function withHeld(PassportState state, bool isHeld) external pure returns (PassportState) {
        return state.withHeld(isHeld);
    }
}
