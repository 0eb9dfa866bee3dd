// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";
import {MAX_CLOCK_AHEAD, MAX_DEADLINE_AHEAD, MAX_ITEMS} from "../types/Limits.sol";
import {EventHashing} from "./EventHashing.sol";

/// @dev The rules about a custody event that need no state: its header, its items' order, what is declined, its times.
library EventForm {
    /// @dev Whether these bytes are an event that somebody could have signed; only then has it a digest.
    function judgeHeader(EventHeader header, uint256 itemCount) internal pure returns (ICustodyLedger.RejectionReason) {
        uint8 number = header.kindNumber();
        if (number == uint8(CustodyKind.None) || number > uint8(type(CustodyKind).max)) {
            return ICustodyLedger.RejectionReason.UnknownKind;
        }

        bool needsActor = !header.isA(CustodyKind.Reassignment);
        bool fits = needsActor == (header.actor() != 0) && hasCounterparty(header) == (header.counterparty() != 0);
        if (!fits || header.actor() == header.counterparty() || header.reservedBits() != 0) {
            return ICustodyLedger.RejectionReason.MalformedHeader;
        }
        if (itemCount == 0 || itemCount > MAX_ITEMS) return ICustodyLedger.RejectionReason.BadItemCount;
        return ICustodyLedger.RejectionReason.None;
    }

    /// @dev For an event whose header has passed.
    /// @param ascending whether the items strictly ascend by passport id
    function judgeItems(
        EventHeader header,
        ICustodyLedger.Item[] calldata items,
        uint256 declined,
        bool ascending
    ) internal pure returns (ICustodyLedger.RejectionReason) {
        if (!ascending) return ICustodyLedger.RejectionReason.ItemsNotAscending;

        uint256 all = (1 << items.length) - 1;
        if (declined > all || (declined != 0 && !hasCounterparty(header))) {
            return ICustodyLedger.RejectionReason.DeclinedOutOfRange;
        }
        if (declined == all) return ICustodyLedger.RejectionReason.NothingAccepted;

        if (header.isA(CustodyKind.Transformation)) {
            uint256 outputs = EventHashing.countCreated(items);
            if (outputs == items.length) return ICustodyLedger.RejectionReason.NoInputs;
            if (outputs == 0) return ICustodyLedger.RejectionReason.NoOutputs;
        }
        return ICustodyLedger.RejectionReason.None;
    }

    /// @dev Against the block's time; `occurredAt` is a claim and may lie as far back as it likes.
    function judgeTimes(EventHeader header) internal view returns (ICustodyLedger.RejectionReason) {
        if (block.timestamp > header.deadline()) return ICustodyLedger.RejectionReason.DeadlinePassed;
        if (header.deadline() > block.timestamp + MAX_DEADLINE_AHEAD) {
            return ICustodyLedger.RejectionReason.DeadlineTooFar;
        }
        if (header.occurredAt() > block.timestamp + MAX_CLOCK_AHEAD) {
            return ICustodyLedger.RejectionReason.OccurredInFuture;
        }
        return ICustodyLedger.RejectionReason.None;
    }

    /// @dev Kinds that the receiver signs too.
    function hasCounterparty(EventHeader header) internal pure returns (bool) {
        return header.isA(CustodyKind.Handover) || header.isA(CustodyKind.Reassignment);
    }

    /// @dev Kinds whose items without a previous head bring passports into being.
    function mayCreate(EventHeader header) internal pure returns (bool) {
        return header.isA(CustodyKind.Mint) || header.isA(CustodyKind.Transformation);
    }
}
