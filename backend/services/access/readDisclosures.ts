import { annexPointOf } from "../../domain/access/annexPoints.ts";
import {
  DEFAULT_JURISDICTION,
  isJurisdiction,
  type Jurisdiction,
  mayRead,
  policyOn,
  type Standing,
  type TierPolicy,
} from "../../domain/access/tierPolicies.ts";
import { issuerOf } from "../../domain/identifiers/passportId.ts";
import { cidOf } from "../../domain/records/cid.ts";
import { digestOfDisclosure } from "../../domain/records/disclosureCodec.ts";
import { discloseWhere, reveal } from "../../domain/records/disclosures.ts";
import { namedModel } from "../../domain/records/namedModel.ts";
import type { Hash, JsonObject, PassportId, UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction, type Transaction } from "../../storage/database.ts";
import type { SealingKey } from "../custody/sealDisclosure.ts";
import type { DisclosureSealing } from "../custody/sealRecord.ts";
import { logAccess } from "./accessLog.ts";
import type { Caller } from "./caller.ts";
import { type OpenedRecord, openRecords } from "./openRecords.ts";
import { readStandings } from "./readStandings.ts";
import { authorsOf, readSignedRecords, type SignedRecord } from "./signedRecords.ts";

/** What a caller may see of one record. With the record behind `cid`, every field of it can be checked. */
export type DisclosedRecord = {
  readonly recordHash: Hash;
  /** Where the record's public bytes are: sha-256 of them is `recordHash`, which the chain commits to. */
  readonly cid: string;
  readonly type: string;
  /** Digests of the custody events, and of the data records, that carry it; of a model's, those that carry its name. */
  readonly events: readonly Hash[];
  readonly dataRecords: readonly Hash[];
  /** RFC 9901; parents before their members. */
  readonly disclosures: readonly string[];
};

export type PassportDisclosures = {
  readonly passportId: PassportId;
  readonly jurisdiction: Jurisdiction;
  /** Which tiers were applied, `eu/1`. */
  readonly policy: string;
  /** Only records of which the caller may see something. */
  readonly records: readonly DisclosedRecord[];
};

/**
 * The disclosures of a passport's records that the caller is entitled to, by the policy of the passport's jurisdiction.
 * Every answer is logged with what it showed. The way is the same whatever the withheld values are.
 * @throws DomainError `dpp-unknown`
 */
export async function readDisclosures(
  dependencies: { readonly database: Database; readonly sealing: DisclosureSealing },
  caller: Caller,
  passportId: PassportId,
  now: UnixTime,
): Promise<PassportDisclosures> {
  return await inTransaction(dependencies.database.pool, async (tx) => {
    // One snapshot: whoever is the custodian in it is so for every record in it.
    await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    const signed = await readSignedRecords(tx, passportId, caller.participantId, now);
    const standings = await readStandings(tx, caller, passportId, signed, now);
    const hashes = [...new Set(signed.map(({ recordHash }) => recordHash))];
    const opened = await openRecords(tx, dependencies.sealing.key, hashes);
    const jurisdiction = jurisdictionOf(passportId, opened.get(signed[0]?.recordHash as Hash));
    const policy = policyOn(jurisdiction, new Date(now * 1000).toISOString().slice(0, 10));

    const records: DisclosedRecord[] = [];
    const show = (hash: Hash, found: OpenedRecord, carriers: readonly SignedRecord[], kind: string) => {
      const isAuthor = authorsOf(carriers).includes(caller.participantId);
      const own = isAuthor ? new Set<Standing>([...standings, "its-author"]) : standings;
      const disclosures = shownTo(policy, own, found, kind);
      if (disclosures.length > 0) records.push({ ...describe(hash, found, carriers), disclosures });
    };
    for (const [hash, carriers] of Map.groupBy(signed, ({ recordHash }) => recordHash)) {
      const found = opened.get(hash);
      // Whoever mints a passport or signs for one can name the record of another: it opens nothing there.
      if (found === undefined || found.record.subject !== passportId) continue;
      const kind = kindOf(found);
      show(hash, found, carriers, kind);
      if (hash !== signed[0]?.recordHash) continue;
      // What a first record leaves to its model's is read by whoever may read it in the first record itself.
      const model = await openModel(tx, dependencies.sealing.key, passportId, found.record);
      if (model !== null) show(model.hash, model.opened, carriers, kind);
    }
    const details = {
      policy: policy.id,
      records: records.map(({ recordHash, disclosures }) => ({
        recordHash,
        disclosures: disclosures.map(digestOfDisclosure),
      })),
    };
    await logAccess(tx, { at: now, participantId: caller.participantId, passportId, action: "read", details });
    return { passportId, jurisdiction, policy: policy.id, records };
  });
}

/** The model's record that a passport's first record names, if it is of the passport's issuer; else it opens nothing. */
async function openModel(
  tx: Transaction,
  key: SealingKey,
  passportId: PassportId,
  first: JsonObject,
): Promise<{ readonly hash: Hash; readonly opened: OpenedRecord } | null> {
  const hash = namedModel(first);
  const opened = hash === undefined ? undefined : (await openRecords(tx, key, [hash])).get(hash);
  if (hash === undefined || opened?.record.type !== "model/1") return null;
  return issuerOf(opened.record.subject as PassportId) === issuerOf(passportId) ? { hash, opened } : null;
}

function shownTo(
  policy: TierPolicy,
  standings: ReadonlySet<Standing>,
  { record, disclosures }: OpenedRecord,
  kind: string,
): string[] {
  const type = String(record.type);
  return discloseWhere(disclosures, record, (path) =>
    mayRead(policy, standings, { kind, point: annexPointOf(type, path, kind) }),
  );
}

/** What kind of record it is, by its own word: how the event calls itself that names it counts for nothing. */
function kindOf({ record, disclosures }: OpenedRecord): string {
  const [kind = ""] = String(record.type).split("/");
  return kind === "data" ? String(reveal(record, disclosures).value.kind ?? kind) : kind;
}

function describe(recordHash: Hash, { record }: OpenedRecord, carriers: readonly SignedRecord[]) {
  const digestsOf = (isData: boolean) =>
    carriers.filter(({ place }) => (place === "data") === isData).map(({ digest }) => digest);
  return {
    recordHash,
    cid: cidOf(recordHash),
    type: String(record.type),
    events: digestsOf(false),
    dataRecords: digestsOf(true),
  };
}

/** The law that a passport is under, as its first record says: in clear, or in a disclosure that is kept here. */
function jurisdictionOf(passportId: PassportId, first: OpenedRecord | undefined): Jurisdiction {
  if (first?.record.subject !== passportId) return DEFAULT_JURISDICTION;
  const { jurisdiction } = reveal(first.record, first.disclosures).value;
  return isJurisdiction(jurisdiction) ? jurisdiction : DEFAULT_JURISDICTION;
}
