// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a custody event does. The number stands in the header word and in logs: the order is frozen.
enum CustodyKind {
    None,
    Mint,
    Handover,
    Withdrawal,
    Transformation,
    Closure,
    Void,
    Reassignment
}

/**
 * @notice The fixed part of a custody event in one word, big-endian, so that its hex can be read:
 * kind 8 | actor 24 | counterparty 24 | occurredAt 40 | deadline 40 | reserved 104, zero | firstSignatureLength 16.
 * One word because each further ABI word costs every event about 500 gas of calldata and log.
 *
 * TRAP: `firstSignatureLength` only says where the joined signatures split. It is no part of an event's identity, and
 * {identity} masks it off before anything is hashed.
 */
type EventHeader is bytes32;

using {
    kindNumber,
    kind,
    isA,
    actor,
    counterparty,
    occurredAt,
    deadline,
    reservedBits,
    firstSignatureLength,
    identity
} for EventHeader global;

/// @dev The kind's number as it stands, which may be no {CustodyKind} at all.
function kindNumber(EventHeader header) pure returns (uint8) {
    return uint8(uint256(EventHeader.unwrap(header)) >> 248);
}

/// @dev Panics for an unknown number: ask {kindNumber} first.
function kind(EventHeader header) pure returns (CustodyKind) {
    return CustodyKind(kindNumber(header));
}

/// @dev Compares numbers: the compiler checks an enum's range at every comparison, which a consignment pays per item.
function isA(EventHeader header, CustodyKind wanted) pure returns (bool) {
    return kindNumber(header) == uint8(wanted);
}

function actor(EventHeader header) pure returns (uint24) {
    return uint24(uint256(EventHeader.unwrap(header)) >> 224);
}

function counterparty(EventHeader header) pure returns (uint24) {
    return uint24(uint256(EventHeader.unwrap(header)) >> 200);
}

function occurredAt(EventHeader header) pure returns (uint40) {
    return uint40(uint256(EventHeader.unwrap(header)) >> 160);
}

function deadline(EventHeader header) pure returns (uint40) {
    return uint40(uint256(EventHeader.unwrap(header)) >> 120);
}

/// @dev Must be zero. A later version may give them a meaning; today no two words may mean the same event.
function reservedBits(EventHeader header) pure returns (uint104) {
    return uint104(uint256(EventHeader.unwrap(header)) >> 16);
}

function firstSignatureLength(EventHeader header) pure returns (uint16) {
    return uint16(uint256(EventHeader.unwrap(header)));
}

/// @dev The word without the signature split: what heads commit to.
function identity(EventHeader header) pure returns (bytes32) {
    return EventHeader.unwrap(header) & ~bytes32(uint256(type(uint16).max));
}
