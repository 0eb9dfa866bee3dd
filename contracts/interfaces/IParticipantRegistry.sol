// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/**
 * @title Participants and the quorum
 * @notice Governors admit participants and change them by EIP-712 proposals that anyone may bring. There is no owner:
 * one governor alone can do nothing.
 *
 * How it hashes. Each kind of proposal is an EIP-712 primary type of its own:
 *
 *     Admission(bytes32 registryHead,uint40 deadline,uint24 participantId,address account,address signer,uint16 roles,bytes32 recordHash)
 *     RoleChange(bytes32 registryHead,uint40 deadline,uint24 participantId,uint16 roles,bytes32 recordHash)
 *     Suspension(bytes32 registryHead,uint40 deadline,uint24 participantId,bytes32 recordHash)
 *     Reinstatement(bytes32 registryHead,uint40 deadline,uint24 participantId,bytes32 recordHash)
 *     SignerRotation(bytes32 registryHead,uint40 deadline,uint24 participantId,address signer,bytes32 recordHash)
 *     AccountChange(bytes32 registryHead,uint40 deadline,uint24 participantId,address account,bytes32 recordHash)
 *     GovernorChange(bytes32 registryHead,uint40 deadline,address[] governors,uint8 threshold,bytes32 recordHash)
 *     Succession(bytes32 registryHead,uint40 deadline,address successor,bytes32 recordHash)
 *
 * Two kinds of hash chains, with block times, let a verifier tell from logs who held which role when, and that nothing
 * was left out:
 *
 *     registryHead'    = keccak256(abi.encode(REGISTRY_TYPEHASH, registryHead, proposal digest, uint40 time))
 *     participantHead' = keccak256(abi.encode(PARTICIPANT_TYPEHASH, previous, participantId, cause, account, signer,
 *                                             roles, active, recordHash, uint40 time))
 *
 * The first registry head has previous 0 and, in place of a proposal, keccak256(abi.encode(governors, threshold)); a
 * participant's first has previous 0. A participant's state in its head is the state after the change.
 *
 * Traps. A contract wallet may be a participant's signer but not a governor. Participants may share an account or a
 * signer. A barred participant (account 0) stays active: only its account can do nothing any more.
 */
interface IParticipantRegistry {
    /// @notice Order frozen.
    enum ProposalKind {
        None,
        Admission,
        RoleChange,
        Suspension,
        Reinstatement,
        SignerRotation,
        AccountChange,
        GovernorChange,
        Succession
    }

    /// @notice What governors sign. Fields that a kind does not have must be zero or empty.
    struct Proposal {
        ProposalKind kind;
        uint24 participantId;
        /// of an account change: the new account, or zero to bar a lost one
        address account;
        address signer;
        uint16 roles;
        address[] governors;
        uint8 threshold;
        address successor;
        /// admission: the participant's record; role change: its new record, or zero to keep it; else the reason's hash
        bytes32 recordHash;
        /// at most 30 days ahead
        uint40 deadline;
        /// the registry head it changes: proposals apply once, in order
        bytes32 registryHead;
    }

    struct Participant {
        /// may rotate the signer, and stands as owner in ERC-721; zero when barred
        address account;
        /// whose signature counts
        address signer;
        /// bitmap, see types/Roles.sol
        uint16 roles;
        bool active;
        /// sha-256 of its record: names, kind, identifier prefixes
        bytes32 recordHash;
        /// head of the hash chain of its changes
        bytes32 head;
    }

    /// @notice The governors were named, by the constructor or a governor change.
    event GovernorsSet(address[] governors, uint8 threshold, bytes32 registryHead);

    /// @param registryHead after the proposal
    /// @param signatures the governors' that landed
    event ProposalExecuted(bytes32 indexed digest, Proposal proposal, bytes32 registryHead, bytes signatures);

    /**
     * @notice A participant's state after a change.
     * @param cause the proposal's digest; zero when its account rotated the signer
     */
    event ParticipantChanged(
        uint24 indexed participantId,
        bytes32 cause,
        address account,
        address signer,
        uint16 roles,
        bool active,
        bytes32 recordHash,
        uint40 changedAt,
        bytes32 participantHead
    );

    /// @notice Emitted once at most: the pointer is one-way.
    event SucceededBy(address successor);

    error GovernorsInvalid(address[] governors, uint8 threshold);
    error ProposalKindMissing();
    error ProposalHasForeignField(ProposalKind kind);
    error ProposalOutOfOrder(bytes32 registryHead, bytes32 proposalRegistryHead);
    error ProposalRolesUnknown(uint16 roles);
    error ProposalAddressZero(ProposalKind kind);
    error ProposalSuccessorAlreadySet(address successor);
    error QuorumMissing(bytes32 digest);
    error ParticipantIdZero();
    error ParticipantExists(uint24 participantId);
    error ParticipantUnknown(uint24 participantId);
    error ParticipantAlreadySuspended(uint24 participantId);
    error ParticipantNotSuspended(uint24 participantId);
    error ParticipantInactive(uint24 participantId);
    error ParticipantLacksRole(uint24 participantId, uint16 role);
    error ParticipantSignatureInvalid(uint24 participantId, bytes32 digest);
    error ParticipantAccountOnly(uint24 participantId, address caller);
    error ParticipantSignerZero(uint24 participantId);
    error DeadlineOutOfRange(uint40 deadline, uint256 blockTime);
    /// @notice Too little gas to ask a contract wallet: without this a relayer could starve a good signature.
    error SignatureCheckStarved(uint256 gasLeft, uint256 gasNeeded);

    /**
     * @notice Carries out what the quorum decided. Anyone may call.
     * @param signatures 65 bytes each (ECDSA), strictly ascending by governor, at least the threshold, nobody else's
     */
    function execute(Proposal calldata proposal, bytes calldata signatures) external;

    /// @notice A participant's account replaces its signer, suspended or not.
    function rotateSigner(uint24 participantId, address signer) external;

    function registryHead() external view returns (bytes32);

    function governors() external view returns (address[] memory governors, uint8 threshold);

    /// @notice All zero for an id that was never admitted.
    function participant(uint24 participantId) external view returns (Participant memory);

    /// @notice Heads of many participants, in the order asked; zero for ids never admitted.
    function participantHeads(uint24[] calldata participantIds) external view returns (bytes32[] memory);

    /// @notice The contract that the quorum names as this one's successor, or zero. Nothing follows it by itself.
    function succeededBy() external view returns (address);

    function domainSeparator() external view returns (bytes32);
}
