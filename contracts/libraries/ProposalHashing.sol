// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";

/// @dev EIP-712 hashes of proposals, and which fields each kind has; see {IParticipantRegistry} for the whole picture.
library ProposalHashing {
    bytes32 internal constant ADMISSION_TYPEHASH = keccak256(
        "Admission(bytes32 registryHead,uint40 deadline,uint24 participantId,address account,address signer,uint16 roles,bytes32 recordHash)"
    );
    bytes32 internal constant ROLE_CHANGE_TYPEHASH = keccak256(
        "RoleChange(bytes32 registryHead,uint40 deadline,uint24 participantId,uint16 roles,bytes32 recordHash)"
    );
    bytes32 internal constant SUSPENSION_TYPEHASH = keccak256(
        "Suspension(bytes32 registryHead,uint40 deadline,uint24 participantId,bytes32 recordHash)"
    );
    bytes32 internal constant REINSTATEMENT_TYPEHASH = keccak256(
        "Reinstatement(bytes32 registryHead,uint40 deadline,uint24 participantId,bytes32 recordHash)"
    );
    bytes32 internal constant SIGNER_ROTATION_TYPEHASH = keccak256(
        "SignerRotation(bytes32 registryHead,uint40 deadline,uint24 participantId,address signer,bytes32 recordHash)"
    );
    bytes32 internal constant ACCOUNT_CHANGE_TYPEHASH = keccak256(
        "AccountChange(bytes32 registryHead,uint40 deadline,uint24 participantId,address account,bytes32 recordHash)"
    );
    bytes32 internal constant GOVERNOR_CHANGE_TYPEHASH = keccak256(
        "GovernorChange(bytes32 registryHead,uint40 deadline,address[] governors,uint8 threshold,bytes32 recordHash)"
    );
    bytes32 internal constant SUCCESSION_TYPEHASH = keccak256(
        "Succession(bytes32 registryHead,uint40 deadline,address successor,bytes32 recordHash)"
    );

    /// @dev The hash of an empty list.
    bytes32 private constant NO_GOVERNORS = keccak256("");

    uint256 private constant PARTICIPANT_ID = 1 << 0;
    uint256 private constant ACCOUNT = 1 << 1;
    uint256 private constant SIGNER = 1 << 2;
    uint256 private constant ROLES = 1 << 3;
    uint256 private constant GOVERNORS = 1 << 4;
    uint256 private constant THRESHOLD = 1 << 5;
    uint256 private constant SUCCESSOR = 1 << 6;

    /**
     * @dev EIP-712 struct hash. Every kind's type lists head and deadline, then its own fields in the order of the bits
     * above, then the record hash.
     * @return structHash what governors sign
     * @return foreign whether a field is set that the kind does not have: it would be logged without being signed
     */
    function hash(
        IParticipantRegistry.Proposal calldata proposal
    ) internal pure returns (bytes32 structHash, bool foreign) {
        (bytes32 typeHash, uint256 fields) = _typeOf(proposal.kind);
        bytes32[7] memory values = [
            bytes32(uint256(proposal.participantId)),
            bytes32(uint256(uint160(proposal.account))),
            bytes32(uint256(uint160(proposal.signer))),
            bytes32(uint256(proposal.roles)),
            keccak256(abi.encodePacked(proposal.governors)),
            bytes32(uint256(proposal.threshold)),
            bytes32(uint256(uint160(proposal.successor)))
        ];
        bytes memory encoded = abi.encode(typeHash, proposal.registryHead, proposal.deadline);
        for (uint256 i = 0; i < values.length; ++i) {
            if (fields & (1 << i) != 0) {
                encoded = bytes.concat(encoded, values[i]);
            } else if (values[i] != (1 << i == GOVERNORS ? NO_GOVERNORS : bytes32(0))) {
                foreign = true;
            }
        }
        structHash = keccak256(bytes.concat(encoded, proposal.recordHash));
    }

    function _typeOf(IParticipantRegistry.ProposalKind kind) private pure returns (bytes32 typeHash, uint256 fields) {
        if (kind == IParticipantRegistry.ProposalKind.Admission) {
            return (ADMISSION_TYPEHASH, PARTICIPANT_ID | ACCOUNT | SIGNER | ROLES);
        }
        if (kind == IParticipantRegistry.ProposalKind.RoleChange) return (ROLE_CHANGE_TYPEHASH, PARTICIPANT_ID | ROLES);
        if (kind == IParticipantRegistry.ProposalKind.Suspension) return (SUSPENSION_TYPEHASH, PARTICIPANT_ID);
        if (kind == IParticipantRegistry.ProposalKind.Reinstatement) return (REINSTATEMENT_TYPEHASH, PARTICIPANT_ID);
        if (kind == IParticipantRegistry.ProposalKind.SignerRotation) {
            return (SIGNER_ROTATION_TYPEHASH, PARTICIPANT_ID | SIGNER);
        }
        if (kind == IParticipantRegistry.ProposalKind.AccountChange) {
            return (ACCOUNT_CHANGE_TYPEHASH, PARTICIPANT_ID | ACCOUNT);
        }
        if (kind == IParticipantRegistry.ProposalKind.GovernorChange) {
            return (GOVERNOR_CHANGE_TYPEHASH, GOVERNORS | THRESHOLD);
        }
        return (SUCCESSION_TYPEHASH, SUCCESSOR);
    }
}
