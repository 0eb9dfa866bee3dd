// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {ICustodyLedger} from "./interfaces/ICustodyLedger.sol";
import {EventForm} from "./libraries/EventForm.sol";
import {EventHashing, HashedEvent} from "./libraries/EventHashing.sol";
import {PassportHolds} from "./PassportHolds.sol";
import {CustodyKind, EventHeader} from "./types/EventHeader.sol";
import {newPassportState, PassportState, Phase} from "./types/PassportState.sol";
import {CUSTODIAN, DISMANTLER, PRODUCER, RECYCLER, REGISTRAR, SECOND_LIFE} from "./types/Roles.sol";

/**
 * @dev The custody rules. An event passes four gates (header, form and times, parties, signatures), then each of its
 * items is judged against the passport's state as it is at that moment. See {ICustodyLedger} for the whole picture.
 */
abstract contract CustodyLedger is ICustodyLedger, PassportHolds {
    uint256 private constant WHOLE_EVENT = type(uint256).max;

    uint16 private constant MINTERS = PRODUCER | REGISTRAR;
    uint16 private constant TRANSFORMERS = PRODUCER | SECOND_LIFE | DISMANTLER | RECYCLER;

    /// @inheritdoc ICustodyLedger
    function submit(CustodyEvent[] calldata events) external {
        Memory.Pointer unused = Memory.getFreeMemoryPointer();
        for (uint256 i = 0; i < events.length; ++i) {
            CustodyEvent calldata submitted = events[i];
            _submit(submitted.header, submitted.items, submitted.declined, submitted.signatures, i);
            // Nothing of an event is needed after it, and memory grows dearer by its square.
            Memory.unsafeSetFreeMemoryPointer(unused);
        }
    }

    /// @dev The event comes in its parts: finding them in the calldata again would cost 130 gas each time.
    function _submit(
        EventHeader header,
        Item[] calldata items,
        uint256 declined,
        bytes calldata signatures,
        uint256 eventIndex
    ) private {
        RejectionReason reason = EventForm.judgeHeader(header, items.length);
        HashedEvent memory hashed;
        if (reason == RejectionReason.None) {
            hashed = EventHashing.hash(_domainSeparatorV4(), header, items);
            reason = EventForm.judgeItems(header, items, declined, hashed.ascending);
        }
        if (reason == RejectionReason.None) reason = EventForm.judgeTimes(header);
        if (reason == RejectionReason.None) reason = _judgeParties(header);
        if (reason == RejectionReason.None) reason = _judgeSignatures(header, hashed.digest, declined, signatures);
        if (reason != RejectionReason.None) {
            emit Rejected(hashed.digest, eventIndex, WHOLE_EVENT, reason);
            return;
        }
        if (header.isA(CustodyKind.Transformation) && !_isWhole(header, items, hashed.digest, eventIndex)) return;
        uint256 applied = _applyItems(header, items, declined, hashed, eventIndex);
        if (applied != 0) emit CustodyEventApplied(hashed.digest, header, items, declined, applied, signatures);
    }

    // ---- the event as a whole -----------------------------------------------------------------------------------

    function _judgeParties(EventHeader header) private view returns (RejectionReason) {
        if (!header.isA(CustodyKind.Reassignment)) {
            (bool active, uint16 roles) = _standingOf(header.actor());
            if (!active) return RejectionReason.ActorInactive;
            if (!_entitles(roles, header)) return RejectionReason.ActorLacksRole;
        }
        if (EventForm.hasCounterparty(header)) {
            (bool active, uint16 roles) = _standingOf(header.counterparty());
            if (!active) return RejectionReason.CounterpartyInactive;
            if (roles & CUSTODIAN == 0) return RejectionReason.CounterpartyLacksRole;
        }
        return RejectionReason.None;
    }

    /// @dev The other kinds ask for no role: their right is custody, which each item shows.
    function _entitles(uint16 roles, EventHeader header) private pure returns (bool) {
        if (header.isA(CustodyKind.Mint)) return roles & MINTERS != 0;
        if (header.isA(CustodyKind.Transformation)) return roles & TRANSFORMERS != 0;
        if (header.isA(CustodyKind.Closure)) return roles & RECYCLER != 0;
        return true;
    }

    function _judgeSignatures(
        EventHeader header,
        bytes32 digest,
        uint256 declined,
        bytes calldata signatures
    ) private view returns (RejectionReason) {
        uint256 split = header.firstSignatureLength();
        bool twoSigners = EventForm.hasCounterparty(header);
        bool splits = twoSigners ? split <= signatures.length : split == signatures.length;

        if (header.isA(CustodyKind.Reassignment)) {
            if (!splits || !_quorumSigned(digest, signatures[:split])) return RejectionReason.BadQuorum;
        } else if (!splits || !_participantSigned(header.actor(), digest, signatures[:split])) {
            return RejectionReason.BadActorSignature;
        }

        if (twoSigners) {
            bytes32 acceptance = _hashTypedDataV4(EventHashing.hashAcceptance(digest, declined));
            if (!_participantSigned(header.counterparty(), acceptance, signatures[split:])) {
                return RejectionReason.BadCounterpartySignature;
            }
        }
        return RejectionReason.None;
    }

    // ---- item by item -------------------------------------------------------------------------------------------

    /// @return applied bitmap of the items that took effect
    function _applyItems(
        EventHeader header,
        Item[] calldata items,
        uint256 declined,
        HashedEvent memory hashed,
        uint256 eventIndex
    ) private returns (uint256 applied) {
        bytes32[] memory itemHashes = hashed.itemHashes;
        bytes32 headerHash = hashed.headerHash;
        (address giver, address receiver) = _tokenOwners(header);
        bool handsOver = EventForm.hasCounterparty(header);
        uint256 received = 0;
        for (uint256 i = 0; i < items.length; ++i) {
            if ((declined >> i) & 1 == 1) continue;

            Item calldata item = items[i];
            bytes20 passportId = item.passportId;
            StoredPassport storage stored = _stored(passportId);
            PassportState state = stored.state;
            RejectionReason reason = _judgeItem(header, passportId, item.prevHead, state);
            if (reason != RejectionReason.None) {
                emit Rejected(hashed.digest, eventIndex, i, reason);
                continue;
            }
            bytes28 newHead = EventHashing.hashHead(headerHash, itemHashes[i]);
            stored.state = _evolve(header, state, newHead);
            applied |= 1 << i;

            if (handsOver || !state.exists()) {
                if (header.isA(CustodyKind.Reassignment)) giver = _takeToken(state.custodian());
                emit IERC721.Transfer(giver, receiver, uint256(uint160(passportId)));
                ++received;
            }
        }
        if (received != 0) _countTokens(header, received);
    }

    /// @dev A transformation is all or nothing. Its items are distinct passports, so applying one does not change what
    /// another is judged by, and all can be judged beforehand. If one fails, each is logged with its reason.
    function _isWhole(
        EventHeader header,
        Item[] calldata items,
        bytes32 digest,
        uint256 eventIndex
    ) private returns (bool whole) {
        RejectionReason[] memory reasons = new RejectionReason[](items.length);
        whole = true;
        for (uint256 i = 0; i < items.length; ++i) {
            Item calldata item = items[i];
            reasons[i] = _judgeItem(header, item.passportId, item.prevHead, passport(item.passportId));
            if (reasons[i] != RejectionReason.None) whole = false;
            else reasons[i] = RejectionReason.TransformationIncomplete;
        }
        for (uint256 i = 0; i < items.length && !whole; ++i) {
            emit Rejected(digest, eventIndex, i, reasons[i]);
        }
    }

    function _judgeItem(
        EventHeader header,
        bytes20 passportId,
        bytes28 prevHead,
        PassportState state
    ) private view returns (RejectionReason) {
        if (EventHashing.isCreated(header, prevHead)) {
            if (_issuerOf(passportId) != header.actor()) return RejectionReason.WrongIssuer;
            if (state.exists()) return RejectionReason.AlreadyExists;
            return prevHead == 0 ? RejectionReason.None : RejectionReason.StaleHead;
        }
        // A passport that does not exist yet may come to exist: its event came too early, which is what StaleHead says.
        if (!state.exists()) return RejectionReason.StaleHead;
        if (!state.isActive()) return RejectionReason.NotActive;
        if (state.head() != prevHead) return RejectionReason.StaleHead;
        // The quorum, whom no actor stands for, may take from anyone.
        if (header.actor() != 0 && state.custodian() != header.actor()) return RejectionReason.NotCustodian;
        if (_isHeld(passportId, state)) return RejectionReason.Held;
        if (header.isA(CustodyKind.Void)) {
            if (_issuerOf(passportId) != header.actor()) return RejectionReason.WrongIssuer;
            if (state.moved()) return RejectionReason.AlreadyMoved;
        }
        return RejectionReason.None;
    }

    /// @dev What an item that was judged and found good makes of its passport.
    function _evolve(EventHeader header, PassportState state, bytes28 newHead) private pure returns (PassportState) {
        if (!state.exists()) return newPassportState(newHead, header.actor());
        if (header.counterparty() != 0) return state.movedTo(newHead, header.counterparty());
        if (header.isA(CustodyKind.Closure)) return state.ended(newHead, Phase.Closed);
        if (header.isA(CustodyKind.Transformation)) return state.ended(newHead, Phase.Transformed);
        if (header.isA(CustodyKind.Withdrawal)) return state.withHead(newHead);
        return state.ended(newHead, Phase.Void);
    }

    /// @dev Whose tokens an event's passports become, and were; zero where it creates them. The givers of a reassignment
    /// differ from item to item.
    function _tokenOwners(EventHeader header) private view returns (address giver, address receiver) {
        if (header.isA(CustodyKind.Handover)) giver = _tokenOwner(header.actor());
        if (EventForm.hasCounterparty(header)) receiver = _tokenOwner(header.counterparty());
        else if (EventForm.mayCreate(header)) receiver = _tokenOwner(header.actor());
    }

    function _takeToken(uint24 custodian) private returns (address giver) {
        _removePassports(custodian, 1);
        return _tokenOwner(custodian);
    }

    /// @dev Token balances, once an event: a write per item would cost a consignment 200 gas each. A reassignment has
    /// taken each item from its own custodian already.
    function _countTokens(EventHeader header, uint256 received) private {
        if (header.isA(CustodyKind.Handover)) _removePassports(header.actor(), received);
        _addPassports(EventForm.hasCounterparty(header) ? header.counterparty() : header.actor(), received);
    }

    function _issuerOf(bytes20 passportId) private pure returns (uint24) {
        return uint24(bytes3(passportId));
    }

    /// @dev The address shown as owner of a participant's tokens.
    function _tokenOwner(uint24 participantId) internal view returns (address) {
        address account = _accountOf(participantId);
        return account == address(0) ? address(this) : account;
    }
}
