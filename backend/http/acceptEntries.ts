import type { IncomingMessage } from "node:http";
import { setImmediate } from "node:timers/promises";
import type * as z from "zod";
import { DomainError } from "../domain/errors.ts";
import { parseJsonStrict } from "../domain/records/jsonText.ts";
import type { Hash } from "../domain/types.ts";
import type { AppDependencies } from "./dependencies.ts";
import { judged } from "./mountRoute.ts";
import { problemOf } from "./problems.ts";
import { JSON_TYPE, NDJSON_TYPE, parseBody, readBody } from "./readBody.ts";
import type { Reply } from "./route.ts";

/** Most entries of one request. */
export const MAX_ENTRIES = 1000;

/**
 * Answers a POST of one entry, a list, or one a line: 202 with the outcome of the one, or 200 with a result for each of
 * several, in order. Each entry stands alone: one that is refused does not hold up its neighbours.
 */
export async function acceptEntries<T>(
  dependencies: Pick<AppDependencies, "publicUrl" | "maxBodyBytes" | "log" | "judgeRefusal">,
  request: IncomingMessage,
  schema: z.ZodType<T>,
  accept: (entry: T) => Promise<{ readonly digest: Hash }>,
): Promise<Reply> {
  const { publicUrl, maxBodyBytes, log } = dependencies;
  const acceptOne = async (value: unknown): Promise<unknown> => {
    const outcome = await accept(judged(schema, value, "body"));
    // Ties what becomes of the digest from here on to the request that brought it.
    log.debug({ reqId: request.id, digest: outcome.digest }, "accepted");
    return outcome;
  };

  const acceptEntry = async (entry: () => unknown): Promise<unknown> => {
    try {
      return await acceptOne(entry());
    } catch (error) {
      const problem = problemOf(await dependencies.judgeRefusal(error), publicUrl);
      if (problem.status === 500) log.error({ err: error }, "an entry could not be accepted");
      return { problem };
    }
  };

  const acceptMany = async (entries: readonly (() => unknown)[]): Promise<Reply> => {
    if (entries.length > MAX_ENTRIES) {
      throw new DomainError("too-many-events", `One request takes at most ${MAX_ENTRIES} entries.`, {
        events: entries.length,
      });
    }
    const results: Promise<unknown>[] = [];
    for (const entry of entries) {
      results.push(acceptEntry(entry));
      // Checking an entry takes a millisecond or more; others' requests get their turn between two.
      await setImmediate();
    }
    return { status: 200, json: { results: await Promise.all(results) } };
  };

  const body = await readBody(request, [JSON_TYPE, NDJSON_TYPE], maxBodyBytes);
  if (body.type === NDJSON_TYPE) {
    const lines = body.text.split("\n").filter((line) => line.trim() !== "");
    return acceptMany(lines.map((line) => () => parseJsonStrict(line)));
  }
  const value = parseBody(body);
  if (Array.isArray(value)) return acceptMany(value.map((entry) => () => entry));
  return { status: 202, json: await acceptOne(value) };
}
