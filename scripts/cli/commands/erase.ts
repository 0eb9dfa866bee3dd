import type { Command } from "commander";
import { type Erasure, erasureDigest } from "../../../backend/domain/access/erasure.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { parseCanonicalJson } from "../../../backend/domain/records/canonicalJson.ts";
import { cidOf } from "../../../backend/domain/records/cid.ts";
import { reveal } from "../../../backend/domain/records/disclosures.ts";
import { formatJsonPath, parseJsonPath } from "../../../backend/domain/records/jsonPath.ts";
import type { Hash, JsonObject } from "../../../backend/domain/types.ts";
import { askDisclosed, type DisclosedRecord } from "../actions/disclosedRecords.ts";
import { findPassport } from "../actions/findPassport.ts";
import { whileSignedIn } from "../actions/signIn.ts";
import { confirm, yesOption } from "../confirm.ts";
import { fieldsOf, listOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";
import {
  digestArgument,
  each,
  examples,
  openKey,
  participantId,
  type SigningOptions,
  sessionFor,
  withKey,
} from "../options.ts";
import { findActor } from "../session.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & {
  readonly record: Hash;
  readonly field?: readonly string[];
  readonly as?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
};

export function addErase(program: Command, terminal: Terminal): void {
  withKey(program.command("erase"))
    .description(
      "Have withheld fields of a record deleted at the operator, for good: as the passport's custodian or the record's " +
        "author. The record's hash and every proof stay whole; the values are gone. Other operators are asked apart.",
    )
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .requiredOption("--record <hash>", "hash of the record", digestArgument)
    .option(
      "--field <path>",
      "a field, with everything inside it; repeat for more (else all of the record)",
      each((text: string) => text),
    )
    .option("--as <id>", "your participant id (else looked up by your key's address)", participantId)
    .addOption(yesOption())
    .addHelpText(
      "after",
      examples(
        ["erase 0x… --record 0x… --field vehicle --key fleet.json", "the vehicle that the pack came from"],
        ["erase 0x… --record 0x… --key fleet.json --yes", "all that is withheld in the record"],
      ),
    )
    .action(async (text: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const session = await sessionFor(options);
      const { operator, separator, now } = session;
      const signer = await openKey(terminal, options);
      const { participant } = await findActor(session, signer, options.as);
      const { passportId } = await findPassport(operator, text);
      const { record: recordHash, field: paths = [] } = options;
      const disclosures =
        paths.length === 0
          ? []
          : await whileSignedIn(operator, signer, participant.id, async (signedIn) =>
              digestsOf(
                await readRecord(operator, recordHash),
                await askDisclosed(signedIn, passportId),
                recordHash,
                paths,
              ),
            );
      output.progress(`${paths.length === 0 ? "all that is withheld" : paths.join(", ")} of record ${recordHash}`);
      await confirm(terminal, options.yes, "Erase this for good?");
      const erasure: Erasure = { participant: participant.id, recordHash, disclosures, requestedAt: now() };
      const signature = signer.sign(erasureDigest(separator, erasure));
      const answer = fieldsOf(await operator.post("/v1/erasures", { ...erasure, signature }), "erasure");
      const { length } = listOf(answer.erased, "erased");
      output.result(answer, `erased ${length} disclosures of record ${recordHash}`);
    });
}

/** The record's public bytes, which say which digests it has. */
async function readRecord(operator: Operator, recordHash: Hash): Promise<JsonObject> {
  return parseCanonicalJson(await operator.getBytes(`/ipfs/${cidOf(recordHash)}`)) as JsonObject;
}

/** Digests of the disclosures that hide these fields, ascending. Throws `field-unknown`. */
function digestsOf(
  record: JsonObject,
  known: readonly DisclosedRecord[],
  recordHash: Hash,
  paths: readonly string[],
): string[] {
  const own = known.filter((one) => one.recordHash === recordHash).flatMap(({ disclosures }) => disclosures);
  const { disclosed } = reveal(record, own);
  const digests = paths.map((path) => {
    const wanted = formatJsonPath(parseJsonPath(path));
    const field = disclosed.find((one) => one.path === wanted);
    if (field !== undefined) return field.digest;
    throw new DomainError("field-unknown", `The record has no withheld field ${path} that you may read.`, { path });
  });
  return [...new Set(digests)].sort();
}
