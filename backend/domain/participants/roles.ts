import { DomainError } from "../errors.ts";

/** Rights that the quorum grants; bit i of the contract's role bitmap is the role at position i. */
export const ROLES = [
  "PRODUCER",
  "REGISTRAR",
  "CUSTODIAN",
  "SECOND_LIFE",
  "DISMANTLER",
  "RECYCLER",
  "TEST_LAB",
  "REGULATOR",
  "OPERATOR",
] as const;
export type Role = (typeof ROLES)[number];

export const roleBits = (roles: readonly Role[]): number =>
  roles.reduce((bits, role) => bits | (1 << ROLES.indexOf(role)), 0);

export const roleNames = (bits: number): Role[] => ROLES.filter((_, i) => (bits & (1 << i)) !== 0);

export const hasAnyRole = (bits: number, roles: readonly Role[]): boolean => (bits & roleBits(roles)) !== 0;

/** Parses role names as a person types them (any case, `-` or `_`); throws `role-unknown`. */
export function parseRoles(names: readonly string[]): Role[] {
  return names.map((name) => {
    const role = ROLES.find((known) => known === name.toUpperCase().replaceAll("-", "_"));
    if (role === undefined) {
      throw new DomainError("role-unknown", `${JSON.stringify(name)} is no role; roles are ${ROLES.join(", ")}.`, {
        name,
      });
    }
    return role;
  });
}
