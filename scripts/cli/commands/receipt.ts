import { type Command, Option } from "commander";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { gatewayBlocks } from "../../../backend/content/gatewayBlocks.ts";
import { parseAddress, parseBytes, parseHash } from "../../../backend/domain/bytes.ts";
import type { Receipt } from "../../../backend/services/custody/signReceipt.ts";
import { checkReceipt, type ReceiptVerdict } from "../actions/checkReceipt.ts";
import { EXIT, usage } from "../failure.ts";
import { fieldsOf, wholeOf } from "../operator/answers.ts";
import { examples, jsonOption, readJsonFile, rpcOption, trustRootOption, whole } from "../options.ts";
import { readTrustRoot } from "../session.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = {
  readonly rpc?: readonly string[];
  readonly trustRoot?: string;
  readonly fromBlock: number;
  readonly blocks?: readonly string[];
  readonly json?: boolean;
};

const EXIT_OF: { readonly [verdict in ReceiptVerdict["verdict"]]: number } = {
  kept: EXIT.done,
  broken: EXIT.refused,
  "not-a-receipt": EXIT.refused,
  open: EXIT.couldNotTell,
};

export function addReceipt(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  program
    .command("receipt")
    .description("Receipts: the signed promises that operators give for custody events and data records.")
    .command("check")
    .description(
      "Tell from the chain whether an operator kept the promise of a receipt; for a data record also from the anchors' " +
        "manifests, which any operator or IPFS gateway may serve and which are held to the roots on chain. Exit code 0 " +
        "kept, 1 broken (or no receipt at all), 2 could not tell.",
    )
    .argument("<file>", "the receipt, or any answer of an operator that holds one")
    .addOption(rpcOption("chain RPC to ask"))
    .addOption(trustRootOption())
    .addOption(
      new Option("--from-block <number>", "look from this block on: the contract's deployment, or later")
        .argParser(whole(0, 2 ** 31))
        .default(0),
    )
    .option(
      "--blocks <url>",
      "where manifests are had: an operator, or an IPFS gateway; may be repeated",
      (url: string, urls: readonly string[] = []) => [...urls, url],
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        ["receipt check mint.json --rpc URL --trust-root eip155:…", "was it brought in time?"],
        [
          "receipt check soh.json --rpc URL --trust-root eip155:… --blocks https://operator.example",
          "of a data record",
        ],
      ),
    )
    .action(async (file: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const [rpcUrl] = options.rpc ?? [];
      if (rpcUrl === undefined || options.trustRoot === undefined) {
        throw usage("Name what to ask and what to trust: --rpc and --trust-root.");
      }
      const receipt = parseReceipt(await readJsonFile(file));
      const trustRoot = await readTrustRoot(options.trustRoot);
      const sources = (options.blocks ?? []).map((url) => gatewayBlocks(url));
      const found = await checkReceipt(connectJsonRpc(rpcUrl), trustRoot, receipt, options.fromBlock, sources);
      const who = receipt.publisher === 0 ? `the key ${receipt.signer}` : `participant ${receipt.publisher}`;
      output.result({ ...found, receipt }, `${found.verdict}: promised by ${who}. ${found.sentence}`);
      setExitCode(EXIT_OF[found.verdict]);
    });
}

function parseReceipt(value: unknown): Receipt {
  const outer = fieldsOf(value, "receipt");
  const fields = fieldsOf(outer.receipt ?? outer, "receipt");
  return {
    digest: parseHash(fields.digest, "digest"),
    publisher: wholeOf(fields.publisher, "publisher"),
    acceptedAt: wholeOf(fields.acceptedAt, "acceptedAt"),
    anchorBefore: wholeOf(fields.anchorBefore, "anchorBefore"),
    signer: parseAddress(fields.signer, "signer"),
    signature: parseBytes(fields.signature, 65, "signature"),
  };
}
