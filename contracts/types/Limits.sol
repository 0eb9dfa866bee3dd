// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev How far ahead a deadline may lie. Short enough that a signature does not lie about as a loaded weapon.
uint256 constant MAX_DEADLINE_AHEAD = 30 days;

/// @dev How far `occurredAt` may lie ahead of the block's time: clocks differ.
uint256 constant MAX_CLOCK_AHEAD = 15 minutes;

/// @dev How long one hold may last; a further hold needs a further decision.
uint256 constant MAX_HOLD = 180 days;

/// @dev Items of one custody event; its bitmaps have 256 bits.
uint256 constant MAX_ITEMS = 200;

uint256 constant MAX_GOVERNORS = 20;

/// @dev One governor alone must never be enough.
uint256 constant MIN_THRESHOLD = 2;

/// @dev Leaves of one anchor.
uint256 constant MAX_ANCHORED = 10_000;
