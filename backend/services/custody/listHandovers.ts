import { DomainError } from "../../domain/errors.ts";
import type { Hash, JsonObject, ParticipantId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { decodeCursor, HASH_KEY, type Page, pageOf } from "../cursor.ts";
import { readRecords } from "../readRecords.ts";

export type ListedHandover = {
  readonly digest: Hash;
  readonly state: "open" | "accepted";
  /** The giver's signed event in its JSON form. */
  readonly event: { readonly items: readonly { readonly recordHash: Hash }[] } & Readonly<Record<string, unknown>>;
  /** The records behind its items, in item order; disclosures are not public. */
  readonly records: readonly { readonly record: JsonObject | null }[];
  readonly createdAt: string;
  readonly expiresAt: string;
};

export type HandoverQuery = {
  readonly to?: ParticipantId | undefined;
  readonly from?: ParticipantId | undefined;
  readonly state: "open" | "accepted";
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/** Offers by receiver or giver, ordered by digest; open ones only while their deadline has not passed. */
export async function listHandovers(
  database: Database,
  query: HandoverQuery,
  now: number,
): Promise<Page<ListedHandover>> {
  const rows = await database.prisma.offer.findMany({
    where: {
      state: query.state,
      ...(query.to === undefined ? {} : { receiver: query.to }),
      ...(query.from === undefined ? {} : { giver: query.from }),
      ...(query.state === "open" ? { deadline: { gte: BigInt(now) } } : {}),
      ...(query.cursor === undefined ? {} : { digest: { gt: decodeCursor(query.cursor, HASH_KEY) } }),
    },
    orderBy: { digest: "asc" },
    take: query.limit + 1,
  });
  const page = pageOf(rows, query.limit, ({ digest }) => digest);
  return { ...page, entries: await withRecords(database, page.entries) };
}

/** One offer, open or accepted. Throws `handover-unknown`. */
export async function readHandover(database: Database, digest: Hash): Promise<ListedHandover> {
  const row = await database.prisma.offer.findUnique({ where: { digest } });
  const [handover] = row === null ? [] : await withRecords(database, [row]);
  if (handover !== undefined) return handover;
  throw new DomainError("handover-unknown", "This server holds no offer with this digest.", { digest });
}

type OfferRow = { digest: string; event: unknown; state: string; createdAt: Date; deadline: bigint };

async function withRecords({ pool }: Database, rows: readonly OfferRow[]): Promise<ListedHandover[]> {
  const events = rows.map(({ event }) => event as ListedHandover["event"]);
  const hashes = events.flatMap(({ items }) => items.map(({ recordHash }) => recordHash));
  const records = await readRecords(pool, hashes);
  return rows.map(({ digest, state, createdAt, deadline }, i) => {
    const event = events[i] as ListedHandover["event"];
    return {
      digest: digest as Hash,
      state: state === "open" ? "open" : "accepted",
      event,
      records: event.items.map(({ recordHash }) => ({ record: records.get(recordHash) ?? null })),
      createdAt: createdAt.toISOString(),
      expiresAt: new Date(Number(deadline) * 1000).toISOString(),
    };
  });
}
