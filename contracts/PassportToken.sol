// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {CustodyLedger} from "./CustodyLedger.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {IPassportToken} from "./interfaces/IPassportToken.sol";
import {PassportState, Phase} from "./types/PassportState.sol";

/// @dev Passports as wallets and explorers see them: ERC-721 tokens that nobody can transfer by ERC-721.
abstract contract PassportToken is IPassportToken, IERC721Errors, CustodyLedger {
    string public constant name = "Battery Passport";
    string public constant symbol = "BATPASS";

    /// @inheritdoc IPassportToken
    string public resolver;

    /// @dev A resolver that JSON would have to escape is no web address: refused here rather than escaped for ever.
    constructor(string memory resolver_) {
        require(Strings.equal(resolver_, Strings.escapeJSON(resolver_)), PassportResolverInvalid(resolver_));
        resolver = resolver_;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IERC721).interfaceId ||
            interfaceId == type(IERC721Metadata).interfaceId ||
            interfaceId == type(IERC5192).interfaceId;
    }

    /// @inheritdoc IERC721
    function balanceOf(address owner) external view returns (uint256 balance) {
        require(owner != address(0), ERC721InvalidOwner(owner));
        balance = _passportCountOf(owner);
        if (owner == address(this)) balance += _passportCountOf(address(0));
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 tokenId) external view returns (address) {
        return _tokenOwner(_existing(tokenId).custodian());
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 tokenId) external view returns (string memory) {
        bytes28 head = _existing(tokenId).head();
        string memory id = _hex(abi.encodePacked(uint160(tokenId)));
        bytes memory json = abi.encodePacked(
            '{"name":"Battery passport ',
            id,
            '","passportId":"',
            id,
            '","head":"',
            _hex(abi.encodePacked(head)),
            '","external_url":"',
            resolver,
            id,
            '"}'
        );
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        _existing(tokenId);
        return true;
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 tokenId) external view returns (address) {
        _existing(tokenId);
        return address(0);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC721
    function approve(address, uint256) external pure {
        revert PassportTokensTakeNoApprovals();
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address, bool) external pure {
        revert PassportTokensTakeNoApprovals();
    }

    /// @inheritdoc IERC721
    function transferFrom(address, address, uint256 tokenId) external pure {
        revert PassportMovesOnlyByHandoverSignedByBothSides(tokenId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256 tokenId) external pure {
        revert PassportMovesOnlyByHandoverSignedByBothSides(tokenId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256 tokenId, bytes calldata) external pure {
        revert PassportMovesOnlyByHandoverSignedByBothSides(tokenId);
    }

    function _hex(bytes memory value) private pure returns (string memory) {
        return Strings.toHexString(value);
    }

    function _existing(uint256 tokenId) private view returns (PassportState state) {
        if (tokenId <= type(uint160).max) state = passport(bytes20(uint160(tokenId)));
        require(state.phase() != Phase.None, ERC721NonexistentToken(tokenId));
    }
}
