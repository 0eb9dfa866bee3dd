import { Command, CommanderError } from "commander";
import { addAccept } from "./commands/accept.ts";
import { addAccessLog } from "./commands/accessLog.ts";
import { addApprove } from "./commands/approve.ts";
import { addAttach } from "./commands/attach.ts";
import { addCheck } from "./commands/check.ts";
import { addClose } from "./commands/close.ts";
import { addDecode } from "./commands/decode.ts";
import { addDisclose } from "./commands/disclose.ts";
import { addErase } from "./commands/erase.ts";
import { addExport } from "./commands/exportBundle.ts";
import { addFollow } from "./commands/follow.ts";
import { addFsck } from "./commands/fsck.ts";
import { addGrant } from "./commands/grant.ts";
import { addHold, addRelease } from "./commands/hold.ts";
import { addJudge } from "./commands/judge.ts";
import { addKeygen } from "./commands/keygen.ts";
import { addList } from "./commands/list.ts";
import { addMint } from "./commands/mint.ts";
import { addOffer } from "./commands/offer.ts";
import { addParticipants } from "./commands/participants.ts";
import { addPropose } from "./commands/propose.ts";
import { addReceipt } from "./commands/receipt.ts";
import { addRecord } from "./commands/record.ts";
import { addRotate } from "./commands/rotate.ts";
import { addRules } from "./commands/rules.ts";
import { addShow } from "./commands/show.ts";
import { addSubmit } from "./commands/submit.ts";
import { addTransform } from "./commands/transform.ts";
import { addValue } from "./commands/value.ts";
import { addVerify } from "./commands/verify.ts";
import { addVoid } from "./commands/void.ts";
import { addWithdraw } from "./commands/withdraw.ts";
import { describeFailure, EXIT, exitCodeOf, failureJson } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

const ABOUT = `Battery passports whose history anyone can verify.

Commands that sign compute the digest themselves, from what they show you, and work through an operator's public HTTP
API (--operator URL). Your key stays in its encrypted file (--key FILE).`;

const EXIT_CODES = `
Exit codes:
  0  done, or verified
  1  refused, or verification failed
  2  could not tell (no answer, not final yet), or a wrong command line

Environment:
  BATTERY_PASSPORT_OPERATOR    --operator     BATTERY_PASSPORT_KEY    --key
  BATTERY_PASSPORT_TRUST_ROOT  --trust-root   BATTERY_PASSWORD        password of the key file`;

/**
 * Runs one command line.
 * @param words arguments without node and script
 * @returns the exit code; whatever went wrong was said on `terminal.err`
 */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command("battery-passport")
    .description(ABOUT)
    .addHelpText("after", EXIT_CODES)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(--help shows what the command takes)")
    .exitOverride();
  addKeygen(program, terminal);
  addPropose(program, terminal);
  addApprove(program, terminal);
  addRotate(program, terminal);
  addMint(program, terminal);
  addOffer(program, terminal);
  addAccept(program, terminal);
  addWithdraw(program, terminal);
  addTransform(program, terminal);
  addClose(program, terminal);
  addVoid(program, terminal);
  addRecord(program, terminal);
  addHold(program, terminal);
  addRelease(program, terminal);
  addShow(program, terminal);
  addList(program, terminal);
  addCheck(program, terminal, (code) => {
    exitCode = code;
  });
  addDecode(program, terminal, (code) => {
    exitCode = code;
  });
  addAttach(program, terminal);
  addRules(program, terminal);
  addJudge(program, terminal, (code) => {
    exitCode = code;
  });
  addValue(program, terminal);
  addParticipants(program, terminal);
  addExport(program, terminal);
  addDisclose(program, terminal);
  addGrant(program, terminal);
  addAccessLog(program, terminal);
  addErase(program, terminal);
  addFollow(program, terminal);
  addSubmit(program, terminal, (code) => {
    exitCode = code;
  });
  addReceipt(program, terminal, (code) => {
    exitCode = code;
  });
  addFsck(program, terminal, (code) => {
    exitCode = code;
  });
  addVerify(program, terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return exitCode;
  } catch (error) {
    // Help that was asked for is no error; a wrong command line was explained by commander already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.couldNotTell;
    terminal.err(`${words.includes("--json") ? JSON.stringify(failureJson(error)) : describeFailure(error)}\n`);
    // Exit code 1 of these is a verdict; whatever kept them from one is not.
    return words[0] === "verify" || words[0] === "fsck" ? EXIT.couldNotTell : exitCodeOf(error);
  }
}
