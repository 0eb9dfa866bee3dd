import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { connectJsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { readConfig } from "../../../backend/config.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { startChainCopy } from "../../../backend/embedded/chainCopy.ts";
import { openInstallationDatabase } from "../../../backend/embedded/openInstallationDatabase.ts";
import { findDeployment } from "../../../backend/main/findDeployment.ts";
import { checkTables, type Finding, worstOf } from "../../../backend/services/fsck/checkTables.ts";
import { setFastKeccak } from "../../../backend/services/hashing/setFastKeccak.ts";
import { chooseCurve } from "../../../backend/services/signatures/chooseCurve.ts";
import { loadNativeCurve } from "../../../backend/services/signatures/nativeCurve.ts";
import { openDatabase } from "../../../backend/storage/database.ts";
import { EXIT } from "../failure.ts";
import { deriveAgain } from "../fsck/deriveAgain.ts";
import { examples, jsonOption } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = {
  readonly data: string;
  readonly database?: string;
  readonly rpc?: string;
  readonly trustRoot?: string;
  readonly deploymentBlock?: string;
  readonly repair?: boolean;
  readonly quick?: boolean;
  readonly json?: boolean;
};

const MARKS = { holds: "✓", repaired: "↻", broken: "✗", unavailable: "?" } as const;
const EXIT_OF = {
  holds: EXIT.done,
  repaired: EXIT.done,
  broken: EXIT.refused,
  unavailable: EXIT.couldNotTell,
} as const;
const SAY_EVERY_MS = 2_000;

export function addFsck(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  program
    .command("fsck")
    .description(
      "Check an installation, running or stopped: everything promised is kept, histories hang together, bytes have their " +
        "hashes, final blocks are the chain's, and the tables are what the chain gives, derived again and compared row " +
        "for row. Exit code 0 clean or repaired, 1 broken, 2 could not tell.",
    )
    .addOption(new Option("--data <dir>", "DATA_DIR of the installation").env("DATA_DIR").default(".data"))
    .addOption(new Option("--database <url>", "its PostgreSQL, where that is not embedded").env("DATABASE_URL"))
    .addOption(new Option("--rpc <url>", "its chain, where that is not embedded").env("RPC_URL"))
    .addOption(new Option("--trust-root <root>", "its contract, where it did not deploy one itself").env("TRUST_ROOT"))
    .addOption(new Option("--deployment-block <number>", "the block of that contract").env("DEPLOYMENT_BLOCK"))
    .option("--repair", "derive again what can be; what only a person can judge stays as it is")
    .option("--quick", "only what is quick however many rows there are, as at every start")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        ["fsck", "the installation in .data"],
        ["fsck --repair --json", "for a monitor that mends what it can"],
        ["fsck --database URL --rpc URL --trust-root eip155:… --deployment-block 7", "one in production"],
      ),
    )
    .action(async (options: Options) => {
      const output = outputTo(terminal, options.json === true);
      const findings = await checkInstallation(options, paced(output.progress));
      const state = worstOf(findings);
      output.result({ state: state === "holds" ? "clean" : state, findings }, describe(findings));
      setExitCode(EXIT_OF[state]);
    });
}

type Progress = (done: number, what: string) => void;

async function checkInstallation(options: Options, onProgress: Progress): Promise<Finding[]> {
  const { data, repair = false, quick = false } = options;
  const embedded = options.database === undefined || options.rpc === undefined;
  if (embedded && !existsSync(data)) {
    throw new DomainError("file-unreadable", `There is no installation in ${data}.`, { data });
  }
  const postgres = options.database === undefined ? await openInstallationDatabase(data) : null;
  const chain = options.rpc === undefined ? await startChainCopy(data).catch(closing(postgres)) : null;
  const databaseUrl = options.database ?? (postgres?.url as string);
  const rpcUrl = options.rpc ?? (chain?.rpcUrl as string);
  const database = openDatabase(databaseUrl, { onConnectionLost: () => undefined });
  try {
    const rpc = connectJsonRpc(rpcUrl.split(",")[0] as string);
    const config = readConfig({
      TRUST_ROOT: options.trustRoot,
      DEPLOYMENT_BLOCK: options.deploymentBlock,
    });
    const deployment = await findDeployment(config, rpc, data);
    if (deployment === null) {
      throw new DomainError("contract-unknown", "Name the contract: --trust-root and --deployment-block.", { data });
    }
    await setFastKeccak(() => performance.now());
    const { recoverSigner } = chooseCurve(loadNativeCurve, () => performance.now());
    const setting = {
      pool: database.pool,
      databaseUrl,
      rpc,
      deployment,
      separator: domainSeparator(deployment),
      recoverSigner,
      onProgress,
      repair,
    };
    // First what is derived from the chain: the rest is judged against it.
    const derived = quick ? [] : [await deriveAgain(setting)];
    return [...derived, ...(await checkTables(setting, { quick, repair }))];
  } finally {
    await database.close();
    await chain?.stop();
    await postgres?.stop();
  }
}

const closing =
  (started: { stop(): Promise<void> } | null) =>
  async (error: unknown): Promise<never> => {
    await started?.stop();
    throw error;
  };

function describe(findings: readonly Finding[]): string {
  const lines = findings.map(({ state, invariant, says, count, examples, reason }) => {
    const head = `${MARKS[state]} ${invariant.padEnd(3)} ${says}`;
    if (state === "holds") return head;
    if (state === "unavailable") return `${head}\n      could not tell: ${reason}`;
    return [`${head}\n      ${state}: ${count}`, ...examples.map((one) => `      ${JSON.stringify(one)}`)].join("\n");
  });
  const words = { holds: "clean", repaired: "repaired", broken: "broken", unavailable: "could not tell" };
  return [...lines, "", `${findings.length} checks: ${words[worstOf(findings)]}.`].join("\n");
}

/** Says how far it is every other second: a large installation takes minutes. */
function paced(say: (line: string) => void): Progress {
  let said = performance.now();
  return (done, what) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    say(`  ${done.toLocaleString("en")} ${what} …`);
  };
}
