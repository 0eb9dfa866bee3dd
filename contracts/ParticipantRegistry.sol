// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GovernorQuorum} from "./GovernorQuorum.sol";
import {IParticipantRegistry} from "./interfaces/IParticipantRegistry.sol";
import {ProposalHashing} from "./libraries/ProposalHashing.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";
import {ALL_ROLES} from "./types/Roles.sol";

/// @dev Who may act, decided by the quorum; see {IParticipantRegistry} for the whole picture.
abstract contract ParticipantRegistry is GovernorQuorum {
    bytes32 private constant PARTICIPANT_TYPEHASH = keccak256(
        "ParticipantHead(bytes32 previous,uint24 participantId,bytes32 cause,address account,address signer,uint16 roles,bool active,bytes32 recordHash,uint40 time)"
    );

    /// @dev In the order of use: the first slot is all that most rules read; the second serves the token face, and so
    /// holds the balance too.
    struct StoredParticipant {
        address signer;
        uint16 roles;
        bool active;
        address account;
        uint64 passportCount;
        bytes32 recordHash;
        /// zero only for an id that was never admitted
        bytes32 head;
    }

    mapping(uint24 participantId => StoredParticipant) private _participants;

    /// @dev Which participants use an account (zero: the barred ones), so that a token balance follows an account change.
    mapping(address account => uint24[] participantIds) private _participantsOf;

    address private _succeededBy;

    /// @inheritdoc IParticipantRegistry
    function execute(Proposal calldata proposal, bytes calldata signatures) external {
        require(proposal.kind != ProposalKind.None, ProposalKindMissing());
        _requireDeadline(proposal.deadline);
        require(proposal.registryHead == registryHead(), ProposalOutOfOrder(registryHead(), proposal.registryHead));
        (bytes32 structHash, bool foreign) = ProposalHashing.hash(proposal);
        require(!foreign, ProposalHasForeignField(proposal.kind));
        bytes32 digest = _hashTypedDataV4(structHash);
        require(_quorumSigned(digest, signatures), QuorumMissing(digest));

        emit ProposalExecuted(digest, proposal, _advanceRegistryHead(digest), signatures);

        if (proposal.kind == ProposalKind.GovernorChange) {
            _setGovernors(proposal.governors, proposal.threshold);
        } else if (proposal.kind == ProposalKind.Succession) {
            _setSuccessor(proposal.successor);
        } else {
            _changeParticipant(proposal, digest);
        }
    }

    /// @inheritdoc IParticipantRegistry
    function rotateSigner(uint24 participantId, address signer) external {
        StoredParticipant storage stored = _admitted(participantId);
        require(msg.sender == stored.account, ParticipantAccountOnly(participantId, msg.sender));
        _setSigner(stored, participantId, signer);
        _logChange(participantId, bytes32(0));
    }

    /// @inheritdoc IParticipantRegistry
    function participant(uint24 participantId) external view returns (Participant memory) {
        StoredParticipant storage stored = _participants[participantId];
        return
            Participant({
                account: stored.account,
                signer: stored.signer,
                roles: stored.roles,
                active: stored.active,
                recordHash: stored.recordHash,
                head: stored.head
            });
    }

    /// @inheritdoc IParticipantRegistry
    function participantHeads(uint24[] calldata participantIds) external view returns (bytes32[] memory heads) {
        heads = new bytes32[](participantIds.length);
        for (uint256 i = 0; i < participantIds.length; ++i) {
            heads[i] = _participants[participantIds[i]].head;
        }
    }

    /// @inheritdoc IParticipantRegistry
    function succeededBy() external view returns (address) {
        return _succeededBy;
    }

    function _changeParticipant(Proposal calldata proposal, bytes32 digest) private {
        uint24 id = proposal.participantId;
        if (proposal.kind == ProposalKind.Admission) {
            _admit(proposal);
        } else if (proposal.kind == ProposalKind.RoleChange) {
            StoredParticipant storage stored = _admitted(id);
            _setRoles(stored, proposal.roles);
            if (proposal.recordHash != 0) stored.recordHash = proposal.recordHash;
        } else if (proposal.kind == ProposalKind.Suspension) {
            StoredParticipant storage stored = _admitted(id);
            require(stored.active, ParticipantAlreadySuspended(id));
            stored.active = false;
        } else if (proposal.kind == ProposalKind.Reinstatement) {
            StoredParticipant storage stored = _admitted(id);
            require(!stored.active, ParticipantNotSuspended(id));
            stored.active = true;
        } else if (proposal.kind == ProposalKind.SignerRotation) {
            _setSigner(_admitted(id), id, proposal.signer);
        } else {
            _setAccount(_admitted(id), id, proposal.account);
        }
        _logChange(id, digest);
    }

    function _admit(Proposal calldata proposal) private {
        uint24 id = proposal.participantId;
        require(id != 0, ParticipantIdZero());
        StoredParticipant storage stored = _participants[id];
        require(stored.head == 0, ParticipantExists(id));
        require(proposal.account != address(0), ProposalAddressZero(proposal.kind));

        stored.account = proposal.account;
        _participantsOf[proposal.account].push(id);
        _setRoles(stored, proposal.roles);
        stored.active = true;
        _setSigner(stored, id, proposal.signer);
        stored.recordHash = proposal.recordHash;
    }

    function _setRoles(StoredParticipant storage stored, uint16 roles) private {
        require(roles & ~ALL_ROLES == 0, ProposalRolesUnknown(roles));
        stored.roles = roles;
    }

    function _setSigner(StoredParticipant storage stored, uint24 participantId, address signer) private {
        require(signer != address(0), ParticipantSignerZero(participantId));
        stored.signer = signer;
    }

    function _setAccount(StoredParticipant storage stored, uint24 participantId, address account) private {
        uint24[] storage ids = _participantsOf[stored.account];
        uint256 position = 0;
        while (ids[position] != participantId) ++position;
        ids[position] = ids[ids.length - 1];
        ids.pop();

        stored.account = account;
        _participantsOf[account].push(participantId);
    }

    function _setSuccessor(address successor) private {
        require(_succeededBy == address(0), ProposalSuccessorAlreadySet(_succeededBy));
        require(successor != address(0), ProposalAddressZero(ProposalKind.Succession));
        _succeededBy = successor;
        emit SucceededBy(successor);
    }

    /// @dev Extends the participant's hash chain by its state as it is now.
    function _logChange(uint24 participantId, bytes32 cause) private {
        StoredParticipant storage stored = _participants[participantId];
        uint40 time = uint40(block.timestamp);
        bytes32 newHead = keccak256(
            abi.encode(
                PARTICIPANT_TYPEHASH,
                stored.head,
                participantId,
                cause,
                stored.account,
                stored.signer,
                stored.roles,
                stored.active,
                stored.recordHash,
                time
            )
        );
        stored.head = newHead;
        emit ParticipantChanged(
            participantId,
            cause,
            stored.account,
            stored.signer,
            stored.roles,
            stored.active,
            stored.recordHash,
            time,
            newHead
        );
    }

    function _admitted(uint24 participantId) private view returns (StoredParticipant storage stored) {
        stored = _participants[participantId];
        require(stored.head != 0, ParticipantUnknown(participantId));
    }

    /// @dev Whether the participant is active, and the roles that it has even while it is not.
    function _standingOf(uint24 participantId) internal view returns (bool active, uint16 roles) {
        StoredParticipant storage stored = _participants[participantId];
        return (stored.active, stored.roles);
    }

    function _participantSigned(
        uint24 participantId,
        bytes32 digest,
        bytes calldata signature
    ) internal view returns (bool) {
        return SignatureCheck.isValid(_participants[participantId].signer, digest, signature);
    }

    /// @dev The rule of everything but custody events: active, entitled, and signed, or it reverts.
    function _requireSignedBy(
        uint24 participantId,
        uint16 role,
        bytes32 digest,
        bytes calldata signature
    ) internal view {
        StoredParticipant storage stored = _participants[participantId];
        require(stored.active, ParticipantInactive(participantId));
        require(stored.roles & role != 0, ParticipantLacksRole(participantId, role));
        require(
            SignatureCheck.isValid(stored.signer, digest, signature),
            ParticipantSignatureInvalid(participantId, digest)
        );
    }

    function _accountOf(uint24 participantId) internal view returns (address) {
        return _participants[participantId].account;
    }

    function _addPassports(uint24 participantId, uint256 count) internal {
        _participants[participantId].passportCount += uint64(count);
    }

    function _removePassports(uint24 participantId, uint256 count) internal {
        _participants[participantId].passportCount -= uint64(count);
    }

    /// @dev Passports whose custodian uses this account; for account zero, those of barred participants.
    function _passportCountOf(address account) internal view returns (uint256 count) {
        uint24[] storage ids = _participantsOf[account];
        for (uint256 i = 0; i < ids.length; ++i) {
            count += _participants[ids[i]].passportCount;
        }
    }
}
