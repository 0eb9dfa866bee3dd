// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {SignatureCheck} from "../libraries/SignatureCheck.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";
import {PassportState, Phase} from "../types/PassportState.sol";
import {Fixture} from "./Fixture.t.sol";

/// @dev One event against one passport, with everything about it chosen at random.
contract CustodyFuzzTest is Fixture {
    bytes20 private immutable _passport = passportId(1, 1);
    bytes28 private _head;

    function setUp() public {
        ICustodyLedger.Item[] memory items = _item(_passport, 0, bytes32(uint256(1)));
        submit(signed(headerOf(CustodyKind.Mint, 1, 0), items, 0));
        _head = deployed.passport(_passport).head();
        require(_head != 0, "minted");
    }

    function testFuzz_flippedBitOfASignatureNeverCounts(uint16 bit) public {
        ICustodyLedger.CustodyEvent memory handover = _handover();
        uint256 place = bit % (handover.signatures.length * 8);
        handover.signatures[place / 8] ^= bytes1(uint8(1 << (place % 8)));
        _staysAsItIs(handover);
    }

    function testFuzz_flippedBitOfTheHeaderNeverCounts(uint8 bit) public {
        ICustodyLedger.CustodyEvent memory handover = _handover();
        handover.header = EventHeader.wrap(EventHeader.unwrap(handover.header) ^ bytes32(uint256(1) << bit));
        _staysAsItIs(handover);
    }

    function testFuzz_flippedBitOfAnItemNeverCounts(uint8 bit, uint8 part) public {
        ICustodyLedger.CustodyEvent memory handover = _handover();
        ICustodyLedger.Item memory item = handover.items[0];
        if (part % 3 == 0) item.passportId ^= bytes20(uint160(1) << (bit % 160));
        if (part % 3 == 1) item.prevHead ^= bytes28(uint224(1) << (bit % 224));
        if (part % 3 == 2) item.recordHash ^= bytes32(uint256(1) << bit);
        _staysAsItIs(handover);
    }

    function testFuzz_anotherBitmapThanTheReceiverSignedNeverCounts(uint256 declined) public {
        vm.assume(declined != 0);
        ICustodyLedger.CustodyEvent memory handover = _handover();
        handover.declined = declined;
        _staysAsItIs(handover);
    }

    function testFuzz_onlyBothPartiesCanHandOver(uint256 giverKey, uint256 receiverKey) public {
        giverKey = 1 + (giverKey % type(uint128).max);
        receiverKey = 1 + (receiverKey % type(uint128).max);
        vm.assume(giverKey != keyOf(1) || receiverKey != keyOf(2));
        ICustodyLedger.CustodyEvent memory handover = _handover();
        bytes32 digest = this.digestOf(handover.header, handover.items);
        bytes32 acceptance = typed(keccak256(abi.encode(_acceptanceType(), digest, uint256(0))));
        handover.signatures = bytes.concat(signBy(giverKey, digest), signBy(receiverKey, acceptance));
        _staysAsItIs(handover);
    }

    function testFuzz_timesDecideExactly(uint40 occurredAt, uint40 deadline) public {
        EventHeader header = packed(CustodyKind.Handover, 1, 2, occurredAt, deadline);
        bool inTime = block.timestamp <= deadline && deadline <= block.timestamp + 30 days;
        bool fine = inTime && occurredAt <= block.timestamp + 15 minutes;
        submit(signed(header, _item(_passport, _head, bytes32(uint256(2))), 0));
        _movedIf(fine);
    }

    function testFuzz_timesNearTheirLimitsDecideExactly(int8 occurredBy, int8 deadlineBy, bool early) public {
        uint256 limit = early ? block.timestamp : block.timestamp + 30 days;
        uint40 occurredAt = uint40(uint256(int256(block.timestamp + 15 minutes) + occurredBy));
        testFuzz_timesDecideExactly(occurredAt, uint40(uint256(int256(limit) + deadlineBy)));
    }

    /// @dev With whatever gas, a good signature of a contract wallet is never rejected: it counts, or all reverts.
    function testFuzz_nobodyStarvesAWallet(uint32 gasGiven) public {
        SlowWallet wallet = new SlowWallet(vm.addr(keyOf(1)));
        uint256 given = 20_000 + (gasGiven % 200_000);
        bytes32 digest = keccak256("something signed");
        (bool done, bytes memory answer) = address(this).call{gas: given}(
            abi.encodeCall(this.ask, (address(wallet), digest, signBy(keyOf(1), digest)))
        );
        if (done) require(abi.decode(answer, (bool)), "a good signature was rejected");
    }

    function ask(address wallet, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return SignatureCheck.isValid(wallet, digest, signature);
    }

    function _handover() private view returns (ICustodyLedger.CustodyEvent memory) {
        return signed(headerOf(CustodyKind.Handover, 1, 2), _item(_passport, _head, bytes32(uint256(2))), 0);
    }

    function _item(
        bytes20 id,
        bytes28 prevHead,
        bytes32 recordHash
    ) private pure returns (ICustodyLedger.Item[] memory items) {
        items = new ICustodyLedger.Item[](1);
        items[0] = ICustodyLedger.Item(id, prevHead, recordHash);
    }

    function _staysAsItIs(ICustodyLedger.CustodyEvent memory custodyEvent) private {
        bytes32 before = PassportState.unwrap(deployed.passport(_passport));
        submit(custodyEvent);
        require(PassportState.unwrap(deployed.passport(_passport)) == before, "it changed");
    }

    function _movedIf(bool expected) private view {
        PassportState state = deployed.passport(_passport);
        require(state.custodian() == (expected ? 2 : 1), "custodian");
        require(state.moved() == expected, "moved");
        require((state.head() != _head) == expected, "head");
        require(state.phase() == Phase.Active, "phase");
    }

    function _acceptanceType() private pure returns (bytes32) {
        return keccak256("Acceptance(bytes32 handover,uint256 declined)");
    }
}

/// @dev Takes most of the gas that a wallet is given before it approves.
contract SlowWallet {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        uint256 start = gasleft();
        while (start - gasleft() < 40_000) {}
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        return ecrecover(digest, uint8(signature[64]), r, s) == _owner ? this.isValidSignature.selector : bytes4(0);
    }
}
