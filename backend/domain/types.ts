/**
 * Words of this project, one meaning each.
 *
 * uid            the identifier on the battery (EN 18219 scheme or GB/T 34014), normalised by its scheme's rule
 * passport       the digital record of one item under one uid: pack, module, cell, or material lot
 * subject        anything a data record is about: a passport, or a facility, vehicle, organisation
 * participant    an organisation admitted by the quorum: id, account, signer, roles, identifier prefixes, own record
 * governor       a key that votes in the quorum
 * custodian      the participant responsible for the item now
 * custody event  mint, handover, withdrawal, transformation, closure, void, reassignment: moves a head
 * consignment    one custody event with several items
 * head           hash on chain that commits to a passport's whole custody history
 * record         the full JSON behind an event or an observation; only its hash is signed and anchored
 * disclosure     salt, name, value of one withheld field (RFC 9901)
 * offer          a handover signed by the giver only
 * submission     an immutable batch of events for one transaction; an attempt is one signed transaction for it
 * evidence       all bytes a verifier needs about a passport; unverified until verified
 * chain view     what the verifier itself read from its RPCs; never taken from a bundle
 * receipt        the operator's signed promise to anchor an accepted event before a deadline
 * phase          the contract's word for active, transformed, closed, void (legal status is another thing, and private)
 */

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** `0x` and lower-case hex digits, whole bytes. */
export type Hex = `0x${string}`;
/** 20 bytes: issuer (24 bits) and the first 136 bits of keccak256(uid). `0x` + 40 lower-case hex digits. */
export type PassportId = Branded<Hex, "PassportId">;
/** 28 bytes, `0x` + 56 lower-case hex digits. */
export type Head = Branded<Hex, "Head">;
/** 32 bytes, `0x` + 64 lower-case hex digits. */
export type Hash = Branded<Hex, "Hash">;
/** 20 bytes, `0x` + 40 lower-case hex digits (no checksum case inside the domain). */
export type Address = Branded<Hex, "Address">;
/** A normalised unique identifier, see identifiers/. */
export type Uid = Branded<string, "Uid">;
/** Participant id, 1 to 2^24 - 1; 0 stands for nobody. */
export type ParticipantId = number;
/** Unix time in whole seconds, as the contract counts (uint40). */
export type UnixTime = number;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };
