import type { Command } from "commander";
import { createKeystore } from "../keys/keystore.ts";
import { readPassword } from "../keys/password.ts";
import { examples, jsonOption } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addKeygen(program: Command, terminal: Terminal): void {
  program
    .command("keygen")
    .description("Make a key and keep it in an encrypted file. Prints its address, which the quorum admits as signer.")
    .requiredOption("--out <file>", "where to write the keystore (mode 0600, never overwritten)")
    .option("--password-file <file>", "file with the password (else BATTERY_PASSWORD, else you are asked)")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        ["keygen --out ~/keys/fleet.json", "asks for a password twice"],
        ["keygen --out fleet.json --password-file secret.txt --json", "for scripts"],
      ),
    )
    .action(async (options: { out: string; passwordFile?: string; json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      const password = await readPassword(terminal, options.passwordFile, "New password", true);
      output.progress("encrypting the key …");
      const { address } = await createKeystore(options.out, password);
      output.result({ address, file: options.out }, `${address}\nkept in ${options.out}`);
    });
}
