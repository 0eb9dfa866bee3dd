import { readFile, writeFile } from "node:fs/promises";
import hre from "hardhat";

/**
 * Writes what must not change unnoticed into contracts/snapshots/layout.json: the deployed size, and the place of every
 * stored value. With `--check` it writes nothing and fails when the file differs. Always fails above the size limit.
 */
const SNAPSHOT = new URL("../contracts/snapshots/layout.json", import.meta.url);
const MAX_DEPLOYED_BYTES = 22_000;

type StorageMember = { readonly label: string; readonly slot: string; readonly offset: number; readonly type: string };
type StorageType = {
  readonly label: string;
  readonly numberOfBytes: string;
  readonly members?: readonly StorageMember[];
};
type StorageLayout = {
  readonly storage: readonly (StorageMember & { readonly contract: string })[];
  readonly types: Readonly<Record<string, StorageType>>;
};

await hre.tasks.getTask("build").run({ quiet: true });
const artifact = await hre.artifacts.readArtifact("BatteryPassport");
const deployedBytes = (artifact.deployedBytecode.length - 2) / 2;

const buildInfoPath = await hre.artifacts.getBuildInfoOutputPath(artifact.buildInfoId ?? "");
if (buildInfoPath === undefined) throw new Error("The build left no output of the compiler.");
const { output } = JSON.parse(await readFile(buildInfoPath, "utf8"));
const layout: StorageLayout = output.contracts[artifact.inputSourceName ?? ""].BatteryPassport.storageLayout;

/** `"slot 3, byte 20": "name (type)"`: readable in a diff, and free of the compiler's numbering of types. */
const places = (members: readonly StorageMember[]): Record<string, string> =>
  Object.fromEntries(
    members.map(({ label, slot, offset, type }) => [
      `slot ${slot}, byte ${offset}`,
      `${label} (${layout.types[type]?.label})`,
    ]),
  );
const structs = Object.values(layout.types)
  .filter(({ members }) => members !== undefined)
  .sort((a, b) => (a.label < b.label ? -1 : 1))
  .map(({ label, members = [] }) => [label, places(members)]);

const snapshot = { deployedBytes, storage: places(layout.storage), structs: Object.fromEntries(structs) };
const text = `${JSON.stringify(snapshot, null, 2)}\n`;
console.log(`deployed size: ${deployedBytes} bytes of at most ${MAX_DEPLOYED_BYTES}`);
if (deployedBytes > MAX_DEPLOYED_BYTES) process.exitCode = 1;
if (!process.argv.includes("--check")) await writeFile(SNAPSHOT, text);
else if (text !== (await readFile(SNAPSHOT, "utf8").catch(() => ""))) {
  console.error("contracts/snapshots/layout.json differs from contracts/. Run: scripts/contractSnapshot.ts");
  process.exitCode = 1;
}
