import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { Interface } from "ethers";
import { connectJsonRpc } from "../../backend/chain/jsonRpc.ts";
import { rotateSigner } from "../../backend/chain/rotateSigner.ts";
import { dataRecordDigest } from "../../backend/domain/anchors/dataRecord.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { Hex, PassportId } from "../../backend/domain/types.ts";
import { parseBundle } from "../../backend/domain/verification/bundle.ts";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { askDisclosed } from "../../scripts/cli/actions/disclosedRecords.ts";
import { whileSignedIn } from "../../scripts/cli/actions/signIn.ts";
import { openWallet } from "../../scripts/cli/keys/keystore.ts";
import { openSession, type Session } from "../../scripts/cli/session.ts";
import { admitFirms } from "../../scripts/sample/admitFirms.ts";
import { FLEET, PRODUCER, TEST_LAB } from "../../scripts/sample/sampleFirms.ts";
import { createSampleKeys, type SampleKeys } from "../../scripts/sample/sampleKeys.ts";
import { PACK, PARAMETERS } from "../domain/valuation/sampleValuation.ts";
import { lower } from "../support/contract.ts";
import { deployTestWallet, sendTo, TEST_WALLET } from "../support/testWallet.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { cli, cliError, cliJson } from "./cli.ts";
import { startInstallation, type TestInstallation } from "./installation.ts";

const UID = "https://id.gs1.org/01/09520123000011/21/A1";

