// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "../types/PassportState.sol";

/**
 * @title Holds
 * @notice A regulator stops a passport from moving, for at most 180 days at a time; a regulator or the quorum lets it go.
 *
 *     Hold(bytes20 passportId,uint24 regulator,uint32 counter,uint40 until,bytes32 reasonHash,uint40 deadline)
 *     Release(bytes20 passportId,uint24 regulator,uint32 counter,bytes32 reasonHash,uint40 deadline)
 *
 * Each hold has the passport's next counter and its release the same one, so neither can be replayed. A further hold
 * while one stands replaces its end. A hold is no custody event: it leaves the head alone.
 *
 * Trap. The flag in the passport's word stays when a hold expires; whether it still holds is `until` against the
 * block's time, the second itself included.
 */
interface IPassportHolds {
    event Held(
        bytes20 indexed passportId,
        uint24 regulator,
        uint32 counter,
        uint40 until,
        bytes32 reasonHash,
        bytes signature
    );

    /// @param regulator zero when the quorum released
    event Released(bytes20 indexed passportId, uint24 regulator, uint32 counter, bytes32 reasonHash, bytes signatures);

    error HoldCounterWrong(bytes20 passportId, uint32 expected, uint32 given);
    error HoldEndOutOfRange(uint40 until, uint256 blockTime);
    error HoldPassportNotActive(bytes20 passportId, Phase phase);
    error HoldMissing(bytes20 passportId);

    /**
     * @notice Holds an active passport. Anyone may bring a regulator's signature.
     * @param counter the passport's last counter plus one
     * @param until last second of the hold, at most 180 days ahead
     * @param deadline last block time at which it may be included, at most 30 days ahead
     */
    function hold(
        bytes20 passportId,
        uint24 regulator,
        uint32 counter,
        uint40 until,
        bytes32 reasonHash,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /**
     * @notice Ends a hold.
     * @param regulator any regulator, or zero: then `signatures` are the governors', as for {IParticipantRegistry-execute}
     * @param counter the hold's
     */
    function release(
        bytes20 passportId,
        uint24 regulator,
        uint32 counter,
        bytes32 reasonHash,
        uint40 deadline,
        bytes calldata signatures
    ) external;

    /// @notice Counter and end of the passport's last hold; both zero if it never was held.
    function lastHold(bytes20 passportId) external view returns (uint32 counter, uint40 until);
}
