import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { createKeystore, openKeystore } from "../../scripts/cli/keys/keystore.ts";
import { cli, cliError, cliJson } from "./cli.ts";

const CHEAP = 2 ** 10;

describe("keystores", () => {
  let folder: string;
  const file = () => join(folder, "key.json");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "battery-passport-keys-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("open with the password they were made with, here and in ethers", async () => {
    const made = await createKeystore(file(), "pässword", CHEAP);
    expect((await openKeystore(file(), "pässword")).address).to.equal(made.address);
    const wallet = await Wallet.fromEncryptedJson(await readFile(file(), "utf8"), "pässword");
    expect(wallet.address.toLowerCase()).to.equal(made.address);
  });

  it("sign what recovers to their address, the same each time", async () => {
    const signer = await createKeystore(file(), "x", CHEAP);
    const digest = `0x${"5a".repeat(32)}` as Hash;
    expect(recoverSigner(digest, signer.sign(digest))).to.equal(signer.address);
    expect(signer.sign(digest)).to.equal(signer.sign(digest));
  });

  it("are for their owner alone, and never overwritten", async () => {
    await createKeystore(file(), "x", CHEAP);
    const before = await readFile(file(), "utf8");
    expect((await stat(file())).mode & 0o777).to.equal(0o600);
    expect(await createKeystore(file(), "x", CHEAP).catch((error) => error.code)).to.equal("file-exists");
    expect(await readFile(file(), "utf8")).to.equal(before);
    expect(await readdir(folder)).to.deep.equal(["key.json"]);
  });

  it("refuse a wrong password, a broken file and a missing one by name", async () => {
    await createKeystore(file(), "x", CHEAP);
    const open = (path: string) => openKeystore(path, "y").catch((error) => error.code);
    expect(await open(file())).to.equal("password-wrong");
    await writeFile(file(), "{}");
    expect(await open(file())).to.equal("keystore-malformed");
    expect(await open(join(folder, "none"))).to.equal("file-unreadable");
  });

  it("are made by keygen at the customary cost, with the password from the environment", async () => {
    const { address } = await cliJson(["keygen", "--out", file()], { environment: { BATTERY_PASSWORD: "secret" } });
    const { crypto } = JSON.parse((await readFile(file(), "utf8")).replace("Crypto", "crypto"));
    expect(crypto.kdfparams.n).to.equal(131_072);
    expect((await openKeystore(file(), "secret")).address).to.equal(address);
  });

  it("are made by keygen with a password that is typed twice, or not at all", async () => {
    const typed = ["one", "two"];
    const ask = async () => typed.shift() as string;
    expect(await cliError(["keygen", "--out", file()], 1, { ask })).to.equal("password-differs");
    expect(await cliError(["keygen", "--out", file()], 2)).to.equal("password-missing");
    expect(await readdir(folder)).to.deep.equal([]);
  });
});

describe("help", () => {
  const commands = "keygen propose approve mint offer accept withdraw close show list participants export verify";

  it("teaches every command by examples", async () => {
    const run = await cli(["--help"]);
    expect(run.code).to.equal(0);
    for (const command of commands.split(" ")) {
      expect(run.out).to.match(new RegExp(`^ {2}${command}\\b`, "m"));
      const help = await cli([command, "--help"]);
      expect(help.code, command).to.equal(0);
      expect(help.out, command).to.include("Examples:").and.to.include(`$ battery-passport `);
    }
    expect(run.out).to.include("Exit codes:");
  });

  it("follows a wrong command line, which ends with 2", async () => {
    for (const words of [
      ["verfy"],
      ["mint", "--nonsense"],
      ["offer"],
      ["accept", "0x12"],
      ["list", "offers", "--to", "0"],
    ]) {
      const run = await cli(words);
      expect([words, run.code, run.out]).to.deep.equal([words, 2, ""]);
      expect(run.err).to.match(/^error: /);
    }
  });
});
