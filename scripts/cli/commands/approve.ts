import type { Command } from "commander";
import type { Hash } from "../../../backend/domain/types.ts";
import { approveProposal, reviewProposal } from "../actions/proposeChange.ts";
import { confirm, yesOption } from "../confirm.ts";
import { describeProposal } from "../describe.ts";
import { digestArgument, examples, openKey, type SigningOptions, sessionFor, withKey } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addApprove(program: Command, terminal: Terminal): void {
  withKey(program.command("approve"))
    .description("Read a proposal, recompute its digest, show it in words, and sign it as a governor.")
    .argument("<digest>", "the proposal's digest", digestArgument)
    .addOption(yesOption())
    .addHelpText(
      "after",
      examples(["list proposals", "what waits for governors"], ["approve 0x… --key g2.json", "read it, then sign it"]),
    )
    .action(async (digest: Hash, options: SigningOptions & { yes?: boolean; json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      const session = await sessionFor(options);
      const reviewed = await reviewProposal(session, digest);
      output.progress(describeProposal(reviewed.proposal, reviewed.record));
      await confirm(terminal, options.yes, "Approve this?");
      const status = await approveProposal(session, await openKey(terminal, options), reviewed);
      const count = `${status.approvals.length} of ${status.threshold} approvals`;
      output.result(status, `signed ${digest}\n${count}; ${status.state}`);
    });
}
