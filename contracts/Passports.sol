// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPassports} from "./interfaces/IPassports.sol";
import {PassportState} from "./types/PassportState.sol";

/// @dev The one slot of each passport.
abstract contract Passports is IPassports {
    mapping(bytes20 passportId => PassportState) private _passports;

    /// @inheritdoc IPassports
    function passport(bytes20 passportId) public view returns (PassportState) {
        return _passports[passportId];
    }

    /// @inheritdoc IPassports
    function passports(bytes20[] calldata passportIds) external view returns (PassportState[] memory states) {
        states = new PassportState[](passportIds.length);
        for (uint256 i = 0; i < passportIds.length; ++i) {
            states[i] = _passports[passportIds[i]];
        }
    }

    function _setPassport(bytes20 passportId, PassportState state) internal {
        _passports[passportId] = state;
    }
}