/** One real installation: what is withheld, from the command lines of those who may read it and of those who may not. */
describe("what is withheld, at the command line", function () {
  this.timeout(60_000);
  let installation: TestInstallation;
  let session: Session;
  let keys: SampleKeys;
  let passportId: PassportId;
  let server: string[];
  let as: (key: string) => string[];
  let file: (name: string) => string;

  before(async () => {
    installation = await startInstallation();
    const { dataDir, url } = installation;
    server = ["--operator", url];
    as = (key) => [
      ...[...server, "--key", join(dataDir, "keys", `${key}.json`)],
      ...["--password-file", join(dataDir, "keys", "password")],
    ];
    file = (name) => join(dataDir, "work", name);
    await mkdir(file("."), { recursive: true });
    session = await openSession({ operatorUrl: url });
    keys = await createSampleKeys(dataDir);
    await admitFirms(session, keys, () => undefined);
    await writeFile(
      file("fields.json"),
      JSON.stringify({ status: "original", vehicle: { vin: "WVWZZZ1JZXW000001", plate: "渝A12345" } }),
    );
    const mint = ["mint", "--uid", UID, "--fields", file("fields.json"), ...as("producer")];
    const { events } = await cliJson([...mint, "--wait", "finalized", "--timeout", "30"]);
    passportId = events[0].passports[0].passportId;
  });
  after(() => installation?.stop());

  const disclose = (name: string, path: string, ...words: string[]) => [
    "disclose",
    passportId,
    "--field",
    path,
    "-o",
    file(name),
    ...words,
  ];
  const verify = (name: string) =>
    cli(["verify", file(name), "--rpc", installation.rpcUrl, "--trust-root", formatTrustRoot(installation.deployment)]);
  const mintRecord = async (): Promise<string> => {
    const custody = await session.operator.get(`/v1/dpps/${passportId}/custody`);
    return (custody as { steps: { recordHash: string }[] }).steps[0]!.recordHash;
  };

  it("proves one number of a laboratory's record against the chain, and shows nothing else", async () => {
    const fields = {
      subject: passportId,
      kind: "state-of-health",
      measuredAt: "2026-09-03T09:30:00+08:00",
      ratedCapacity: { value: 150, unit: "Ah" },
      measuredCapacity: { value: 114, unit: "Ah" },
      stateOfHealth: { value: "76.0", unit: "%" },
    };
    const { hash, record, disclosures } = buildRecord("data/1", fields, (n) =>
      crypto.getRandomValues(new Uint8Array(n)),
    );
    const signed = { subjectId: passportId, author: TEST_LAB.id, occurredAt: session.now() - 60, recordHash: hash };
    const signature = keys.firms.get("test-lab")!.sign(dataRecordDigest(session.separator, signed));
    const { digest } = (await session.operator.post("/v1/data-records", {
      dataRecord: { ...signed, signature },
      record,
      disclosures,
    })) as { digest: string };
    await waitUntil("the data record is final", async () => {
      const { state } = (await session.operator.get(`/v1/data-records/${digest}`)) as { state: string };
      return state === "finalized";
    });
    const { fields: shown } = await cliJson(disclose("soh.json", "stateOfHealth", ...as("test-lab")));
    await writeFile(file("prices.json"), JSON.stringify(PARAMETERS));
    await writeFile(file("pack.json"), JSON.stringify(PACK));
    const valued = await cliJson(["value", file("prices.json"), file("soh.json"), file("pack.json")]);
    expect(valued.battery.stateOfHealth).to.equal("76.0");
    expect(shown).to.have.length(1);
    const run = await verify("soh.json");
    expect(run.code, run.out + run.err).to.equal(0);
    expect(run.out)
      .to.match(/^VERIFIED/m)
      .and.to.include("$.stateOfHealth = 76.0 %")
      .and.to.include(`participant ${TEST_LAB.id}`);
    const text = await readFile(file("soh.json"), "utf8");
    expect(parseBundle(Buffer.from(text)).dataRecords[0]!.disclosures).to.have.length(1);
    for (const other of disclosures) {
      const opened = Buffer.from(other, "base64url").toString();
      if (!opened.includes("76.0")) expect(text, opened).not.to.include(other);
    }
  });

  it("fails a proof whose value was changed, and tells no value of it", async () => {
    await cliJson(disclose("honest.json", "status", ...as("producer")));
    const text = await readFile(file("honest.json"), "utf8");
    const [, disclosure] = /"disclosures":\["([A-Za-z0-9_-]+)"\]/.exec(text) as unknown as [string, string];
    const [salt, name] = JSON.parse(Buffer.from(disclosure, "base64url").toString());
    const forged = Buffer.from(JSON.stringify([salt, name, "re-used"])).toString("base64url");
    await writeFile(file("forged.json"), text.replace(disclosure, forged));
    expect((await verify("honest.json")).out).to.include("$.status = original");
    const run = await verify("forged.json");
    expect(run.code).to.equal(1);
    expect(run.out).to.match(/failed +disclosures .*belongs to no digest/);
    expect(run.out).not.to.include("re-used");
  });

  it("opens to another participant by a grant of the custodian, for as long as it stands", async () => {
    const asFleet = disclose("fleet.json", "status", ...as("fleet"));
    expect(await cliError(asFleet, 1)).to.equal("field-unknown");
    const grant = (...words: string[]) => cliJson(["grant", passportId, ...words, ...as("producer")]);
    const until = "2099-01-01T00:00:00.000Z";
    const { grants } = await grant("--to", String(FLEET.id), "--until", until);
    expect(grants).to.deep.equal([{ participantId: FLEET.id, expiresAt: until }]);
    expect((await cli(asFleet)).code).to.equal(0);
    expect((await grant()).grants).to.have.length(1);
    expect((await grant("--to", String(FLEET.id), "--revoke")).grants).to.deep.equal([]);
    expect(await cliError(asFleet, 1)).to.equal("field-unknown");
    expect(await cliError(["grant", passportId, "--to", "1", ...as("fleet")], 1)).to.equal("access-denied");
    expect(await cliError(["grant", passportId, "--revoke", ...as("producer")], 2)).to.equal("usage");
  });

  it("tells custodian and regulator who read, and nobody else", async () => {
    for (const key of ["producer", "regulator"]) {
      const { entries } = await cliJson(["access-log", passportId, ...as(key)]);
      const readers = entries.filter(({ action }: { action: string }) => action === "read");
      expect(readers.map(({ participant }: { participant: number }) => participant)).to.include.members([
        PRODUCER.id,
        FLEET.id,
        TEST_LAB.id,
      ]);
    }
    expect(await cliError(["access-log", passportId, ...as("fleet")], 1)).to.equal("access-denied");
  });

  it("is erased at a signed request, and every proof of the rest stays whole", async () => {
    const record = await mintRecord();
    const vin = () => disclose("vin.json", "vehicle.vin", ...as("producer"));
    await cliJson(vin());
    const erase = ["erase", passportId, "--record", record, "--field", "vehicle"];
    expect(await cliError([...erase, ...as("fleet")], 1)).to.equal("field-unknown");
    const refused = await cli([...erase, ...as("producer")], { ask: async () => "n" });
    expect(refused.err).to.include("[not-signed]");
    const { erased } = await cliJson([...erase, "--yes", ...as("producer")]);
    expect(erased).to.have.length(3);
    expect(await cliError(vin(), 1)).to.equal("field-unknown");
    const kept = await readFile(join(installation.dataDir, "erasures.ndjson"), "utf8");
    expect(kept.trim().split("\n")).to.have.length(1);
    // What was handed out before stays true, and what is left is still proven.
    for (const name of ["vin.json", "honest.json"]) expect((await verify(name)).code).to.equal(0);
    await cliJson(disclose("status.json", "status", ...as("producer")));
    expect((await verify("status.json")).out).to.include("$.status = original");
  });

  it("opens to a contract wallet, on the word that the wallet gives on the chain", async () => {
    const rpc = connectJsonRpc(installation.rpcUrl);
    const password = (await readFile(join(installation.dataDir, "keys", "password"), "utf8")).trim();
    const account = await openWallet(join(installation.dataDir, "keys", "test-lab.json"), password);
    await rpc.call("anvil_setBalance", account.address, "0xde0b6b3a7640000");
    const wallet = await deployTestWallet(rpc, account, lower(account.address));
    await rotateSigner(rpc, account, installation.deployment, TEST_LAB.id, wallet);
    await waitUntil("the operator knows the new signer", async () => {
      const { signer } = (await session.operator.get(`/v1/participants/${TEST_LAB.id}`)) as { signer: string };
      return signer === wallet;
    });
    // The wallet's owner signs; the address in the message is the wallet's.
    const owner = keys.firms.get("test-lab")!;
    const asWallet = { address: wallet, sign: owner.sign };
    const read = () =>
      whileSignedIn(session.operator, asWallet, undefined, (signedIn) => askDisclosed(signedIn, passportId));
    expect((await read()).length).to.be.above(0);
    await sendTo(rpc, account, wallet, new Interface(TEST_WALLET.abi).encodeFunctionData("behave", [1]) as Hex);
    await waitUntil("the wallet refuses", async () => {
      const code = await read().then(
        () => "none",
        (error) => error.code,
      );
      return code === "signature-wrong";
    });
  });

  it("asks for a key or a file before it asks anybody else", async () => {
    expect(await cliError([...disclose("x.json", "status"), ...server], 2)).to.equal("usage");
  });
});
