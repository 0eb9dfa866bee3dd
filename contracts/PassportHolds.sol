// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPassportHolds} from "./interfaces/IPassportHolds.sol";
import {ParticipantRegistry} from "./ParticipantRegistry.sol";
import {Passports} from "./Passports.sol";
import {MAX_HOLD} from "./types/Limits.sol";
import {PassportState, Phase} from "./types/PassportState.sol";
import {REGULATOR} from "./types/Roles.sol";

/// @dev What a regulator has stopped; see {IPassportHolds} for the whole picture.
abstract contract PassportHolds is IPassportHolds, Passports, ParticipantRegistry {
    bytes32 private constant HOLD_TYPEHASH = keccak256(
        "Hold(bytes20 passportId,uint24 regulator,uint32 counter,uint40 until,bytes32 reasonHash,uint40 deadline)"
    );
    bytes32 private constant RELEASE_TYPEHASH = keccak256(
        "Release(bytes20 passportId,uint24 regulator,uint32 counter,bytes32 reasonHash,uint40 deadline)"
    );

    struct StoredHold {
        uint32 counter;
        uint40 until;
    }

    /// @dev Apart from the passport's word: it is read only while the word's flag is set.
    mapping(bytes20 passportId => StoredHold) private _holds;

    /// @inheritdoc IPassportHolds
    function hold(
        bytes20 passportId,
        uint24 regulator,
        uint32 counter,
        uint40 until,
        bytes32 reasonHash,
        uint40 deadline,
        bytes calldata signature
    ) external {
        _requireDeadline(deadline);
        require(
            block.timestamp <= until && until <= block.timestamp + MAX_HOLD,
            HoldEndOutOfRange(until, block.timestamp)
        );
        PassportState state = passport(passportId);
        require(state.phase() == Phase.Active, HoldPassportNotActive(passportId, state.phase()));
        uint32 expected = _holds[passportId].counter + 1;
        require(counter == expected, HoldCounterWrong(passportId, expected, counter));
        bytes32 structHash = keccak256(
            abi.encode(HOLD_TYPEHASH, passportId, regulator, counter, until, reasonHash, deadline)
        );
        _requireSignedBy(regulator, REGULATOR, _hashTypedDataV4(structHash), signature);

        _holds[passportId] = StoredHold({counter: counter, until: until});
        _stored(passportId).state = state.withHeld(true);
        emit Held(passportId, regulator, counter, until, reasonHash, signature);
    }

    /// @inheritdoc IPassportHolds
    function release(
        bytes20 passportId,
        uint24 regulator,
        uint32 counter,
        bytes32 reasonHash,
        uint40 deadline,
        bytes calldata signatures
    ) external {
        _requireDeadline(deadline);
        PassportState state = passport(passportId);
        require(state.held(), HoldMissing(passportId));
        uint32 expected = _holds[passportId].counter;
        require(counter == expected, HoldCounterWrong(passportId, expected, counter));
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(RELEASE_TYPEHASH, passportId, regulator, counter, reasonHash, deadline))
        );
        if (regulator == 0) {
            require(_quorumSigned(digest, signatures), QuorumMissing(digest));
        } else {
            _requireSignedBy(regulator, REGULATOR, digest, signatures);
        }

        _stored(passportId).state = state.withHeld(false);
        emit Released(passportId, regulator, counter, reasonHash, signatures);
    }

    /// @inheritdoc IPassportHolds
    function lastHold(bytes20 passportId) external view returns (uint32 counter, uint40 until) {
        StoredHold storage stored = _holds[passportId];
        return (stored.counter, stored.until);
    }

    /// @dev Whether a hold stands now. The flag alone does not say so: nobody clears it when a hold expires.
    function _isHeld(bytes20 passportId, PassportState state) internal view returns (bool) {
        return state.held() && block.timestamp <= _holds[passportId].until;
    }
}
