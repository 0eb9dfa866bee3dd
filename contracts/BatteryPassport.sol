// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {GovernorQuorum} from "./GovernorQuorum.sol";
import {PassportToken} from "./PassportToken.sol";
import {RecordAnchors} from "./RecordAnchors.sol";

/**
 * @title Battery passports
 * @notice Who minted a battery's passport, every change of its custody signed by both sides, and where second-life
 * products came from. One contract, so that one address and one code hash are all that a verifier must trust: there is
 * no owner, no proxy, no initializer and no pause.
 *
 * Read in this order: {GovernorQuorum} and {ParticipantRegistry} say who may act, {Passports} what is kept of a
 * passport, {PassportHolds} and {CustodyLedger} the rules, {RecordAnchors} the roots of data records, {PassportToken}
 * what wallets see. What each promises stands in its interface.
 */
contract BatteryPassport is PassportToken, RecordAnchors {
    /**
     * @param governors strictly ascending, 2 to 20, none zero
     * @param threshold how many of them decide, at least 2
     * @param resolver prefix of a passport's address on the web
     */
    constructor(
        address[] memory governors,
        uint8 threshold,
        string memory resolver
    ) EIP712("BatteryPassport", "1") GovernorQuorum(governors, threshold) PassportToken(resolver) {}
}
