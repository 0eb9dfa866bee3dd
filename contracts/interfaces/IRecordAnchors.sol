// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/**
 * @title Anchors of data records
 * @notice A publisher (role OPERATOR) puts the Merkle root of up to 10,000 data records on chain. Per publisher the
 * anchors form a chain by their accumulator, so nothing can be left out or put in between:
 *
 *     accumulator' = keccak256(abi.encode(ANCHOR_TYPEHASH, publisher, root, count, manifestHash, prevAccumulator))
 *
 * which is the EIP-712 struct hash of
 *
 *     Anchor(uint24 publisher,bytes32 root,uint32 count,bytes32 manifestHash,bytes32 prevAccumulator)
 *
 * Authors sign DataRecord(bytes20 subjectId,uint24 author,uint40 occurredAt,bytes32 recordHash); a leaf is
 * sha256(0x00, publisher as 3 bytes, digest of the DataRecord); trees are those of RFC 9162.
 *
 * What a root does not prove: that `count` or the manifest is honest (the contract never sees the leaves), that a record
 * is true, or that its author was entitled to it. It proves that these digests existed by this block.
 */
interface IRecordAnchors {
    event Anchored(
        uint24 indexed publisher,
        bytes32 root,
        uint32 count,
        bytes32 manifestHash,
        bytes32 accumulator,
        bytes signature
    );

    error AnchorRootZero();
    error AnchorCountOutOfRange(uint32 count);
    error AnchorOutOfOrder(uint24 publisher, bytes32 accumulator, bytes32 prevAccumulator);

    /**
     * @notice Appends an anchor. Anyone may bring the publisher's signature.
     * @param count leaves, 1 to 10,000
     * @param manifestHash content address of the list of leaves
     * @param prevAccumulator the publisher's current accumulator; zero for its first anchor
     */
    function anchor(
        uint24 publisher,
        bytes32 root,
        uint32 count,
        bytes32 manifestHash,
        bytes32 prevAccumulator,
        bytes calldata signature
    ) external;

    /// @notice Zero for a publisher without anchors.
    function accumulator(uint24 publisher) external view returns (bytes32);
}
