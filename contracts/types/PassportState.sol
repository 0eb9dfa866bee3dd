// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Where a passport stands in its life on chain. What the law calls its status is not on chain. Order frozen.
enum Phase {
    None,
    Active,
    Transformed,
    Closed,
    Void
}

/**
 * @notice Everything the chain keeps about a passport, in one storage slot:
 * head 224 | custodian 24 | flags 8, where flags = phase (bits 0 to 2) | moved (bit 3) | held (bit 4).
 * One slot because a new slot is nearly the whole cost of a mint. The zero word is a passport that does not exist.
 */
type PassportState is bytes32;

uint256 constant PHASE_MASK = 0x07;
uint256 constant MOVED_BIT = 0x08;
uint256 constant HELD_BIT = 0x10;

using {
    head,
    custodian,
    phase,
    exists,
    isActive,
    moved,
    held,
    withHead,
    movedTo,
    ended,
    withHeld
} for PassportState global;

/// @dev A passport that was just created, in the hands of its issuer.
function newPassportState(bytes28 initialHead, uint24 issuer) pure returns (PassportState) {
    return _pack(initialHead, issuer, uint256(Phase.Active));
}

/// @dev Commits to the passport's whole custody history.
function head(PassportState state) pure returns (bytes28) {
    return bytes28(PassportState.unwrap(state));
}

/// @dev The participant responsible now, or the last one if the passport has ended.
function custodian(PassportState state) pure returns (uint24) {
    return uint24(uint256(PassportState.unwrap(state)) >> 8);
}

function phase(PassportState state) pure returns (Phase) {
    return Phase(uint256(PassportState.unwrap(state)) & PHASE_MASK);
}

function exists(PassportState state) pure returns (bool) {
    return PassportState.unwrap(state) != 0;
}

function isActive(PassportState state) pure returns (bool) {
    return uint256(PassportState.unwrap(state)) & PHASE_MASK == uint256(Phase.Active);
}

/// @dev Has it ever changed hands? Only a misprint that never did can be voided.
function moved(PassportState state) pure returns (bool) {
    return uint256(PassportState.unwrap(state)) & MOVED_BIT != 0;
}

/// @dev Was it put on hold and not released? TRAP: the flag stays after the hold has expired.
function held(PassportState state) pure returns (bool) {
    return uint256(PassportState.unwrap(state)) & HELD_BIT != 0;
}

function withHead(PassportState state, bytes28 newHead) pure returns (PassportState) {
    return _pack(newHead, custodian(state), _flags(state));
}

function movedTo(PassportState state, bytes28 newHead, uint24 newCustodian) pure returns (PassportState) {
    return _pack(newHead, newCustodian, _flags(state) | MOVED_BIT);
}

function ended(PassportState state, bytes28 lastHead, Phase lastPhase) pure returns (PassportState) {
    return _pack(lastHead, custodian(state), (_flags(state) & ~PHASE_MASK) | uint256(lastPhase));
}

function withHeld(PassportState state, bool isHeld) pure returns (PassportState) {
    uint256 otherFlags = _flags(state) & ~HELD_BIT;
    return _pack(head(state), custodian(state), isHeld ? otherFlags | HELD_BIT : otherFlags);
}

function _flags(PassportState state) pure returns (uint256) {
    return uint256(uint8(uint256(PassportState.unwrap(state))));
}

function _pack(bytes28 newHead, uint24 newCustodian, uint256 flags) pure returns (PassportState) {
    return PassportState.wrap(bytes32(newHead) | bytes32((uint256(newCustodian) << 8) | flags));
}
