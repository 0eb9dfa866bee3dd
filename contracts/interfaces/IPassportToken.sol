// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC5192} from "./IERC5192.sol";

/**
 * @title The token face of passports
 * @notice Lets wallets and explorers show passports as ERC-721 tokens that are always locked (ERC-5192); a token's id is
 * uint160(passport id), and its owner is the custodian's account.
 *
 * Traps. A token moves only by a handover that both sides signed, or a reassignment by the quorum: approvals and
 * transfers revert. There is no burn: `ownerOf` stays when a passport ends. When the quorum changes a participant's
 * account, owner and balance follow at once without a `Transfer` log per token; a barred participant's tokens show this
 * contract as owner until it has an account again. No `Locked` log at mint: `locked` says the same for nothing.
 */
interface IPassportToken is IERC721Metadata, IERC5192 {
    error PassportMovesOnlyByHandoverSignedByBothSides(uint256 tokenId);
    error PassportTokensTakeNoApprovals();
    error PassportResolverInvalid(string resolver);

    /// @notice Prefix of a passport's address on the web; the passport id (0x and 40 digits) follows it.
    function resolver() external view returns (string memory);
}
