// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
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
        for (uint256 i = 0; i < events.length; ++i) {
            _submit(events[i], i);
        }
    }

    function _submit(CustodyEvent calldata custodyEvent, uint256 eventIndex) private {
        EventHeader header = custodyEvent.header;
        RejectionReason reason = EventForm.judgeHeader(header, custodyEvent.items.length);
        HashedEvent memory hashed;
        if (reason == RejectionReason.None) {
            hashed = EventHashing.hash(_domainSeparatorV4(), header, custodyEvent.items);
            reason = _judgeEvent(custodyEvent, hashed.digest);
        }
        if (reason != RejectionReason.None) {
            emit Rejected(hashed.digest, eventIndex, WHOLE_EVENT, reason);
            return;
        }

        uint256 applied = _applyItems(custodyEvent, hashed, eventIndex);
        if (applied != 0) {
            emit CustodyEventApplied(
                hashed.digest,
                header,
                custodyEvent.items,
                custodyEvent.declined,
                applied,
                custodyEvent.signatures
            );
        }
    }

    // ---- the event as a whole -----------------------------------------------------------------------------------

    function _judgeEvent(
        CustodyEvent calldata custodyEvent,
        bytes32 digest
    ) private view returns (RejectionReason reason) {
        EventHeader header = custodyEvent.header;
        reason = EventForm.judgeItems(header.kind(), custodyEvent.items, custodyEvent.declined);
        if (reason == RejectionReason.None) reason = EventForm.judgeTimes(header);
        if (reason == RejectionReason.None) reason = _judgeParties(header);
        if (reason == RejectionReason.None) reason = _judgeSignatures(custodyEvent, digest);
    }

    function _judgeParties(EventHeader header) private view returns (RejectionReason) {
        CustodyKind kind = header.kind();
        if (kind != CustodyKind.Reassignment) {
            if (!_isActive(header.actor())) return RejectionReason.ActorInactive;
            if (!_actorIsEntitled(kind, header.actor())) return RejectionReason.ActorLacksRole;
        }
        if (EventForm.hasCounterparty(kind)) {
            if (!_isActive(header.counterparty())) return RejectionReason.CounterpartyInactive;
            if (!_hasAnyRole(header.counterparty(), CUSTODIAN)) return RejectionReason.CounterpartyLacksRole;
        }
        return RejectionReason.None;
    }

    /// @dev The other kinds ask for no role: their right is custody, which each item shows.
    function _actorIsEntitled(CustodyKind kind, uint24 actor) private view returns (bool) {
        if (kind == CustodyKind.Mint) return _hasAnyRole(actor, MINTERS);
        if (kind == CustodyKind.Transformation) return _hasAnyRole(actor, TRANSFORMERS);
        if (kind == CustodyKind.Closure) return _hasAnyRole(actor, RECYCLER);
        return true;
    }

    function _judgeSignatures(
        CustodyEvent calldata custodyEvent,
        bytes32 digest
    ) private view returns (RejectionReason) {
        EventHeader header = custodyEvent.header;
        CustodyKind kind = header.kind();
        bytes calldata signatures = custodyEvent.signatures;
        uint256 split = header.firstSignatureLength();
        bool twoSigners = EventForm.hasCounterparty(kind);
        bool splits = twoSigners ? split <= signatures.length : split == signatures.length;

        if (kind == CustodyKind.Reassignment) {
            if (!splits || !_quorumSigned(digest, signatures[:split])) return RejectionReason.BadQuorum;
        } else if (!splits || !_participantSigned(header.actor(), digest, signatures[:split])) {
            return RejectionReason.BadActorSignature;
        }

        if (twoSigners) {
            bytes32 acceptance = _hashTypedDataV4(EventHashing.hashAcceptance(digest, custodyEvent.declined));
            if (!_participantSigned(header.counterparty(), acceptance, signatures[split:])) {
                return RejectionReason.BadCounterpartySignature;
            }
        }
        return RejectionReason.None;
    }

    // ---- item by item -------------------------------------------------------------------------------------------

    /// @return applied bitmap of the items that took effect
    function _applyItems(
        CustodyEvent calldata custodyEvent,
        HashedEvent memory hashed,
        uint256 eventIndex
    ) private returns (uint256 applied) {
        EventHeader header = custodyEvent.header;
        bool incomplete = header.kind() == CustodyKind.Transformation && !_allApplicable(header, custodyEvent.items);
        uint256 count = 0;
        for (uint256 i = 0; i < custodyEvent.items.length; ++i) {
            if ((custodyEvent.declined >> i) & 1 == 1) continue;

            Item calldata item = custodyEvent.items[i];
            RejectionReason reason = _judgeItem(header, item);
            if (reason == RejectionReason.None && incomplete) reason = RejectionReason.TransformationIncomplete;
            if (reason != RejectionReason.None) {
                emit Rejected(hashed.digest, eventIndex, i, reason);
                continue;
            }
            _applyItem(header, item, EventHashing.hashHead(hashed.headerHash, hashed.itemHashes[i]));
            applied |= 1 << i;
            ++count;
        }
        if (applied != 0) _countPassports(header, custodyEvent.items, count);
    }

    /// @dev The items of an event are distinct passports, so applying one does not change what another is judged by.
    function _allApplicable(EventHeader header, Item[] calldata items) private view returns (bool) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (_judgeItem(header, items[i]) != RejectionReason.None) return false;
        }
        return true;
    }

    function _judgeItem(EventHeader header, Item calldata item) private view returns (RejectionReason) {
        PassportState state = passport(item.passportId);
        return
            EventHashing.isCreated(header.kind(), item)
                ? _judgeCreation(header, item, state)
                : _judgeChange(header, item, state);
    }

    function _judgeCreation(
        EventHeader header,
        Item calldata item,
        PassportState state
    ) private pure returns (RejectionReason) {
        if (_issuerOf(item.passportId) != header.actor()) return RejectionReason.WrongIssuer;
        if (state.phase() != Phase.None) return RejectionReason.AlreadyExists;
        if (item.prevHead != 0) return RejectionReason.StaleHead;
        return RejectionReason.None;
    }

    function _judgeChange(
        EventHeader header,
        Item calldata item,
        PassportState state
    ) private view returns (RejectionReason) {
        CustodyKind kind = header.kind();
        // A passport that does not exist yet may come to exist: its event came too early, which is what StaleHead says.
        if (state.phase() == Phase.None) return RejectionReason.StaleHead;
        if (state.phase() != Phase.Active) return RejectionReason.NotActive;
        if (state.head() != item.prevHead) return RejectionReason.StaleHead;
        if (kind != CustodyKind.Reassignment && state.custodian() != header.actor()) {
            return RejectionReason.NotCustodian;
        }
        if (_isHeld(item.passportId, state)) return RejectionReason.Held;
        if (kind == CustodyKind.Void) {
            if (_issuerOf(item.passportId) != header.actor()) return RejectionReason.WrongIssuer;
            if (state.moved()) return RejectionReason.AlreadyMoved;
        }
        return RejectionReason.None;
    }

    /// @dev For an item that was judged and found good.
    function _applyItem(EventHeader header, Item calldata item, bytes28 newHead) private {
        CustodyKind kind = header.kind();
        PassportState state = passport(item.passportId);

        if (EventHashing.isCreated(kind, item)) {
            _setPassport(item.passportId, newPassportState(newHead, header.actor()));
            emit IERC721.Transfer(address(0), _tokenOwner(header.actor()), _tokenId(item.passportId));
        } else if (EventForm.hasCounterparty(kind)) {
            uint24 from = state.custodian();
            _setPassport(item.passportId, state.movedTo(newHead, header.counterparty()));
            if (kind == CustodyKind.Reassignment) _removePassports(from, 1);
            emit IERC721.Transfer(_tokenOwner(from), _tokenOwner(header.counterparty()), _tokenId(item.passportId));
        } else if (kind == CustodyKind.Withdrawal) {
            _setPassport(item.passportId, state.withHead(newHead));
        } else {
            _setPassport(item.passportId, state.ended(newHead, _lastPhase(kind)));
        }
    }

    /// @dev Token balances, once an event: a write per item would cost a consignment 200 gas each.
    function _countPassports(EventHeader header, Item[] calldata items, uint256 count) private {
        CustodyKind kind = header.kind();
        if (kind == CustodyKind.Mint) {
            _addPassports(header.actor(), count);
        } else if (kind == CustodyKind.Transformation) {
            _addPassports(header.actor(), EventHashing.countCreated(kind, items)); // the others ended and stay counted
        } else if (kind == CustodyKind.Handover) {
            _removePassports(header.actor(), count);
            _addPassports(header.counterparty(), count);
        } else if (kind == CustodyKind.Reassignment) {
            _addPassports(header.counterparty(), count); // each item was taken from its own custodian
        }
    }

    function _lastPhase(CustodyKind kind) private pure returns (Phase) {
        if (kind == CustodyKind.Transformation) return Phase.Transformed;
        return kind == CustodyKind.Closure ? Phase.Closed : Phase.Void;
    }

    function _issuerOf(bytes20 passportId) private pure returns (uint24) {
        return uint24(bytes3(passportId));
    }

    function _tokenId(bytes20 passportId) private pure returns (uint256) {
        return uint256(uint160(passportId));
    }

    /// @dev The address shown as owner of a participant's tokens.
    function _tokenOwner(uint24 participantId) internal view returns (address) {
        address account = _accountOf(participantId);
        return account == address(0) ? address(this) : account;
    }
}
