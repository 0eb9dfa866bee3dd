// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRecordAnchors} from "./interfaces/IRecordAnchors.sol";
import {ParticipantRegistry} from "./ParticipantRegistry.sol";
import {MAX_ANCHORED} from "./types/Limits.sol";
import {OPERATOR} from "./types/Roles.sol";

/// @dev Merkle roots of data records, append-only per publisher; see {IRecordAnchors} for the whole picture.
abstract contract RecordAnchors is IRecordAnchors, ParticipantRegistry {
    bytes32 private constant ANCHOR_TYPEHASH = keccak256(
        "Anchor(uint24 publisher,bytes32 root,uint32 count,bytes32 manifestHash,bytes32 prevAccumulator)"
    );

    mapping(uint24 publisher => bytes32 accumulator) private _accumulators;

    /// @inheritdoc IRecordAnchors
    function anchor(
        uint24 publisher,
        bytes32 root,
        uint32 count,
        bytes32 manifestHash,
        bytes32 prevAccumulator,
        bytes calldata signature
    ) external {
        require(root != 0, AnchorRootZero());
        require(count != 0 && count <= MAX_ANCHORED, AnchorCountOutOfRange(count));
        bytes32 current = _accumulators[publisher];
        require(prevAccumulator == current, AnchorOutOfOrder(publisher, current, prevAccumulator));
        // The struct hash that is signed is also the next accumulator: it commits to all anchors before it.
        bytes32 next = keccak256(abi.encode(ANCHOR_TYPEHASH, publisher, root, count, manifestHash, prevAccumulator));
        _requireSignedBy(publisher, OPERATOR, _hashTypedDataV4(next), signature);

        _accumulators[publisher] = next;
        emit Anchored(publisher, root, count, manifestHash, next, signature);
    }

    /// @inheritdoc IRecordAnchors
    function accumulator(uint24 publisher) external view returns (bytes32) {
        return _accumulators[publisher];
    }
}
