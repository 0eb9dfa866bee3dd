import type { Command } from "commander";
import type { PassportId } from "../../../backend/domain/types.ts";
import { MAX_BUNDLE_BYTES } from "../../../backend/domain/verification/bundle.ts";
import { askDisclosed, type DisclosedRecord, readDisclosureFile } from "../actions/disclosedRecords.ts";
import { exportKept } from "../actions/exportKept.ts";
import { findPassport } from "../actions/findPassport.ts";
import { whileSignedIn } from "../actions/signIn.ts";
import { usage } from "../failure.ts";
import { connectOperator, type Operator } from "../operator/connectOperator.ts";
import { examples, openKey, participantId, type SigningOptions, withKey } from "../options.ts";
import { saveFile, saveProtected } from "../saveFile.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & {
  readonly out: string;
  readonly format?: string;
  readonly disclosures?: string;
  readonly as?: number;
  readonly json?: boolean;
};

/** What is exported, and whether it opens what is withheld. */
type Exported = { readonly content: Uint8Array | string; readonly isProtected: boolean };

export function addExport(program: Command, terminal: Terminal): void {
  withKey(program.command("export"))
    .description(
      "Save a passport's evidence as the operator serves it: unverified bytes, to be verified anywhere. With --format, " +
        "a partner's document as it came in, or the disclosures, for those who may read them.",
    )
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .requiredOption("-o, --out <file>", "file to write; - is stdout")
    .option("--format <format>", "catena-x, batterypass, batterypass/{submodel}, or disclosures")
    .option("--disclosures <file>", "what opens the record: a file of `mint --keep` or `export --format disclosures`")
    .option("--as <id>", "your participant id, where your key signs for several", participantId)
    .addHelpText(
      "after",
      examples(
        ["export 0x… -o pack.bundle.json", "save it"],
        ["verify pack.bundle.json --rpc URL --trust-root ROOT", "judge it, with any chain RPC and no operator"],
        ["export 0x… --format catena-x --disclosures kept.json -o pass.json", "the document that you minted it from"],
        ["export 0x… --format batterypass --key fleet.json -o all.json", "ask the operator, as the custodian"],
        ["export 0x… --format disclosures --key fleet.json -o pack.disclosures.json", "all that you may read of it"],
      ),
    )
    .action(async (text: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const operator = connectOperator(options.operator);
      const { passportId } = await findPassport(operator, text);
      const { content, isProtected } = await contentOf(terminal, options, operator, passportId);
      if (options.out === "-") {
        terminal.out(typeof content === "string" ? content : new TextDecoder().decode(content));
        return;
      }
      if (isProtected) await saveProtected(options.out, String(content));
      else await saveFile(options.out, content);
      const bytes = Buffer.byteLength(content);
      output.result({ passportId, file: options.out, bytes }, `${passportId}: ${bytes} bytes in ${options.out}`);
    });
}

async function contentOf(
  terminal: Terminal,
  options: Options,
  operator: Operator,
  passportId: PassportId,
): Promise<Exported> {
  const { format, disclosures } = options;
  if (format === undefined) {
    if (disclosures !== undefined) throw usage("--disclosures goes with --format.");
    const content = await operator.getBytes(`/v1/dpps/${passportId}/evidence`, MAX_BUNDLE_BYTES);
    return { content, isProtected: false };
  }
  if (format === "disclosures") {
    if (disclosures !== undefined) throw usage("--format disclosures asks the operator, with --key.");
    const content = await asReader(terminal, options, operator, (signedIn) =>
      signedIn.getBytes(`/v1/dpps/${passportId}/disclosures`),
    );
    return { content: `${new TextDecoder().decode(content)}\n`, isProtected: true };
  }
  const disclosed: DisclosedRecord[] =
    disclosures === undefined
      ? await asReader(terminal, options, operator, (signedIn) => askDisclosed(signedIn, passportId))
      : await readDisclosureFile(disclosures);
  return { content: `${await exportKept(operator, passportId, disclosed, format)}\n`, isProtected: true };
}

async function asReader<T>(
  terminal: Terminal,
  options: Options,
  operator: Operator,
  work: (signedIn: Operator) => Promise<T>,
): Promise<T> {
  if (options.key === undefined) {
    throw usage(
      "What is withheld opens with --disclosures FILE, or with --key FILE at an operator that lets you read it.",
    );
  }
  return await whileSignedIn(operator, await openKey(terminal, options), options.as, work);
}
