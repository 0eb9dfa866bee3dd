import { type Command, Option } from "commander";
import { serve } from "../../../backend/main/serve.ts";
import { usage } from "../failure.ts";
import { examples } from "../options.ts";
import type { Terminal } from "../terminal.ts";

type Options = {
  readonly rpc?: string;
  readonly trustRoot?: string;
  readonly deploymentBlock?: string;
  readonly database?: string;
  readonly data: string;
  readonly peers?: string;
  readonly port: string;
};

export function addFollow(program: Command, terminal: Terminal): void {
  program
    .command("follow")
    .description(
      "Follow a contract into a database of your own, from its deployment on: everything public, derived from the chain " +
        "alone, and records by their hashes. Accepts nothing and sends nothing. Runs until Ctrl-C.",
    )
    .addOption(
      new Option("--rpc <url>", "chain RPC; several, separated by commas, take over from one another").env("RPC_URL"),
    )
    .addOption(new Option("--trust-root <root>", "eip155:{chainId}:{contract}:{codeHash}").env("TRUST_ROOT"))
    .addOption(new Option("--deployment-block <number>", "the block of that contract").env("DEPLOYMENT_BLOCK"))
    .addOption(
      new Option("--database <url>", "PostgreSQL 15 or newer; else one of its own in --data").env("DATABASE_URL"),
    )
    .addOption(
      new Option("--data <dir>", "folder for secrets, blocks, and the database")
        .env("DATA_DIR")
        .default(".data-follow"),
    )
    .addOption(new Option("--peers <urls>", "operators to fetch records from, separated by commas").env("PEERS"))
    .addOption(new Option("--port <port>", "for /livez, /readyz and /metrics").env("PORT").default("8081"))
    .addHelpText(
      "after",
      examples([
        "follow --rpc URL --trust-root eip155:… --deployment-block 7 --peers https://operator.example",
        "from an empty folder to every passport of that contract",
      ]),
    )
    .action(async (options: Options) => {
      const { rpc, trustRoot, deploymentBlock, database, data, peers, port } = options;
      if (rpc === undefined || trustRoot === undefined || deploymentBlock === undefined) {
        throw usage("Name what to follow: --rpc, --trust-root and --deployment-block.");
      }
      serve({
        ...terminal.environment,
        ROLES: "follower,content",
        RPC_URL: rpc,
        TRUST_ROOT: trustRoot,
        DEPLOYMENT_BLOCK: deploymentBlock,
        DATABASE_URL: database,
        DATA_DIR: data,
        PEERS: peers,
        PORT: port,
      });
      await new Promise(() => undefined); // it ends the process itself
    });
}
