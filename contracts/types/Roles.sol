// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Roles are rights that the quorum grants, one bit each; what kind of firm a participant is stands in its record.

uint16 constant PRODUCER = 1 << 0;
uint16 constant REGISTRAR = 1 << 1;
uint16 constant CUSTODIAN = 1 << 2;
uint16 constant SECOND_LIFE = 1 << 3;
uint16 constant DISMANTLER = 1 << 4;
uint16 constant RECYCLER = 1 << 5;
uint16 constant TEST_LAB = 1 << 6;
uint16 constant REGULATOR = 1 << 7;
uint16 constant OPERATOR = 1 << 8;

uint16 constant ALL_ROLES = (1 << 9) - 1;
