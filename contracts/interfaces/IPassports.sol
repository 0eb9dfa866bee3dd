// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PassportState} from "../types/PassportState.sol";

/// @title State of passports
/// @notice One word per passport, see {PassportState}; zero for a passport that does not exist.
interface IPassports {
    function passport(bytes20 passportId) external view returns (PassportState);

    /// @notice Many at once, in the order asked.
    function passports(bytes20[] calldata passportIds) external view returns (PassportState[] memory);
}
