import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { MAX_BUNDLE_BYTES, MAX_HISTORIES } from "../../../backend/domain/verification/bundle.ts";
import type { Subject } from "../../../backend/domain/verification/checkIdentity.ts";
import { disclosedFields } from "../../../backend/domain/verification/disclosedFields.ts";
import { itemFieldsOf } from "../../../backend/domain/verification/itemFields.ts";
import type { TrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { formatTrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { startChainCopy } from "../../../backend/embedded/chainCopy.ts";
import { findPassport } from "../actions/findPassport.ts";
import { describeReport, verifyBundle } from "../actions/verifyBundle.ts";
import { describeDisclosed, describeItem } from "../describe.ts";
import { EXIT, usage } from "../failure.ts";
import { connectOperator } from "../operator/connectOperator.ts";
import { argument, examples, type OperatorOptions, rpcOption, trustRootOption, withOperator } from "../options.ts";
import { readRegistry, readTrustRoot } from "../session.ts";
import { type Output, outputTo, type Terminal } from "../terminal.ts";

type Options = OperatorOptions & {
  readonly rpc?: readonly string[];
  readonly chain?: string;
  readonly trustRoot?: string;
  readonly uid?: string;
  readonly json?: boolean;
};

/** What is to be judged, and what of the judgement rests on the operator. */
type Case = {
  readonly bundle: Uint8Array;
  readonly subject: Subject | undefined;
  readonly trustRoot: TrustRoot;
  readonly rpcUrls: readonly string[];
  readonly notes: readonly string[];
};

const RPC_TIMEOUT_MS = 10_000;

export function addVerify(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  withOperator(program.command("verify"))
    .description(
      "Verify a passport check by check: from a bundle file against chain RPCs of your choice, without any operator; " +
        "or by its id, with evidence from an operator that need not be trusted. Exit code 0 verified, 1 failed, " +
        "2 could not tell.",
    )
    .argument("<target>", "bundle file, passport id, uid, or GB/T 34014 code")
    .addOption(rpcOption("chain RPC to ask; repeat it, and the answers are held against each other"))
    .addOption(
      new Option(
        "--chain <dir>",
        "DATA_DIR of an installation: its chain node, or a node on its saved chain while it is stopped",
      ).conflicts("rpc"),
    )
    .addOption(trustRootOption())
    .option(
      "--uid <uid>",
      "the identifier you read from the battery: a bundle for another one fails",
      argument(normaliseUid),
    )
    .addHelpText(
      "after",
      examples(
        ["verify pack.bundle.json --rpc https://rpc.example --trust-root eip155:…", "trust nobody but the chain"],
        [
          "verify pack.bundle.json --chain .data --trust-root eip155:…",
          "the server is stopped; its saved chain answers",
        ],
        ["verify https://id.gs1.org/01/09520123456788/21/A1 --rpc URL1 --rpc URL2", "two RPCs must agree"],
      ),
    )
    .addHelpText(
      "after",
      `
An item made of others is verified back through all of them, to any depth, each once: up to ${MAX_HISTORIES} passports and
${MAX_BUNDLE_BYTES / 2 ** 20} MiB of evidence. A passport on hold verifies, and the report says until when it cannot move.`,
    )
    .action(async (target: string, options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const judged = existsSync(target) ? await fileCase(target, options) : await operatorCase(target, options);
      const chain = options.chain === undefined ? undefined : await openChain(options.chain, output);
      try {
        const urls = chain === undefined ? judged.rpcUrls : [chain.rpcUrl];
        const rpcs = urls.map((url) => connectJsonRpc(url, { timeoutMs: RPC_TIMEOUT_MS }));
        output.progress(`asking ${urls.join(", ")} …`);
        const report = await verifyBundle(judged.bundle, judged.trustRoot, rpcs, judged.subject);
        const notes = [
          ...judged.notes,
          ...(chain === undefined ? [] : [`The chain is that of ${options.chain} (${chain.source}).`]),
        ];
        // What evidence shows is worth telling only if nothing in it is false.
        const shown = report.verdict === "failed" ? [] : disclosedFields(judged.bundle, judged.trustRoot);
        const fields =
          shown.length === 0 ? [] : ["", "It shows what is otherwise withheld:", ...shown.map(describeDisclosed)];
        const item = report.verdict === "failed" ? {} : itemFieldsOf(judged.bundle);
        output.result(
          { ...report, item, disclosed: shown, notes },
          [...describeItem(item), describeReport(report, notes), ...fields].join("\n"),
        );
        const codes = {
          verified: EXIT.done,
          failed: EXIT.refused,
          unavailable: EXIT.couldNotTell,
          pending: EXIT.couldNotTell,
        };
        setExitCode(codes[report.verdict]);
      } finally {
        await chain?.stop();
      }
    });
}

async function openChain(directory: string, output: Output) {
  output.progress(`opening the chain of ${directory} …`);
  return await startChainCopy(directory);
}

/** A file is judged without any operator: chain and trust root must be the reader's own. */
async function fileCase(file: string, options: Options): Promise<Case> {
  if (options.trustRoot === undefined) {
    throw usage(
      "A bundle is judged against a trust root, and none was given.",
      "Name it with --trust-root eip155:{chainId}:{contract}:{codeHash}, from a source you trust.",
    );
  }
  if (options.rpc === undefined && options.chain === undefined) {
    throw usage(
      "A bundle is judged by what a chain says, and none was named.",
      "Name one with --rpc URL or --chain DIR.",
    );
  }
  const bundle = await readFile(file).catch((cause) => {
    throw usage(`${file} cannot be read (${cause.code}).`);
  });
  const subject = options.uid === undefined ? undefined : { uid: options.uid };
  return { bundle, subject, trustRoot: await readTrustRoot(options.trustRoot), rpcUrls: options.rpc ?? [], notes: [] };
}

/** By id or uid: the operator delivers the evidence, and what the reader does not name itself. The report says so. */
async function operatorCase(target: string, options: Options): Promise<Case> {
  requireIdentifier(target);
  const operator = connectOperator(options.operator);
  const { passportId, subject } = await findPassport(operator, target);
  const bundle = await operator.getBytes(`/v1/dpps/${passportId}/evidence`, MAX_BUNDLE_BYTES);
  const named = options.trustRoot === undefined ? undefined : await readTrustRoot(options.trustRoot);
  const trustRoot = named ?? (await readRegistry(operator)).trustRoot;
  const ownChain = options.rpc !== undefined || options.chain !== undefined;
  const notes = [
    ...(named === undefined
      ? [`Trust root from the operator: ${formatTrustRoot(trustRoot)}. Compare it elsewhere.`]
      : []),
    ...(ownChain ? [] : ["Asked through the operator's own pass-through: it could lie. Name an RPC with --rpc URL."]),
  ];
  const wanted = options.uid === undefined ? subject : { uid: options.uid };
  return { bundle, subject: wanted, trustRoot, rpcUrls: options.rpc ?? [`${operator.url}/rpc`], notes };
}

/** A mistyped file name must not be taken for a question to an operator. */
function requireIdentifier(target: string): void {
  if (/^(?:0x|eip155:|https?:|urn:|did:)/i.test(target) || /^[A-Za-z0-9]{19,24}$/.test(target)) return;
  throw usage(`${target} is neither a file that exists nor a passport id, uid or battery code.`);
}
