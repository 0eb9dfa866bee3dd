// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatteryPassport} from "../BatteryPassport.sol";
import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {EventHashing} from "../libraries/EventHashing.sol";
import {ProposalHashing} from "../libraries/ProposalHashing.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";
import {ALL_ROLES} from "../types/Roles.sol";

struct RecordedLog {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// @dev The test runner's cheats that are used here.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function warp(uint256 time) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (RecordedLog[] memory);
    function assume(bool condition) external pure;
    function prank(address sender) external;
}

/// @dev A deployment with three governors and five participants of every role, and the hands to sign for all of them.
abstract contract Fixture {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint24 internal constant PARTICIPANTS = 5;
    uint256 internal constant START = 2_000_000_000;

    BatteryPassport internal deployed;
    uint256[] internal governorKeys;

    constructor() {
        vm.warp(START);
        for (uint256 i = 0; i < 3; ++i) governorKeys.push(0xa11ce + i);
        _sortGovernors();
        address[] memory governors = new address[](3);
        for (uint256 i = 0; i < 3; ++i) governors[i] = vm.addr(governorKeys[i]);
        deployed = new BatteryPassport(governors, 2, "https://passports.example/");
        for (uint24 id = 1; id <= PARTICIPANTS; ++id) _admit(id);
    }

    function keyOf(uint24 participant) internal pure returns (uint256) {
        return 0xb0b0000 + participant;
    }

    function signBy(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function quorum(bytes32 digest) internal view returns (bytes memory) {
        return bytes.concat(signBy(governorKeys[0], digest), signBy(governorKeys[1], digest));
    }

    function typed(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", deployed.domainSeparator(), structHash));
    }

    function passportId(uint24 issuer, uint256 serial) internal pure returns (bytes20) {
        return bytes20(uint160((uint256(issuer) << 136) | uint256(uint136(uint256(keccak256(abi.encode(serial)))))));
    }

    function headerOf(CustodyKind kind, uint24 actor, uint24 receiver) internal view returns (EventHeader) {
        return packed(kind, actor, receiver, uint40(block.timestamp), uint40(block.timestamp + 1 days));
    }

    /// @dev Without the split of signatures, which {signed} adds.
    function packed(
        CustodyKind kind,
        uint24 actor,
        uint24 receiver,
        uint40 occurredAt,
        uint40 deadline
    ) internal pure returns (EventHeader) {
        uint256 word = (uint256(kind) << 248) | (uint256(actor) << 224) | (uint256(receiver) << 200);
        return EventHeader.wrap(bytes32(word | (uint256(occurredAt) << 160) | (uint256(deadline) << 120)));
    }

    /// @dev An event signed by all whom its header names.
    function signed(
        EventHeader header,
        ICustodyLedger.Item[] memory items,
        uint256 declined
    ) internal view returns (ICustodyLedger.CustodyEvent memory) {
        bytes32 digest = this.digestOf(header, items);
        bytes memory first =
            header.isA(CustodyKind.Reassignment) ? quorum(digest) : signBy(keyOf(header.actor()), digest);
        bytes memory second = "";
        if (header.counterparty() != 0) {
            second = signBy(keyOf(header.counterparty()), typed(EventHashing.hashAcceptance(digest, declined)));
        }
        EventHeader split = EventHeader.wrap(EventHeader.unwrap(header) | bytes32(first.length));
        return ICustodyLedger.CustodyEvent(split, items, declined, bytes.concat(first, second));
    }

    function submit(ICustodyLedger.CustodyEvent memory custodyEvent) internal {
        ICustodyLedger.CustodyEvent[] memory events = new ICustodyLedger.CustodyEvent[](1);
        events[0] = custodyEvent;
        deployed.submit(events);
    }

    /// @dev External, because items hash from calldata.
    function digestOf(EventHeader header, ICustodyLedger.Item[] calldata items) external view returns (bytes32) {
        return EventHashing.hash(deployed.domainSeparator(), header, items).digest;
    }

    function headsOf(
        EventHeader header,
        ICustodyLedger.Item[] calldata items
    ) external view returns (bytes28[] memory heads) {
        heads = new bytes28[](items.length);
        bytes32 headerHash = EventHashing.hash(deployed.domainSeparator(), header, items).headerHash;
        bytes32[] memory itemHashes = EventHashing.hash(deployed.domainSeparator(), header, items).itemHashes;
        for (uint256 i = 0; i < items.length; ++i) heads[i] = EventHashing.hashHead(headerHash, itemHashes[i]);
    }

    function proposalDigest(IParticipantRegistry.Proposal calldata proposal) external view returns (bytes32) {
        (bytes32 structHash, ) = ProposalHashing.hash(proposal);
        return typed(structHash);
    }

    function execute(IParticipantRegistry.Proposal memory proposal) internal {
        proposal.deadline = uint40(block.timestamp + 1 days);
        proposal.registryHead = deployed.registryHead();
        deployed.execute(proposal, quorum(this.proposalDigest(proposal)));
    }

    function _admit(uint24 id) private {
        IParticipantRegistry.Proposal memory proposal;
        proposal.kind = IParticipantRegistry.ProposalKind.Admission;
        proposal.participantId = id;
        proposal.account = address(uint160(0xacc0) + id);
        proposal.signer = vm.addr(keyOf(id));
        proposal.roles = ALL_ROLES;
        proposal.recordHash = keccak256(abi.encode("record", id));
        proposal.deadline = uint40(block.timestamp + 1 days);
        proposal.registryHead = deployed.registryHead();
        bytes32 structHash = keccak256(
            abi.encode(
                ProposalHashing.ADMISSION_TYPEHASH,
                proposal.registryHead,
                proposal.deadline,
                id,
                proposal.account,
                proposal.signer,
                proposal.roles,
                proposal.recordHash
            )
        );
        deployed.execute(proposal, quorum(typed(structHash)));
    }

    function _sortGovernors() private {
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(governorKeys[j]) < vm.addr(governorKeys[i])) {
                    (governorKeys[i], governorKeys[j]) = (governorKeys[j], governorKeys[i]);
                }
            }
        }
    }
}
