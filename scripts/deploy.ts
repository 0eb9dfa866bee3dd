// `npm run deploy`: puts a contract of one's own on any EVM chain, and says what everybody then trusts.
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { Wallet } from "ethers";
import { deployContract } from "../backend/chain/deploy.ts";
import { connectJsonRpc } from "../backend/chain/jsonRpc.ts";
import { parseAddress } from "../backend/domain/bytes.ts";
import { DomainError } from "../backend/domain/errors.ts";
import { formatTrustRoot } from "../backend/domain/verification/trustRoot.ts";
import { describeFailure, exitCodeOf } from "./cli/failure.ts";

type Options = {
  rpc: string;
  key: string;
  passwordFile: string;
  governor: string[];
  threshold: string;
  resolver: string;
  json?: boolean;
};

const program = new Command("deploy")
  .description("Deploy the contract. Nobody owns it afterwards: only the governors' quorum changes who may act.")
  .requiredOption("--rpc <url>", "the chain's RPC")
  .requiredOption("--key <file>", "keystore of an account that pays for the deployment, and has no power afterwards")
  .requiredOption("--password-file <file>", "file with the keystore's password")
  .requiredOption("--governor <address...>", "addresses of the governors, two or more")
  .option("--threshold <number>", "how many governors must agree, two or more", "2")
  .requiredOption("--resolver <url>", "where the token's metadata sends people, such as https://example.org/v1/dpps/")
  .option("--json", "print JSON")
  .addHelpText(
    "after",
    `
Example:
  npm run deploy -- --rpc https://rpc.example.org --key payer.json --password-file payer.password \\
    --governor 0x… 0x… 0x… --threshold 2 --resolver https://passports.example.org/v1/dpps/`,
  )
  .action(async (options: Options) => {
    const governors = options.governor.map((address, i) => parseAddress(address, `governor ${i + 1}`));
    const threshold = Number(options.threshold);
    if (!Number.isInteger(threshold) || threshold < 2 || threshold > governors.length) {
      const message = `The threshold must be from 2 to the number of governors, ${governors.length}.`;
      throw new DomainError("threshold-invalid", message, { threshold: options.threshold });
    }
    const password = (await readFile(options.passwordFile, "utf8")).trimEnd();
    const payer = await Wallet.fromEncryptedJson(await readFile(options.key, "utf8"), password);
    const rpc = connectJsonRpc(options.rpc);
    const deployment = await deployContract(
      rpc,
      new Wallet(payer.privateKey),
      { governors, threshold },
      options.resolver,
    );
    const trustRoot = formatTrustRoot(deployment);
    console.log(
      options.json
        ? JSON.stringify({ ...deployment, trustRoot })
        : `TRUST_ROOT=${trustRoot}\nDEPLOYMENT_BLOCK=${deployment.deploymentBlock}`,
    );
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = exitCodeOf(error);
}
