import { DomainError } from "../domain/errors.ts";

/** Node's codes for a connection that does not come about or breaks, also for want of file descriptors. */
const NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|EMFILE|ENFILE)$/;

/**
 * SQLSTATE classes and Prisma codes that say "not now" rather than "never": connection (08), resources such as disk or
 * connections (53), operator intervention (57), lock timeout (55P03), serialization and deadlock (40).
 */
const PASSING = /^(08|53|57|40)...$|^55P03$|^P10\d\d$|^P2024$|^P2028$|^P2034$|^P2037$/;

/** The driver's own errors carry no code. */
const DRIVER =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/;

/** Whether a failure of the database may pass by itself, looking also at what caused it. */
export function isDatabaseTrouble(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = Reflect.get(at, "code");
    if (typeof code === "string" && (NETWORK.test(code) || PASSING.test(code))) return true;
    if (DRIVER.test(at.message)) return true;
    if (at instanceof AggregateError && at.errors.some(isDatabaseTrouble)) return true;
  }
  return false;
}

/** Names trouble with the database in our words; anything else is passed on as it is. */
export function databaseError(error: unknown): unknown {
  if (error instanceof DomainError || !isDatabaseTrouble(error)) return error;
  return new DomainError(
    "database-unavailable",
    "The database cannot be reached or is overloaded.",
    {},
    { cause: error },
  );
}
