// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev A contract wallet with one owner, and every way in which a hostile one could answer.
contract TestWallet is IERC1271 {
    enum Manner {
        Honest,
        Refuses,
        Reverts,
        AnswersShort,
        AnswersDirty,
        BurnsAllGas,
        AnswersHugely,
        RevertsHugely,
        WritesState,
        NeedsAlmostAllGas,
        NeedsMoreGas
    }

    address public immutable owner;
    Manner public manner;
    uint256 public asked;

    constructor(address owner_) {
        owner = owner_;
    }

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (manner == Manner.Refuses) return 0xffffffff;
        if (manner == Manner.Reverts) revert("no");
        if (manner == Manner.AnswersShort) _answer(31);
        if (manner == Manner.AnswersDirty) _answerDirty();
        if (manner == Manner.BurnsAllGas) while (true) {}
        if (manner == Manner.AnswersHugely) _answer(8_000);
        if (manner == Manner.RevertsHugely) _revertHugely();
        if (manner == Manner.WritesState) _write();
        if (manner == Manner.NeedsAlmostAllGas) _burn(43_000);
        if (manner == Manner.NeedsMoreGas) _burn(51_000);
        (address signer, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _answer(uint256 length) private pure {
        bytes32 magic = bytes32(IERC1271.isValidSignature.selector);
        assembly {
            mstore(0, magic)
            return(0, length)
        }
    }

    function _answerDirty() private pure {
        bytes32 magic = bytes32(IERC1271.isValidSignature.selector) | bytes32(uint256(1));
        assembly {
            mstore(0, magic)
            return(0, 32)
        }
    }

    function _revertHugely() private pure {
        assembly {
            revert(0, 8000)
        }
    }

    /// @dev By a call, which the compiler takes for a view: the static call must stop it.
    function _write() private view {
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.countAsked, ()));
        require(done, "static");
    }

    function countAsked() external {
        ++asked;
    }

    function _burn(uint256 amount) private view {
        uint256 start = gasleft();
        while (start - gasleft() < amount) {}
    }
}
