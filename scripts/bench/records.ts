import { createHash, randomBytes } from "node:crypto";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import { canonicalBytes } from "../../backend/domain/records/canonicalJson.ts";
import { checkRecordFields } from "../../backend/domain/records/checkRecordFields.ts";
import { reveal } from "../../backend/domain/records/disclosures.ts";
import { fieldsOutsideAllowList, parseRecord } from "../../backend/domain/records/parseRecord.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import type { JsonObject, Uid } from "../../backend/domain/types.ts";
import { PRODUCER } from "../sample/sampleFirms.ts";
import { RECYCLED_PACK } from "../sample/samplePacks.ts";
import { report } from "./load/report.ts";

/**
 * `npm run bench:records`: what the domain does with one full passport that comes in: parsed, proven canonical, opened
 * by all its disclosures, every field held against its rules, canonicalised again and hashed. Beside it, in the same
 * run, what the platform's own JSON and sha-256 take for the same bytes. Figures are processor time.
 *
 *     --check    exit code 1 where the goal is missed
 */
const GOAL_MS = 5;
/** A full passport, in bytes of its record and disclosures. */
const WANTED_BYTES = 15_000;

function fullPassport(): JsonObject {
  const model = RECYCLED_PACK.model as JsonObject;
  const composition = model.composition as JsonObject;
  const subject = passportIdOf(PRODUCER.id, RECYCLED_PACK.uid as Uid);
  const materials = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: `material ${i}`,
      part: "cathode",
      mass: { value: `${i}.125`, unit: "kg" },
    }));
  for (let count = 1; ; count++) {
    const fields = {
      ...RECYCLED_PACK,
      subject,
      model: { ...model, composition: { ...composition, materials: materials(count) } },
    };
    if (sizeOf(build(fields)) >= WANTED_BYTES) return fields;
  }
}

const build = (fields: JsonObject) => buildRecord("mint/2", fields, (length) => new Uint8Array(randomBytes(length)));
const sizeOf = ({ bytes, disclosures }: ReturnType<typeof build>): number => bytes.length + disclosures.join("").length;

const passport = build(fullPassport());
const { bytes, disclosures, hash } = passport;
const text = new TextDecoder().decode(bytes);

function accept(): void {
  const record = parseRecord(bytes);
  if (fieldsOutsideAllowList(record).length > 0) throw new Error("The passport shows too much.");
  const { value } = reveal(record.payload, disclosures);
  if (checkRecordFields("mint/2", value).length > 0) throw new Error("The passport breaks a rule.");
  if (recordHash(canonicalBytes(record.payload)) !== hash) throw new Error("The passport has another hash.");
}

function platformAlone(): void {
  createHash("sha256")
    .update(JSON.stringify(JSON.parse(text)))
    .digest();
  for (const disclosure of disclosures) {
    JSON.parse(Buffer.from(disclosure, "base64url").toString());
    createHash("sha256").update(disclosure).digest();
  }
}

/** Time on the processor, not on the clock: nothing here waits, and whatever else runs on the machine counts for nothing. */
function millisecondsOf(work: () => void, times: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / times;
}

for (let i = 0; i < 200; i++) {
  accept();
  platformAlone();
}
const milliseconds = millisecondsOf(accept, 400);
const limit = millisecondsOf(platformAlone, 400);
report(
  `A full passport of ${sizeOf(passport).toLocaleString("en")} bytes with ${disclosures.length} disclosures`,
  [
    {
      what: "canonicalised, opened and checked",
      figure: `${milliseconds.toFixed(2)} ms`,
      goal: `≤ ${GOAL_MS} ms`,
      reached: milliseconds <= GOAL_MS,
      limit: `${limit.toFixed(2)} ms by the platform's JSON and sha-256 (${(milliseconds / limit).toFixed(1)} ×)`,
    },
  ],
  [],
);
