// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IParticipantRegistry} from "./interfaces/IParticipantRegistry.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";
import {MAX_DEADLINE_AHEAD, MAX_GOVERNORS, MIN_THRESHOLD} from "./types/Limits.sol";

/// @dev Who the governors are, whether enough of them signed, and the hash chain of what they decided.
abstract contract GovernorQuorum is IParticipantRegistry, EIP712 {
    bytes32 private constant REGISTRY_TYPEHASH = keccak256(
        "RegistryHead(bytes32 previous,bytes32 proposal,uint40 time)"
    );

    /// @dev Strictly ascending: that makes a repeated governor, or a repeated signature, impossible by order alone.
    address[] private _governors;
    uint8 private _threshold;
    bytes32 private _registryHead;

    constructor(address[] memory firstGovernors, uint8 firstThreshold) {
        _advanceRegistryHead(keccak256(abi.encode(firstGovernors, firstThreshold)));
        _setGovernors(firstGovernors, firstThreshold);
    }

    /// @inheritdoc IParticipantRegistry
    function registryHead() public view returns (bytes32) {
        return _registryHead;
    }

    /// @inheritdoc IParticipantRegistry
    function governors() external view returns (address[] memory, uint8) {
        return (_governors, _threshold);
    }

    /// @inheritdoc IParticipantRegistry
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Commits to the new governors, so the head must already be advanced. They cannot lock themselves out: fewer
    /// than two, or a threshold above their number, is refused.
    function _setGovernors(address[] memory newGovernors, uint8 newThreshold) internal {
        bool valid =
            newThreshold >= MIN_THRESHOLD &&
                newThreshold <= newGovernors.length &&
                newGovernors.length <= MAX_GOVERNORS;
        address previous = address(0);
        for (uint256 i = 0; i < newGovernors.length; ++i) {
            valid = valid && newGovernors[i] > previous;
            previous = newGovernors[i];
        }
        require(valid, GovernorsInvalid(newGovernors, newThreshold));

        _governors = newGovernors;
        _threshold = newThreshold;
        emit GovernorsSet(newGovernors, newThreshold, _registryHead);
    }

    function _advanceRegistryHead(bytes32 proposalDigest) internal returns (bytes32 newHead) {
        newHead = keccak256(abi.encode(REGISTRY_TYPEHASH, _registryHead, proposalDigest, uint40(block.timestamp)));
        _registryHead = newHead;
    }

    /// @dev Whether `signatures` are by governors alone, strictly ascending by address, and as many as the threshold asks.
    function _quorumSigned(bytes32 digest, bytes calldata signatures) internal view returns (bool) {
        uint256 length = SignatureCheck.ECDSA_LENGTH;
        if (signatures.length % length != 0 || signatures.length / length < _threshold) return false;

        address[] memory known = _governors;
        uint256 next = 0;
        for (uint256 from = 0; from < signatures.length; from += length) {
            address signer = SignatureCheck.recover(digest, signatures[from:from + length]);
            while (next < known.length && known[next] < signer) ++next;
            if (next == known.length || known[next] != signer) return false;
            ++next;
        }
        return true;
    }

    function _requireDeadline(uint40 deadline) internal view {
        require(
            block.timestamp <= deadline && deadline <= block.timestamp + MAX_DEADLINE_AHEAD,
            DeadlineOutOfRange(deadline, block.timestamp)
        );
    }
}
