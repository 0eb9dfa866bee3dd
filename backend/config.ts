import { DomainError } from "./domain/errors.ts";
import { FAILPOINTS, type FailpointName } from "./domain/failpoint.ts";
import type { Address } from "./domain/types.ts";
import { parseTrustRoot, type TrustRoot } from "./domain/verification/trustRoot.ts";

/** Everything the environment decides. `null` means: use the embedded part, or find it out at start. */
export type Config = {
  readonly port: number;
  readonly host: string;
  /** Where the embedded parts and secrets live. */
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  /** Asked in this order; empty: the embedded chain. */
  readonly rpcUrls: readonly string[];
  /** When given, an RPC that answers for another chain is refused. */
  readonly chainId: number | null;
  readonly contract: Address | null;
  /** Chain, contract and code hash in one line; takes the place of CHAIN_ID and CONTRACT_ADDRESS. */
  readonly trustRoot: TrustRoot | null;
  readonly deploymentBlock: number | null;
  readonly ipfsApiUrl: string | null;
  /** Base URLs of other operators: records that are missing here are asked for there. */
  readonly peers: readonly string[];
  /** Under which others reach this server: stands in problem types and links. */
  readonly publicUrl: string;
  /** Encrypted keystore; without it the installation makes a key of its own. */
  readonly operatorKeyFile: string | null;
  readonly operatorPasswordFile: string | null;
  /** Participant id of the operator, named in receipts; 0 while it is no participant. */
  readonly operatorId: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Whether an empty installation plays the sample walk. */
  readonly sample: boolean;
  readonly maxBodyBytes: number;
  /** Items accepted and not yet on chain, beyond which new events are answered 503. */
  readonly maxOpenItems: number;
  /** Longest wait of a data record for company in its anchor, in seconds; null: as the chain suggests. */
  readonly anchorWaitSeconds: number | null;
  /** Requests a minute and client address; 0 turns the limit off. */
  readonly requestsPerMinute: number;
  /** Number of reverse proxies in front whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
  /** What this process does; several may share a database, and of its relayers and followers one each works at a time. */
  readonly roles: ReadonlySet<Role>;
  /** Where a fault test ends this process by force; null in every other life. */
  readonly killAt: FailpointName | null;
};

/** What a process may do: answer by HTTP, put events on chain, follow the chain, move records to where others find them. */
const ROLES = ["api", "relayer", "follower", "content"] as const;
export type Role = (typeof ROLES)[number];

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** Collects what is wrong, so that a person mends everything at once instead of one line a start. */
class Reader {
  readonly problems: string[] = [];
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /** The variable, or null when it is unset or blank (a blank line in an env file means "not set"). */
  text(name: string): string | null {
    const value = this.#environment[name]?.trim();
    return value === undefined || value === "" ? null : value;
  }

  whole<T>(name: string, fallback: T, min: number, max: number): number | T {
    const value = this.text(name);
    if (value === null) return fallback;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    return this.#wrong(`${name} must be a whole number from ${min} to ${max}`, fallback);
  }

  urls(name: string, protocols: readonly string[]): string[] {
    const values = (this.text(name) ?? "").split(",").map((part) => part.trim());
    return values.filter((value) => value !== "").map((value) => this.#url(name, value, protocols));
  }

  url(name: string, protocols: readonly string[]): string | null {
    const value = this.text(name);
    return value === null ? null : this.#url(name, value, protocols);
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (["1", "true", "yes", "on"].includes(value)) return true;
    if (["0", "false", "no", "off"].includes(value)) return false;
    return this.#wrong(`${name} must be true or false`, fallback);
  }

  oneOf<T extends string, F = T>(name: string, known: readonly T[], fallback: F): T | F {
    const value = this.text(name);
    if (value === null) return fallback;
    return (
      known.find((one) => one.toLowerCase() === value.toLowerCase()) ??
      this.#wrong(`${name} must be one of ${known.join(", ")}`, fallback)
    );
  }

  someOf<T extends string>(name: string, known: readonly T[]): ReadonlySet<T> {
    const named = (this.text(name) ?? known.join(",")).split(",").map((part) => part.trim().toLowerCase());
    const unknown = named.find((one) => !known.some((role) => role === one));
    if (unknown === undefined) return new Set(named as T[]);
    return this.#wrong(`${name} must name some of ${known.join(", ")}`, new Set<T>());
  }

  address(name: string): Address | null {
    const value = this.text(name);
    if (value === null || /^0x[0-9a-fA-F]{40}$/.test(value)) return (value?.toLowerCase() ?? null) as Address | null;
    return this.#wrong(`${name} must be 0x and 40 hex digits`, null);
  }

  trustRoot(name: string): TrustRoot | null {
    const value = this.text(name);
    try {
      return value === null ? null : parseTrustRoot(value);
    } catch {
      return this.#wrong(`${name} must read eip155:{chainId}:{contract}:{codeHash}`, null);
    }
  }

  /** The values are left out of the message: a database URL carries a password. */
  #url(name: string, value: string, protocols: readonly string[]): string {
    const protocol = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : "";
    if (protocols.includes(protocol)) return value.replace(/\/+$/, "");
    return this.#wrong(`${name} must hold ${protocols.map((known) => `${known}://`).join(" or ")} URLs`, value);
  }

