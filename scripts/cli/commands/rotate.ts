import type { Command } from "commander";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { rotateSigner } from "../../../backend/chain/rotateSigner.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { Address } from "../../../backend/domain/types.ts";
import { confirm, yesOption } from "../confirm.ts";
import { usage } from "../failure.ts";
import { openWallet } from "../keys/keystore.ts";
import { readPassword } from "../keys/password.ts";
import { nameOf, readParticipant } from "../operator/answers.ts";
import {
  addressArgument,
  examples,
  participantId,
  rpcOption,
  type SigningOptions,
  sessionFor,
  withKey,
} from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = SigningOptions & {
  readonly id: number;
  readonly signer: Address;
  readonly rpc?: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
};

export function addRotate(program: Command, terminal: Terminal): void {
  withKey(program.command("rotate"))
    .description(
      "Replace a participant's signing key by its account (--key), in a transaction that the account itself sends and " +
        "pays for. Without the account, the quorum can: battery-passport propose signer-rotation.",
    )
    .requiredOption("--id <id>", "participant id", participantId)
    .requiredOption("--signer <address>", "address that signs from now on", addressArgument)
    .addOption(rpcOption("chain RPC that takes the transaction"))
    .addOption(yesOption())
    .addHelpText(
      "after",
      examples(
        ["keygen --out new-signer.json", "make the new key first"],
        ["rotate --id 2 --key account.json --signer 0x… --rpc URL", "what it signs counts from the next block on"],
      ),
    )
    .action(async (options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const [url, ...others] = options.rpc ?? [];
      if (url === undefined || others.length > 0) throw usage("A rotation goes to one chain RPC: --rpc URL.");
      if (options.key === undefined) throw new DomainError("key-missing", "The account's keystore was not named.", {});
      const session = await sessionFor({ ...options, rpc: [] });
      const participant = await readParticipant(session.operator, options.id);
      const wallet = await openWallet(
        options.key,
        await readPassword(terminal, options.passwordFile, `Password of ${options.key}`),
      );
      const address = wallet.address.toLowerCase();
      if (participant.account !== address) {
        const message = `The account of participant ${options.id} is ${participant.account}, not your key's ${address}.`;
        throw new DomainError("participant-not-mine", message, { expected: participant.account, key: address });
      }
      output.progress(`${nameOf(participant)} signs with ${participant.signer} now, and with ${options.signer} then.`);
      await confirm(terminal, options.yes, "Rotate the signer?");
      const rpc = connectJsonRpc(url);
      const done = await rotateSigner(rpc, wallet, session.trustRoot, options.id, options.signer);
      output.result(
        { participant: options.id, signer: options.signer, ...done },
        `rotated in block ${done.block}: participant ${options.id} signs with ${options.signer}`,
      );
    });
}
