import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Wallet } from "ethers";
import type { Config } from "../config.ts";
import { DomainError } from "../domain/errors.ts";
import type { Hex } from "../domain/types.ts";
import { secretFile } from "../embedded/secretFile.ts";

/**
 * The operator's key: it signs receipts and, where the chain is not embedded, pays for transactions. From the encrypted
 * keystore (Web3 Secret Storage) that the configuration names, else made once for this installation.
 * Errors: `operator-key-unusable`, one sentence that says which file and why.
 */
export async function readOperatorKey(config: Config, dataDir: string): Promise<Hex> {
  if (config.operatorKeyFile === null) return `0x${await secretFile(join(dataDir, "operator.key"))}`;
  const unusable = (reason: string, cause?: unknown) =>
    new DomainError(
      "operator-key-unusable",
      `The operator's key in ${config.operatorKeyFile} cannot be used: ${reason}.`,
      { file: config.operatorKeyFile },
      { cause },
    );
  if (config.operatorPasswordFile === null) throw unusable("OPERATOR_PASSWORD_FILE is not set");
  const read = (file: string) =>
    readFile(file, "utf8").catch((cause) => {
      throw unusable(`${file} cannot be read`, cause);
    });
  const password = (await read(config.operatorPasswordFile)).trimEnd();
  const wallet = await Wallet.fromEncryptedJson(await read(config.operatorKeyFile), password).catch((cause) => {
    throw unusable("the password is wrong, or it is no keystore", cause);
  });
  return wallet.privateKey as Hex;
}
