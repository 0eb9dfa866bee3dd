import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type SignDigest, signDigest } from "../../backend/domain/signatures.ts";
import type { Address } from "../../backend/domain/types.ts";
import { secretFile } from "../../backend/embedded/secretFile.ts";
import { createKeystore, openKeystore, type Signer } from "../cli/keys/keystore.ts";
import { SAMPLE_FIRMS } from "./sampleFirms.ts";

/** The keys of a simulation: all on one machine, with their password beside them. */
export type SampleKeys = {
  /** Folder of the keystore files. */
  readonly folder: string;
  /** File (0600) with the password of all of them. */
  readonly passwordFile: string;
  readonly governors: readonly Signer[];
  /** Addresses of the governors, ascending, as the contract's constructor takes them. */
  readonly governorAddresses: readonly Address[];
  /** By the firm's key name. */
  readonly firms: ReadonlyMap<string, Signer>;
};

export const GOVERNOR_COUNT = 3;
export const GOVERNOR_THRESHOLD = 2;

/** scrypt's N: the password lies beside the files, so a high cost would only make every start slower. */
const COST = 2 ** 12;

/**
 * The keys of the sample's governors and firms in DATA_DIR/keys: made on the first call, opened on later ones. Called
 * at deployment already, which needs the governors' addresses.
 */
export async function createSampleKeys(dataDir: string, sign: SignDigest = signDigest): Promise<SampleKeys> {
  const folder = join(dataDir, "keys");
  const passwordFile = join(folder, "password");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const password = await secretFile(passwordFile);
  const key = async (name: string): Promise<Signer> => {
    const file = join(folder, `${name}.json`);
    return existsSync(file)
      ? await openKeystore(file, password, sign)
      : await createKeystore(file, password, COST, sign);
  };
  const governors: Signer[] = [];
  for (let i = 1; i <= GOVERNOR_COUNT; i++) governors.push(await key(`governor-${i}`));
  const firms = new Map<string, Signer>();
  for (const firm of SAMPLE_FIRMS) firms.set(firm.key, await key(firm.key));
  const governorAddresses = governors.map(({ address }) => address).sort();
  return { folder, passwordFile, governors, governorAddresses, firms };
}
