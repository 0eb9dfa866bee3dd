// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {IPassportHolds} from "../interfaces/IPassportHolds.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";
import {newPassportState, PassportState, Phase} from "../types/PassportState.sol";
import {Fixture, RecordedLog} from "./Fixture.t.sol";

/// @dev What must hold after any sequence of calls. Driven by the runner through {CustodyHandler}.
contract CustodyInvariantsTest {
    CustodyHandler private _handler;

    function setUp() public {
        _handler = new CustodyHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_everyStateFollowsFromTheLogs() public view {
        _handler.checkStates();
    }

    function invariant_whatEndedNeverMovesAgain() public view {
        _handler.checkEnds();
    }

    function invariant_supplyIsWhatWasCreatedAndOwnersAreCustodians() public view {
        _handler.checkTokens();
    }

    function invariant_proposalsAreCountedByTheRegistryHead() public view {
        _handler.checkRegistry();
    }
}

/// @dev Random calls by many participants, good and bad ones, and beside them what the logs alone say.
contract CustodyHandler is Fixture {
    bytes32 private constant REGISTRY_TYPEHASH = keccak256(
        "RegistryHead(bytes32 previous,bytes32 proposal,uint40 time)"
    );
    uint256 private constant MAX_PASSPORTS = 40;

    bytes20[] private _passports;
    mapping(bytes20 passportId => PassportState) private _expected;
    mapping(bytes20 passportId => bytes28) private _lastHead;
    mapping(bytes20 passportId => address) private _tokenOwner;
    bytes[] private _sent;
    uint256 private _serial;
    uint256 private _supply;
    bytes32 private _registryHead;
    /// @dev What went wrong within a call: the runner forgives a call that reverts, so it is told by the checks.
    string private _broken;

    constructor() {
        _registryHead = deployed.registryHead();
    }

    function mint(uint8 actor, uint8 issuer, uint8 count) external {
        if (_passports.length >= MAX_PASSPORTS) return;
        uint24 by = _participant(actor);
        uint24 under = issuer % 8 == 0 ? _participant(issuer) : by;
        _submit(CustodyKind.Mint, by, 0, _created(under, 1 + (count % 3)), 0);
    }

    function change(uint8 kind, uint8 actor, uint8 receiver, uint16 first, uint16 second, uint8 declined) external {
        if (_passports.length == 0) return;
        CustodyKind[6] memory kinds = [
            CustodyKind.Handover,
            CustodyKind.Withdrawal,
            CustodyKind.Closure,
            CustodyKind.Void,
            CustodyKind.Reassignment,
            CustodyKind.Handover
        ];
        CustodyKind chosen = kinds[kind % 6];
        bytes20 picked = _passports[first % _passports.length];
        // Mostly the right actor, or little would ever happen.
        uint24 by = actor % 6 == 0 ? _participant(actor) : _expected[picked].custodian();
        bool accepted = chosen == CustodyKind.Handover || chosen == CustodyKind.Reassignment;
        ICustodyLedger.Item[] memory items = _pair(picked, _passports[second % _passports.length]);
        uint256 bitmap = accepted && declined % 4 == 0 ? uint256(declined / 4) % (1 << items.length) : 0;
        uint24 to = accepted ? _participant(receiver) : 0;
        _submit(chosen, chosen == CustodyKind.Reassignment ? 0 : by, to, items, bitmap);
    }

    function transform(uint16 first, uint16 second, uint8 outputs) external {
        if (_passports.length == 0 || _passports.length >= MAX_PASSPORTS) return;
        bytes20 picked = _passports[first % _passports.length];
        ICustodyLedger.Item[] memory inputs = _pair(picked, _passports[second % _passports.length]);
        ICustodyLedger.Item[] memory made = _created(_expected[picked].custodian(), outputs % 3);
        ICustodyLedger.Item[] memory items = new ICustodyLedger.Item[](inputs.length + made.length);
        for (uint256 i = 0; i < inputs.length; ++i) items[i] = inputs[i];
        for (uint256 i = 0; i < made.length; ++i) items[inputs.length + i] = made[i];
        _sort(items);
        _submit(CustodyKind.Transformation, _expected[picked].custodian(), 0, items, 0);
    }

    function replay(uint16 which) external {
        if (_sent.length == 0) return;
        vm.recordLogs();
        (bool done, ) = address(deployed).call(_sent[which % _sent.length]);
        if (!done) _broken = "submit reverted";
        _follow();
    }

    function spoil(uint16 which, uint16 place, uint8 mask) external {
        if (_sent.length == 0) return;
        bytes memory data = _sent[which % _sent.length];
        data[4 + (place % (data.length - 4))] ^= bytes1(mask);
        vm.recordLogs();
        (bool done, ) = address(deployed).call(data);
        if (done) _follow();
        else vm.getRecordedLogs();
    }

    function hold(uint16 which, uint8 regulator, uint32 length) external {
        if (_passports.length == 0) return;
        bytes20 id = _passports[which % _passports.length];
        (uint32 counter, ) = deployed.lastHold(id);
        uint40 until = uint40(block.timestamp + (length % 200 days));
        uint40 deadline = uint40(block.timestamp + 1 days);
        uint24 by = _participant(regulator);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Hold(bytes20 passportId,uint24 regulator,uint32 counter,uint40 until,bytes32 reasonHash,uint40 deadline)"
                ),
                id,
                by,
                counter + 1,
                until,
                bytes32(0),
                deadline
            )
        );
        vm.recordLogs();
        try deployed.hold(id, by, counter + 1, until, 0, deadline, signBy(keyOf(by), typed(structHash))) {
            _follow();
        } catch {
            vm.getRecordedLogs();
        }
    }

    function release(uint16 which) external {
        if (_passports.length == 0) return;
        bytes20 id = _passports[which % _passports.length];
        (uint32 counter, ) = deployed.lastHold(id);
        uint40 deadline = uint40(block.timestamp + 1 days);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Release(bytes20 passportId,uint24 regulator,uint32 counter,bytes32 reasonHash,uint40 deadline)"
                ),
                id,
                uint24(0),
                counter,
                bytes32(0),
                deadline
            )
        );
        vm.recordLogs();
        try deployed.release(id, 0, counter, 0, deadline, quorum(typed(structHash))) {
            _follow();
        } catch {
            vm.getRecordedLogs();
        }
    }

    function suspendOrReinstate(uint8 whom) external {
        IParticipantRegistry.Proposal memory proposal;
        proposal.participantId = _participant(whom);
        proposal.kind =
            deployed.participant(proposal.participantId).active && whom % 3 == 0
                ? IParticipantRegistry.ProposalKind.Suspension
                : IParticipantRegistry.ProposalKind.Reinstatement;
        if (proposal.kind == IParticipantRegistry.ProposalKind.Reinstatement) {
            if (deployed.participant(proposal.participantId).active) return;
        }
        execute(proposal);
        _registryHead = keccak256(
            abi.encode(REGISTRY_TYPEHASH, _registryHead, this.proposalDigest(proposal), uint40(block.timestamp))
        );
    }

    function pass(uint32 time) external {
        vm.warp(block.timestamp + (time % 40 days));
    }

    // ---- what must hold -----------------------------------------------------------------------------------------

    function checkStates() external view {
        require(bytes(_broken).length == 0, _broken);
        for (uint256 i = 0; i < _passports.length; ++i) {
            bytes32 stored = PassportState.unwrap(deployed.passport(_passports[i]));
            require(stored == PassportState.unwrap(_expected[_passports[i]]), "a state that no log explains");
        }
    }

    function checkEnds() external view {
        for (uint256 i = 0; i < _passports.length; ++i) {
            bytes28 last = _lastHead[_passports[i]];
            require(last == 0 || deployed.passport(_passports[i]).head() == last, "an ended passport moved");
        }
    }

    function checkTokens() external view {
        uint256 balances = 0;
        for (uint24 id = 1; id <= PARTICIPANTS; ++id) balances += deployed.balanceOf(deployed.participant(id).account);
        require(balances == _supply, "supply");
        for (uint256 i = 0; i < _passports.length; ++i) {
            if (deployed.passport(_passports[i]).phase() == Phase.None) continue;
            address owner = deployed.ownerOf(uint160(_passports[i]));
            require(owner == _tokenOwner[_passports[i]], "an owner that no Transfer explains");
            require(owner == deployed.participant(deployed.passport(_passports[i]).custodian()).account, "custodian");
        }
    }

    function checkRegistry() external view {
        require(deployed.registryHead() == _registryHead, "a registry head that no proposal explains");
    }

    // ---- making and following -----------------------------------------------------------------------------------

    function _participant(uint8 seed) private pure returns (uint24) {
        return 1 + (seed % PARTICIPANTS);
    }

    function _created(uint24 issuer, uint256 count) private returns (ICustodyLedger.Item[] memory items) {
        items = new ICustodyLedger.Item[](count);
        for (uint256 i = 0; i < count; ++i) {
            items[i] = ICustodyLedger.Item(passportId(issuer, ++_serial), 0, keccak256(abi.encode("made", _serial)));
            _passports.push(items[i].passportId);
        }
        _sort(items);
    }

    function _pair(bytes20 first, bytes20 second) private view returns (ICustodyLedger.Item[] memory items) {
        items = new ICustodyLedger.Item[](first == second ? 1 : 2);
        items[0] = ICustodyLedger.Item(first, _expected[first].head(), keccak256(abi.encode(first, block.timestamp)));
        if (items.length == 2) {
            items[1] = ICustodyLedger.Item(second, _expected[second].head(), keccak256(abi.encode(second)));
        }
        _sort(items);
    }

    function _sort(ICustodyLedger.Item[] memory items) private pure {
        for (uint256 i = 0; i < items.length; ++i) {
            for (uint256 j = i + 1; j < items.length; ++j) {
                if (items[j].passportId < items[i].passportId) (items[i], items[j]) = (items[j], items[i]);
            }
        }
    }

    function _submit(
        CustodyKind kind,
        uint24 actor,
        uint24 receiver,
        ICustodyLedger.Item[] memory items,
        uint256 declined
    ) private {
        ICustodyLedger.CustodyEvent[] memory events = new ICustodyLedger.CustodyEvent[](1);
        events[0] = signed(headerOf(kind, actor, receiver), items, declined);
        bytes memory data = abi.encodeCall(deployed.submit, (events));
        _sent.push(data);
        vm.recordLogs();
        (bool done, ) = address(deployed).call(data);
        if (!done) _broken = "submit reverted";
        _follow();
    }

    function _follow() private {
        RecordedLog[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == ICustodyLedger.CustodyEventApplied.selector) _applied(logs[i].data);
            if (topic == IPassportHolds.Held.selector) _held(bytes20(logs[i].topics[1]), true);
            if (topic == IPassportHolds.Released.selector) _held(bytes20(logs[i].topics[1]), false);
            if (topic == keccak256("Transfer(address,address,uint256)")) {
                if (logs[i].topics[1] == 0) ++_supply;
                _tokenOwner[bytes20(uint160(uint256(logs[i].topics[3])))] = address(
                    uint160(uint256(logs[i].topics[2]))
                );
            }
        }
    }

    function _applied(bytes memory data) private {
        (EventHeader header, ICustodyLedger.Item[] memory items, , uint256 applied, ) = abi.decode(
            data,
            (EventHeader, ICustodyLedger.Item[], uint256, uint256, bytes)
        );
        bytes28[] memory heads = this.headsOf(header, items);
        for (uint256 i = 0; i < items.length; ++i) {
            if ((applied >> i) & 1 == 0) continue;
            bytes20 id = items[i].passportId;
            if (items[i].prevHead != _expected[id].head()) _broken = "a head was skipped";
            if (_lastHead[id] != 0) _broken = "an ended passport moved";
            _expected[id] = _next(header, _expected[id], heads[i]);
            if (_expected[id].phase() != Phase.Active) _lastHead[id] = heads[i];
        }
    }

    function _next(EventHeader header, PassportState before, bytes28 head) private pure returns (PassportState) {
        CustodyKind kind = header.kind();
        if (before.phase() == Phase.None) return newPassportState(head, header.actor());
        if (kind == CustodyKind.Handover || kind == CustodyKind.Reassignment) {
            return before.movedTo(head, header.counterparty());
        }
        if (kind == CustodyKind.Closure) return before.ended(head, Phase.Closed);
        if (kind == CustodyKind.Void) return before.ended(head, Phase.Void);
        if (kind == CustodyKind.Transformation) return before.ended(head, Phase.Transformed);
        return before.withHead(head);
    }

    function _held(bytes20 id, bool isHeld) private {
        _expected[id] = _expected[id].withHeld(isHeld);
    }
}
