// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPassports} from "./interfaces/IPassports.sol";
import {PassportState} from "./types/PassportState.sol";

/// @dev The one slot of each passport.
abstract contract Passports is IPassports {
    /// @dev Wrapped, so that whoever reads a state and writes the next finds its slot once.
    struct StoredPassport {
        PassportState state;
    }

    mapping(bytes20 passportId => StoredPassport) private _passports;

    /// @inheritdoc IPassports
    function passport(bytes20 passportId) public view returns (PassportState) {
        return _passports[passportId].state;
    }

    /// @inheritdoc IPassports
    function passports(bytes20[] calldata passportIds) external view returns (PassportState[] memory states) {
        states = new PassportState[](passportIds.length);
        for (uint256 i = 0; i < passportIds.length; ++i) {
            states[i] = _passports[passportIds[i]].state;
        }
    }

    function _stored(bytes20 passportId) internal view returns (StoredPassport storage) {
        return _passports[passportId];
    }
}
