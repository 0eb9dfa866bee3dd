// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ICustodyLedger} from "../interfaces/ICustodyLedger.sol";
import {CustodyKind, EventHeader} from "../types/EventHeader.sol";

/// @dev What an event's bytes alone determine.
struct HashedEvent {
    bytes32 digest;
    bytes32 headerHash;
    /// EIP-712 struct hashes, in item order
    bytes32[] itemHashes;
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
        CustodyKind kind = header.kind();
        hashed.itemHashes = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            hashed.itemHashes[i] = hashItem(kind, items[i]);
        }
        bytes32 kindTypeHash = typeHash(kind);
        bytes32 structHash = _hashStruct(kindTypeHash, header, items, hashed.itemHashes);
        hashed.digest = MessageHashUtils.toTypedDataHash(domainSeparator, structHash);

        bytes32 context = kind == CustodyKind.Transformation ? hashed.digest : bytes32(0);
        hashed.headerHash = keccak256(abi.encode(domainSeparator, kindTypeHash, header.identity(), context));
    }

    /// @dev Whether the event creates this item's passport: it is then signed as NewPassport, without a previous head.
    function isCreated(CustodyKind kind, ICustodyLedger.Item calldata item) internal pure returns (bool) {
        return kind == CustodyKind.Mint || (kind == CustodyKind.Transformation && item.prevHead == 0);
    }

    function hashItem(CustodyKind kind, ICustodyLedger.Item calldata item) internal pure returns (bytes32) {
        return
            isCreated(kind, item)
                ? keccak256(abi.encode(NEW_PASSPORT_TYPEHASH, item.passportId, item.recordHash))
                : keccak256(abi.encode(ITEM_TYPEHASH, item.passportId, item.prevHead, item.recordHash));
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

    function _hashStruct(
        bytes32 kindTypeHash,
        EventHeader header,
        ICustodyLedger.Item[] calldata items,
        bytes32[] memory itemHashes
    ) private pure returns (bytes32) {
        CustodyKind kind = header.kind();
        uint24 party = kind == CustodyKind.Reassignment ? header.counterparty() : header.actor();
        uint40 occurredAt = header.occurredAt();
        uint40 deadline = header.deadline();

        if (kind == CustodyKind.Transformation) {
            (bytes32 inputs, bytes32 outputs) = _hashInputsAndOutputs(items, itemHashes);
            return keccak256(abi.encode(kindTypeHash, party, occurredAt, deadline, inputs, outputs));
        }
        bytes32 list = _hashList(itemHashes);
        if (kind == CustodyKind.Handover) {
            return keccak256(abi.encode(kindTypeHash, party, header.counterparty(), occurredAt, deadline, list));
        }
        return keccak256(abi.encode(kindTypeHash, party, occurredAt, deadline, list));
    }

    /// @dev The signed type lists what ends and what begins apart; each list keeps the order of the items.
    function _hashInputsAndOutputs(
        ICustodyLedger.Item[] calldata items,
        bytes32[] memory itemHashes
    ) private pure returns (bytes32 inputs, bytes32 outputs) {
        uint256 outputCount = countCreated(CustodyKind.Transformation, items);
        bytes32[] memory outputHashes = new bytes32[](outputCount);
        bytes32[] memory inputHashes = new bytes32[](items.length - outputCount);
        uint256 nextOutput = 0;
        for (uint256 i = 0; i < items.length; ++i) {
            if (isCreated(CustodyKind.Transformation, items[i])) {
                outputHashes[nextOutput++] = itemHashes[i];
            } else {
                inputHashes[i - nextOutput] = itemHashes[i];
            }
        }
        return (_hashList(inputHashes), _hashList(outputHashes));
    }

    function countCreated(
        CustodyKind kind,
        ICustodyLedger.Item[] calldata items
    ) internal pure returns (uint256 count) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (isCreated(kind, items[i])) ++count;
        }
    }

    /// @dev EIP-712 hashes an array as the hash of its members' hashes, joined.
    function _hashList(bytes32[] memory hashes) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hashes));
    }
}
