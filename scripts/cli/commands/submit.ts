import { type Command, Option } from "commander";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { parseSignedCustodyEvent, type SignedCustodyEvent } from "../../../backend/domain/custody/events.ts";
import { parseJsonStrict } from "../../../backend/domain/records/jsonText.ts";
import { type DirectOutcome, submitDirect } from "../actions/submitDirect.ts";
import { EXIT, usage } from "../failure.ts";
import { openWallet } from "../keys/keystore.ts";
import { readPassword } from "../keys/password.ts";
import { examples, jsonOption, readText, rpcOption, trustRootOption } from "../options.ts";
import { readTrustRoot } from "../session.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = {
  readonly direct?: boolean;
  readonly rpc?: readonly string[];
  readonly trustRoot?: string;
  readonly key?: string;
  readonly passwordFile?: string;
  readonly json?: boolean;
};

export function addSubmit(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  program
    .command("submit")
    .description(
      "Put signed events on the chain yourself, past every operator: from a file with an event, a submission, or a list of " +
        "them, as `GET /v1/custody-events/{digest}` answers. Your key pays; it has no other part in it. Exit code 1 when " +
        "the contract rejected something.",
    )
    .argument("<file>", "JSON file with signed events")
    .option(
      "--direct",
      "straight to the contract (the only way so far: operators are handed events by the other commands)",
    )
    .addOption(rpcOption("chain RPC to send to"))
    .addOption(trustRootOption())
    .addOption(new Option("--key <file>", "keystore of an account that pays").env("BATTERY_PASSPORT_KEY"))
    .option("--password-file <file>", "file with the password (else BATTERY_PASSWORD, else you are asked)")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples([
        "submit event.json --direct --rpc URL --trust-root eip155:… --key payer.json",
        "when no operator takes what both sides have signed",
      ]),
    )
    .action(async (file: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const [rpcUrl] = options.rpc ?? [];
      if (options.direct !== true) throw usage("submit needs --direct.");
      if (rpcUrl === undefined || options.trustRoot === undefined || options.key === undefined) {
        throw usage("Name where to send it and who pays: --rpc, --trust-root and --key.");
      }
      const trustRoot = await readTrustRoot(options.trustRoot);
      const events = parseEvents(await readText(file));
      const password = await readPassword(terminal, options.passwordFile, `Password of ${options.key}`);
      const wallet = await openWallet(options.key, password);
      output.progress(`sending ${events.length} events to ${trustRoot.contract} …`);
      const result = await submitDirect(connectJsonRpc(rpcUrl), trustRoot, wallet, events);
      const { transaction, blockNumber, gasUsed, outcomes } = result;
      const head = `transaction ${transaction} in block ${blockNumber}, ${gasUsed} gas`;
      output.result(result, [head, ...outcomes.map(describe)].join("\n"));
      if (outcomes.some(({ rejected }) => rejected.length > 0)) setExitCode(EXIT.refused);
    });
}

/** An event, or whatever holds one under `event`; one of them or a list. */
function parseEvents(text: string): SignedCustodyEvent[] {
  const value: unknown = parseJsonStrict(text);
  const entries = Array.isArray(value) ? value : [value];
  return entries.map((entry: unknown) => {
    const inner = typeof entry === "object" && entry !== null ? Reflect.get(entry, "event") : undefined;
    return parseSignedCustodyEvent(inner ?? entry);
  });
}

function describe({ digest, applied, rejected }: DirectOutcome): string {
  const reasons = rejected.map(({ passportId, reason }) => `  rejected ${passportId ?? "as a whole"}: ${reason}`);
  return [`${digest}: ${applied.length} applied`, ...reasons].join("\n");
}
