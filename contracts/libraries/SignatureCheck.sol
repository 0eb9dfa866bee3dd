// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";

/**
 * @dev Signatures by keys (ECDSA: 65 bytes, low s, v 27 or 28) and by contract wallets (ERC-1271), judged now.
 *
 * A wallet is a stranger's code. It is asked by a static call, so it can change nothing; with 50,000 gas at most, so it
 * cannot burn a consignment; and 32 bytes of its answer are copied, so it cannot fill our memory.
 */
library SignatureCheck {
    uint256 internal constant ECDSA_LENGTH = 65;
    uint256 internal constant WALLET_GAS = 50_000;

    /// @dev A call gets at most 63/64 of what is left (EIP-150); 1,000 covers the call itself and the steps up to it.
    uint256 internal constant WALLET_GAS_NEEDED = WALLET_GAS + WALLET_GAS / 63 + 1_000;

    /// @dev The key that signed, or zero if this is no canonical ECDSA signature.
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address recovered) {
        (recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
    }

    /**
     * @dev Whether `signer` signed. The key is tried first: it costs nobody an account lookup, and an account that has
     * a key and delegated code (EIP-7702) keeps its key's right.
     */
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (recover(digest, signature) == signer) return true;
        return signer.code.length != 0 && _walletApproves(signer, digest, signature);
    }

    /// @dev Reverts rather than ask with too little gas: a relayer could otherwise starve a good signature into a
    /// rejection.
    function _walletApproves(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        uint256 gasLeft = gasleft();
        require(gasLeft >= WALLET_GAS_NEEDED, IParticipantRegistry.SignatureCheckStarved(gasLeft, WALLET_GAS_NEEDED));

        bool success;
        uint256 answerLength;
        bytes32 answer;
        // Solidity has no call that copies a bounded part of the answer.
        assembly ("memory-safe") {
            mstore(0x00, 0)
            success := staticcall(WALLET_GAS, wallet, add(question, 0x20), mload(question), 0x00, 0x20)
            answerLength := returndatasize()
            answer := mload(0x00)
        }
        return success && answerLength >= 32 && answer == bytes32(IERC1271.isValidSignature.selector);
    }
}
