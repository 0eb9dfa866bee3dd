import type { Command } from "commander";
import { MAX_ATTACHMENT_BYTES, requireAttachmentType } from "../../../backend/domain/attachments/attachmentType.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { cidOf } from "../../../backend/domain/records/cid.ts";
import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import { whileSignedIn } from "../actions/signIn.ts";
import { usage } from "../failure.ts";
import { fieldsOf } from "../operator/answers.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { examples, openKey, participantId, readBytes, type SigningOptions, withKey } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & { readonly as?: number; readonly public?: boolean; readonly json?: boolean };

export function addAttach(program: Command, terminal: Terminal): void {
  withKey(program.command("attach"))
    .description(
      "Bring a certificate (PDF, PNG, JPEG, at most 1 MiB) to an operator; prints the CID to name in a record.",
    )
    .argument("<file>", "the certificate")
    .option("--as <id>", "your participant id (else looked up by your key's address)", participantId)
    .option("--public", "also put it where everybody may find it and nobody can take it back")
    .addHelpText(
      "after",
      examples(
        ["attach un38.3.pdf --key lab.json", "withheld: for those who are shown the record's field"],
        ["attach conformity.pdf --public --key maker.json", "for everybody, for ever"],
      ),
    )
    .action(async (file: string, options: Options) => {
      const bytes = await readBytes(file);
      if (bytes.length > MAX_ATTACHMENT_BYTES) {
        throw usage(`${file} has ${bytes.length} bytes, and an attachment at most ${MAX_ATTACHMENT_BYTES}.`);
      }
      const type = requireAttachmentType(bytes);
      const cid = cidOf(recordHash(bytes));
      const signer = await openKey(terminal, options);
      const path = `/v1/attachments${options.public === true ? "?public=true" : ""}`;
      const answer = await whileSignedIn(connectOperator(options.operator), signer, options.as, (operator) =>
        operator.postBytes(path, bytes),
      );
      // A record that named what the operator says would name bytes that nobody here has seen.
      if (fieldsOf(answer, "attachment").cid !== cid) {
        throw new DomainError("operator-answer-malformed", "The operator answers another CID than the file has.", {
          cid,
        });
      }
      const stored = { cid, type, size: bytes.length, isPublic: options.public === true };
      outputTo(terminal, options.json === true).result(stored, cid);
    });
}
