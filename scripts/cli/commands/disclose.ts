import type { Command } from "commander";
import type { Hash } from "../../../backend/domain/types.ts";
import { formatBundle, MAX_BUNDLE_BYTES, parseBundle } from "../../../backend/domain/verification/bundle.ts";
import { disclosedFields, discloseInBundle } from "../../../backend/domain/verification/disclosedFields.ts";
import { askDisclosed, type DisclosedRecord, readDisclosureFile } from "../actions/disclosedRecords.ts";
import { findPassport } from "../actions/findPassport.ts";
import { whileSignedIn } from "../actions/signIn.ts";
import { describeDisclosed } from "../describe.ts";
import { usage } from "../failure.ts";
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
import { saveFile } from "../saveFile.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & {
  readonly field: readonly string[];
  readonly record?: Hash;
  readonly disclosures?: string;
  readonly as?: number;
  readonly out: string;
  readonly json?: boolean;
};

export function addDisclose(program: Command, terminal: Terminal): void {
  withKey(program.command("disclose"))
    .description(
      "Make a file that proves single fields of a passport's records against the hashes on chain, and shows nothing else " +
        "of what is withheld. Whoever gets it verifies it without any operator.",
    )
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .requiredOption(
      "--field <path>",
      "field to show, like stateOfHealth; repeat for more",
      each((text: string) => text),
    )
    .option("--record <hash>", "the record that the fields are of, where several have them", digestArgument)
    .option("--disclosures <file>", "what opens the record: a file of `mint --keep` or `export --format disclosures`")
    .option("--as <id>", "your participant id, where your key signs for several", participantId)
    .requiredOption("-o, --out <file>", "file to write")
    .addHelpText(
      "after",
      examples(
        ["disclose 0x… --field stateOfHealth --key lab.json -o proof.json", "one number, for a buyer"],
        ["verify proof.json --rpc URL --trust-root ROOT", "what the buyer types; it shows the number"],
        ["disclose 0x… --field model.mass --field status --disclosures kept.json -o proof.json", "from your own copy"],
      ),
    )
    .action(async (text: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const { operator, trustRoot } = await sessionFor(options);
      const { passportId } = await findPassport(operator, text);
      const bundle = parseBundle(await operator.getBytes(`/v1/dpps/${passportId}/evidence`, MAX_BUNDLE_BYTES));
      const known = await readKnown(terminal, options, async (signer) =>
        whileSignedIn(operator, signer, options.as, (signedIn) => askDisclosed(signedIn, passportId)),
      );
      const wanted = options.field.map((path) => ({ path, recordHash: options.record }));
      const bytes = formatBundle(discloseInBundle(bundle, trustRoot, known, wanted));
      const fields = disclosedFields(bytes, trustRoot);
      await saveFile(options.out, bytes);
      const lines =
        fields.length === 0 ? ["nothing withheld: the fields stand in clear"] : fields.map(describeDisclosed);
      output.result(
        { passportId, file: options.out, bytes: bytes.length, fields },
        [`${options.out} (${bytes.length} bytes) shows`, ...lines].join("\n"),
      );
    });
}

type Signer = Awaited<ReturnType<typeof openKey>>;

/** What opens the records: the caller's own copy, or what the operator gives it. */
async function readKnown(
  terminal: Terminal,
  options: Options,
  ask: (signer: Signer) => Promise<DisclosedRecord[]>,
): Promise<ReadonlyMap<Hash, readonly string[]>> {
  if (options.disclosures === undefined && options.key === undefined) {
    throw usage(
      "What is withheld opens with --disclosures FILE, or with --key FILE at an operator that lets you read it.",
    );
  }
  const records =
    options.disclosures === undefined
      ? await ask(await openKey(terminal, options))
      : await readDisclosureFile(options.disclosures);
  return new Map(records.map(({ recordHash, disclosures }) => [recordHash, disclosures]));
}
