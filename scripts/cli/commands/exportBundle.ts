import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { DomainError } from "../../../backend/domain/errors.ts";
import { MAX_BUNDLE_BYTES } from "../../../backend/domain/verification/bundle.ts";
import { findPassport } from "../actions/findPassport.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { examples, type OperatorOptions, withOperator } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addExport(program: Command, terminal: Terminal): void {
  withOperator(program.command("export"))
    .description("Save a passport's evidence as the operator serves it: unverified bytes, to be verified anywhere.")
    .argument("<passport>", "passport id, uid, or GB/T 34014 code")
    .requiredOption("-o, --out <file>", "file to write; - is stdout")
    .addHelpText(
      "after",
      examples(
        ["export 0x… -o pack.bundle.json", "save it"],
        ["verify pack.bundle.json --rpc URL --trust-root ROOT", "judge it, with any chain RPC and no operator"],
      ),
    )
    .action(async (text: string, options: OperatorOptions & { out: string; json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      const operator = connectOperator(options.operator);
      const { passportId } = await findPassport(operator, text);
      const bytes = await operator.getBytes(`/v1/dpps/${passportId}/evidence`, MAX_BUNDLE_BYTES);
      if (options.out === "-") {
        terminal.out(new TextDecoder().decode(bytes));
        return;
      }
      await writeFile(options.out, bytes).catch((cause) => {
        const message = `${options.out} cannot be written (${cause.code}).`;
        throw new DomainError("file-not-writable", message, { file: options.out });
      });
      const json = { passportId, file: options.out, bytes: bytes.length };
      output.result(json, `${passportId}: ${bytes.length} bytes in ${options.out}`);
    });
}
