// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyLedger} from "./ICustodyLedger.sol";
import {IParticipantRegistry} from "./IParticipantRegistry.sol";
import {IPassportHolds} from "./IPassportHolds.sol";
import {IPassportToken} from "./IPassportToken.sol";
import {IRecordAnchors} from "./IRecordAnchors.sol";

/// @title Everything that one deployment answers to
/// @notice One address and one code hash are the trust root. There is no owner, no proxy, no initializer and no pause.
interface IBatteryPassport is IParticipantRegistry, ICustodyLedger, IPassportHolds, IRecordAnchors, IPassportToken {}
