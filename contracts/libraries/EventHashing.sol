// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {EventForm} from "./EventForm.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";

/// @dev What an event's bytes alone determine.
struct HashedEvent {
    bytes32 digest;
    bytes32 headerHash;
    /// EIP-712 struct hashes, in item order
    bytes32[] itemHashes;
    /// whether the items strictly ascend by passport id; seen on the way, because reading them again costs 190 gas each
    bool ascending;
}

/**
 * @dev EIP-712 hashes of custody events, and heads; see {ICustodyLedger} for the whole picture.
 * TRAP: a type string built with `string.concat` would be hashed at run time; adjacent literals are joined when compiled.
 */
library EventHashing {
    bytes32 internal constant ITEM_TYPEHASH = keccak256("Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)");
    bytes32 internal constant NEW_PASSPORT_TYPEHASH = keccak256("NewPassport(bytes20 passportId,bytes32 recordHash)");
    bytes32 internal constant MINT_TYPEHASH = keccak256(
        "Mint(uint24 issuer,uint40 occurredAt,uint40 deadline,NewPassport[] passports)"
        "NewPassport(bytes20 passportId,bytes32 recordHash)"
    );
    bytes32 internal constant HANDOVER_TYPEHASH = keccak256(
        "Handover(uint24 giver,uint24 receiver,uint40 occurredAt,uint40 deadline,Item[] items)"
        "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)"
    );
    bytes32 internal constant WITHDRAWAL_TYPEHASH = keccak256(
        "Withdrawal(uint24 custodian,uint40 occurredAt,uint40 deadline,Item[] items)"
        "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)"
    );
    bytes32 internal constant TRANSFORMATION_TYPEHASH = keccak256(
        "Transformation(uint24 custodian,uint40 occurredAt,uint40 deadline,Item[] inputs,NewPassport[] outputs)"
        "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)"
        "NewPassport(bytes20 passportId,bytes32 recordHash)"
    );
    bytes32 internal constant CLOSURE_TYPEHASH = keccak256(
        "Closure(uint24 custodian,uint40 occurredAt,uint40 deadline,Item[] items)"
        "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)"
    );
    bytes32 internal constant VOID_TYPEHASH = keccak256(
        "Void(uint24 issuer,uint40 occurredAt,uint40 deadline,Item[] items)"
        "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)"
    );
    bytes32 internal constant REASSIGNMENT_TYPEHASH = keccak256(
        "Reassignment(uint24 receiver,uint40 occurredAt,uint40 deadline,Item[] items)"
        "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)"
    );
    bytes32 internal constant ACCEPTANCE_TYPEHASH = keccak256("Acceptance(bytes32 handover,uint256 declined)");
    bytes32 internal constant HEAD_TYPEHASH = keccak256("Head(bytes32 headerHash,bytes32 itemHash)");

    /// @dev The header's kind must be known.
    function hash(
        bytes32 domainSeparator,
        EventHeader header,
        ICustodyLedger.Item[] calldata items
    ) internal pure returns (HashedEvent memory hashed) {
        bytes32[] memory itemHashes = new bytes32[](items.length);
        bool ascending = true;
        bytes20 previous = 0;
        for (uint256 i = 0; i < items.length; ++i) {
            ICustodyLedger.Item calldata item = items[i];
            bytes20 passportId = item.passportId;
            itemHashes[i] = _hashItem(header, passportId, item.prevHead, item.recordHash);
            if (passportId <= previous && i != 0) ascending = false;
            previous = passportId;
        }
        hashed.itemHashes = itemHashes;
        hashed.ascending = ascending;
        bytes32 kindTypeHash = typeHash(header.kind());
        bytes32 structHash = _hashStruct(kindTypeHash, header, items, itemHashes);
        hashed.digest = MessageHashUtils.toTypedDataHash(domainSeparator, structHash);

        bytes32 context = header.isA(CustodyKind.Transformation) ? hashed.digest : bytes32(0);
        hashed.headerHash = keccak256(abi.encode(domainSeparator, kindTypeHash, header.identity(), context));
    }

    /// @dev Whether the event creates this item's passport: it is then signed as NewPassport, without a previous head.
    function isCreated(EventHeader header, bytes28 prevHead) internal pure returns (bool) {
        return prevHead == 0 ? EventForm.mayCreate(header) : header.isA(CustodyKind.Mint);
    }

    /// @dev The head of an item after its event: the leftmost 28 bytes.
    function hashHead(bytes32 headerHash, bytes32 itemHash) internal pure returns (bytes28) {
        return bytes28(keccak256(abi.encode(HEAD_TYPEHASH, headerHash, itemHash)));
    }

    /// @dev EIP-712 struct hash of a receiver's acceptance of the event with that digest.
    function hashAcceptance(bytes32 digest, uint256 declined) internal pure returns (bytes32) {
        return keccak256(abi.encode(ACCEPTANCE_TYPEHASH, digest, declined));
    }

    function typeHash(CustodyKind kind) internal pure returns (bytes32) {
        if (kind == CustodyKind.Mint) return MINT_TYPEHASH;
        if (kind == CustodyKind.Handover) return HANDOVER_TYPEHASH;
        if (kind == CustodyKind.Withdrawal) return WITHDRAWAL_TYPEHASH;
        if (kind == CustodyKind.Transformation) return TRANSFORMATION_TYPEHASH;
        if (kind == CustodyKind.Closure) return CLOSURE_TYPEHASH;
        if (kind == CustodyKind.Void) return VOID_TYPEHASH;
        return REASSIGNMENT_TYPEHASH;
    }

    function _hashItem(
        EventHeader header,
        bytes20 passportId,
        bytes28 prevHead,
        bytes32 recordHash
    ) private pure returns (bytes32) {
        return
            isCreated(header, prevHead)
                ? keccak256(abi.encode(NEW_PASSPORT_TYPEHASH, passportId, recordHash))
                : keccak256(abi.encode(ITEM_TYPEHASH, passportId, prevHead, recordHash));
    }

    function _hashStruct(
        bytes32 kindTypeHash,
        EventHeader header,
        ICustodyLedger.Item[] calldata items,
        bytes32[] memory itemHashes
    ) private pure returns (bytes32) {
        uint24 party = header.isA(CustodyKind.Reassignment) ? header.counterparty() : header.actor();
        uint40 occurredAt = header.occurredAt();
        uint40 deadline = header.deadline();

        if (header.isA(CustodyKind.Transformation)) {
            (bytes32 inputs, bytes32 outputs) = _hashInputsAndOutputs(items, itemHashes);
            return keccak256(abi.encode(kindTypeHash, party, occurredAt, deadline, inputs, outputs));
        }
        bytes32 list = _hashList(itemHashes);
        if (header.isA(CustodyKind.Handover)) {
            return keccak256(abi.encode(kindTypeHash, party, header.counterparty(), occurredAt, deadline, list));
        }
        return keccak256(abi.encode(kindTypeHash, party, occurredAt, deadline, list));
    }

    /// @dev The signed type lists what ends and what begins apart; each list keeps the order of the items.
    function _hashInputsAndOutputs(
        ICustodyLedger.Item[] calldata items,
        bytes32[] memory itemHashes
    ) private pure returns (bytes32 inputs, bytes32 outputs) {
        uint256 outputCount = countCreated(items);
        bytes32[] memory outputHashes = new bytes32[](outputCount);
        bytes32[] memory inputHashes = new bytes32[](items.length - outputCount);
        uint256 nextOutput = 0;
        for (uint256 i = 0; i < items.length; ++i) {
            if (items[i].prevHead == 0) {
                outputHashes[nextOutput++] = itemHashes[i];
            } else {
                inputHashes[i - nextOutput] = itemHashes[i];
            }
        }
        return (_hashList(inputHashes), _hashList(outputHashes));
    }

    /// @dev How many passports a transformation of these items creates.
    function countCreated(ICustodyLedger.Item[] calldata items) internal pure returns (uint256 count) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (items[i].prevHead == 0) ++count;
        }
    }

    /// @dev EIP-712 hashes an array as the hash of its members' hashes, joined.
    function _hashList(bytes32[] memory hashes) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hashes));
    }
}
