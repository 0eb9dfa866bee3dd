// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/**
 * @dev Trees of data records by the recursive definitions of RFC 9162, sections 2.1.1 and 2.1.3. The contract keeps roots
 * and never sees a leaf; this is a second implementation, to hold the one off chain against.
 */
contract TreeHarness {
    function leafOf(uint24 publisher, bytes32 digest) external pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), publisher, digest));
    }

    /// @dev The content address of a manifest's block.
    function blockHash(bytes calldata content) external pure returns (bytes32) {
        return sha256(content);
    }

    function rootOf(bytes32[] calldata leaves) public pure returns (bytes32) {
        if (leaves.length == 0) return sha256("");
        if (leaves.length == 1) return leaves[0];
        uint256 split = _splitOf(leaves.length);
        return _parentOf(rootOf(leaves[:split]), rootOf(leaves[split:]));
    }

    /// @dev The hashes that lead from a leaf to the root, lowest first.
    function pathOf(bytes32[] calldata leaves, uint256 index) public pure returns (bytes32[] memory) {
        if (leaves.length == 1) return new bytes32[](0);
        uint256 split = _splitOf(leaves.length);
        return
            index < split
                ? _append(pathOf(leaves[:split], index), rootOf(leaves[split:]))
                : _append(pathOf(leaves[split:], index - split), rootOf(leaves[:split]));
    }

    /// @return fits whether a tree of that size has a path of that length there
    /// @return root the only root for which the path proves the leaf
    function rootFrom(
        bytes32 leaf,
        uint256 index,
        uint256 size,
        bytes32[] calldata path
    ) public pure returns (bool fits, bytes32 root) {
        if (size == 1) return (path.length == 0, leaf);
        if (path.length == 0) return (false, 0);
        uint256 split = _splitOf(size);
        bytes32[] calldata below = path[:path.length - 1];
        bytes32 sibling = path[path.length - 1];
        if (index < split) {
            (fits, root) = rootFrom(leaf, index, split, below);
            return (fits, _parentOf(root, sibling));
        }
        (fits, root) = rootFrom(leaf, index - split, size - split, below);
        return (fits, _parentOf(sibling, root));
    }

    /// @dev The largest power of two below the size.
    function _splitOf(uint256 size) private pure returns (uint256 split) {
        split = 1;
        while (split * 2 < size) split *= 2;
    }

    function _parentOf(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }

    function _append(bytes32[] memory path, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) longer[i] = path[i];
        longer[path.length] = last;
    }
}