  #wrong<T>(problem: string, fallback: T): T {
    this.problems.push(problem);
    return fallback;
  }
}

const HTTP = ["http", "https"];

/**
 * Reads the environment; this is the only place that does.
 * @throws DomainError `config-invalid`, one sentence that names every variable that is wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const reader = new Reader(environment);
  const port = reader.whole("PORT", 8080, 0, 65_535);
  const host = reader.text("HOST") ?? "127.0.0.1";
  const config: Config = {
    port,
    host,
    dataDir: reader.text("DATA_DIR") ?? ".data",
    databaseUrl: reader.url("DATABASE_URL", ["postgres", "postgresql"]),
    rpcUrls: reader.urls("RPC_URL", HTTP),
    chainId: reader.whole("CHAIN_ID", null, 1, Number.MAX_SAFE_INTEGER),
    contract: reader.address("CONTRACT_ADDRESS"),
    trustRoot: reader.trustRoot("TRUST_ROOT"),
    deploymentBlock: reader.whole("DEPLOYMENT_BLOCK", null, 0, 2 ** 31 - 1),
    ipfsApiUrl: reader.url("IPFS_API_URL", HTTP),
    peers: reader.urls("PEERS", HTTP),
    publicUrl: reader.url("PUBLIC_URL", HTTP) ?? `http://${isUnspecified(host) ? "127.0.0.1" : host}:${port}`,
    operatorKeyFile: reader.text("OPERATOR_KEY_FILE"),
    operatorPasswordFile: reader.text("OPERATOR_PASSWORD_FILE"),
    operatorId: reader.whole("OPERATOR_ID", 0, 0, 0xffffff),
    logLevel: reader.oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
    sample: reader.flag("SAMPLE", true),
    maxBodyBytes: reader.whole("MAX_BODY_BYTES", 2 * 1024 * 1024, 1024, 64 * 1024 * 1024),
    maxOpenItems: reader.whole("MAX_OPEN_ITEMS", 200_000, 1, 10_000_000),
    anchorWaitSeconds: reader.whole("ANCHOR_WAIT_SECONDS", null, 0, 1800),
    requestsPerMinute: reader.whole("REQUESTS_PER_MINUTE", 6000, 0, 100_000_000),
    trustedProxies: reader.whole("TRUSTED_PROXIES", 0, 0, 10),
    roles: reader.someOf("ROLES", ROLES),
    killAt: reader.oneOf("KILL_AT", FAILPOINTS, null),
  };
  if ((config.contract ?? config.trustRoot) !== null && config.deploymentBlock === null) {
    reader.problems.push("DEPLOYMENT_BLOCK must say in which block the contract was deployed");
  }
  if (config.contract !== null && config.trustRoot !== null) {
    reader.problems.push("TRUST_ROOT and CONTRACT_ADDRESS say the same thing twice: keep TRUST_ROOT");
  }
  if (config.roles.size < ROLES.length && config.rpcUrls.length === 0) {
    reader.problems.push("ROLES needs RPC_URL: an installation with a chain of its own is one process");
  }
  if (reader.problems.length > 0) {
    const problems = reader.problems;
    throw new DomainError("config-invalid", `The configuration cannot be used: ${problems.join("; ")}.`, { problems });
  }
  return config;
}

const isUnspecified = (host: string): boolean => host === "0.0.0.0" || host === "::";
