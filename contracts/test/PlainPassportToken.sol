// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";

/**
 * @dev What a battery passport costs as a plain token: the record's address in storage, one event a handover, and nobody
 * asks the receiver. Only for comparison by the gas benchmark.
 */
contract PlainPassportToken is ERC721URIStorage {
    event HandedOver(uint256 indexed tokenId, address indexed from, address indexed to, bytes32 recordHash);

    constructor() ERC721("Plain passport", "PLAIN") {}

    function mint(uint256 tokenId, string calldata uri) external {
        _mint(msg.sender, tokenId);
        _setTokenURI(tokenId, uri);
    }

    function handOver(uint256 tokenId, address to, bytes32 recordHash) external {
        transferFrom(msg.sender, to, tokenId);
        emit HandedOver(tokenId, msg.sender, to, recordHash);
    }
}
