import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { cidOf } from "../../backend/domain/records/cid.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import { CHECKS } from "../../backend/domain/verification/report.ts";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { pdf } from "../domain/attachments/samples.ts";
import { cli, cliError, cliJson } from "./cli.ts";
import { startInstallation, type TestInstallation } from "./installation.ts";

const UID = (serial: number) => `https://id.gs1.org/01/09521000000018/21/T${serial}`;

describe("the command line", function () {
  this.timeout(60_000);
  let installation: TestInstallation;
  let place: (name: string) => string;
  let root: string;
  /** Options of a command that signs with this key. */
  let as: (key: string) => string[];
  let server: string[];

  before(async () => {
    installation = await startInstallation();
    const { dataDir, url } = installation;
    root = formatTrustRoot(installation.deployment);
    place = (name) => join(dataDir, "work", name);
    await mkdir(place("."), { recursive: true });
    server = ["--operator", url];
    const password = join(dataDir, "keys", "password");
    as = (key) => [...server, "--key", join(dataDir, "keys", `${key}.json`), "--password-file", password];
  });
  after(() => installation?.stop());

  const addressOf = async (key: string): Promise<string> => {
    const keystore = JSON.parse(await readFile(join(installation.dataDir, "keys", `${key}.json`), "utf8"));
    return `0x${keystore.address}`;
  };
  const write = async (name: string, content: unknown): Promise<string> => {
    await writeFile(place(name), typeof content === "string" ? content : JSON.stringify(content));
    return place(name);
  };
  const waiting = ["--wait", "included", "--timeout", "30"];

  describe("propose and approve", () => {
    const propose = (words: string[]) => cliJson(["propose", ...words, ...as("governor-1"), "--trust-root", root]);
    const approve = async (digest: string) => {
      const status = await cliJson(["approve", digest, ...as("governor-2")]);
      expect(status.state).to.be.oneOf(["approved", "executed"]);
      for (;;) {
        const { proposals } = await cliJson(["list", "proposals", "--state", "executed", ...server]);
        if (proposals.some((one: { digest: string }) => one.digest === digest)) return;
      }
    };

    it("admit participants with roles, names and prefixes", async () => {
      const firms = [
        ["1", "producer", "producer,custodian", "Cellworks", "battery-maker", ["--prefix", "gs1:9521000"]],
        ["2", "fleet", "custodian", "City Buses", "bus-company", ["--name-zh", "城市公交", "--country", "CN"]],
        ["4", "recycler", "custodian,recycler", "Loop Metals", "recycler", []],
      ] as const;
      for (const [id, key, roles, name, kind, more] of firms) {
        const named = ["--id", id, "--signer", await addressOf(key), "--roles", roles, "--name", name, "--kind", kind];
        const { digest, state } = await propose(["admission", ...named, ...more]);
        expect(state).to.equal("open");
        await approve(digest);
      }
      const { participants } = await cliJson(["participants", ...server]);
      expect(participants.map(({ id }: { id: number }) => id)).to.deep.equal([1, 2, 4]);
      const shown = await cli(["participants", "2", ...server]);
      expect(shown.out).to.include("City Buses · 城市公交").and.to.include("CUSTODIAN");
    });

    it("show in words what is approved before it is signed", async () => {
      const { digest } = await propose(["suspension", "--id", "2", "--reason", "licence expired"]);
      const refused = await cli(["approve", digest, ...as("governor-2")], { ask: async () => "n" });
      expect([refused.code, refused.err]).to.satisfy(
        ([code, err]: [number, string]) =>
          code === 1 && err.includes("Suspend participant 2") && err.includes("[not-signed]"),
      );
      await approve(digest);
      expect((await cliJson(["participants", "2", ...server])).active).to.equal(false);
      const { digest: again } = await propose(["reinstatement", "--id", "2", "--reason", "licence renewed"]);
      await approve(again);
      expect((await cliJson(["participants", "2", ...server])).active).to.equal(true);
    });

    it("refuse keys that do not govern, unknown participants and malformed prefixes", async () => {
      const suspend = (id: string) => ["propose", "suspension", "--id", id, "--reason", "x"];
      expect(await cliError([...suspend("2"), ...as("fleet")], 1)).to.equal("governor-unknown");
      expect(await cliError([...suspend("99"), ...as("governor-1")], 1)).to.equal("participant-not-found");
      const admission = [
        "propose",
        "admission",
        "--id",
        "8",
        "--signer",
        `0x${"1".repeat(40)}`,
        "--roles",
        "custodian",
      ];
      const named = [...admission, "--name", "X", "--kind", "x", ...as("governor-1")];
      expect(await cliError([...named, "--prefix", "urn:urn:"], 2)).to.equal("usage");
      expect(await cliError([...admission, ...as("governor-1")], 2)).to.equal("usage");
    });
  });

  describe("custody", () => {
    let passports: string[];

    it("mints one passport from flags and files, and shows it by uid and code", async () => {
      const model = await write("model.json", {
        chemistry: "NMC622",
        mass: { value: "304", unit: "kg" },
        composition: { cathode: "x" },
      });
      const words = ["--uid", UID(1), "--battery-code", "9bppe581660422f6c0000017", "--model", model];
      const { events } = await cliJson(["mint", ...words, ...as("producer"), ...waiting]);
      expect(events[0].state).to.be.oneOf(["included", "safe", "finalized"]);
      const [{ passportId }] = events[0].passports;
      const { passport } = await cliJson(["show", UID(1), ...server]);
      expect(passport).to.include({ passportId, level: "pack", batteryCode: "9BPPE581660422F6C0000017" });
      expect(passport.model).to.deep.equal({ chemistry: "NMC622", mass: { value: "304", unit: "kg" } });
      expect((await cliJson(["show", "9BPPE581660422F6C0000017", ...server])).passport.passportId).to.equal(passportId);
      expect((await cli(["show", passportId, ...server])).out)
        .to.include("Cellworks (1)")
        .and.to.include("mint");
    });

    it("mints a lot from lines, in consignments of at most 200, ascending, with its model in one record", async () => {
      const lines = Array.from({ length: 203 }, (_, i) => JSON.stringify({ uid: UID(100 + i), level: "module" }));
      const batch = await write("lot.ndjson", `${lines.join("\n")}\n`);
      const model = await write("module.json", { chemistry: "NMC622", composition: { cathode: "x" } });
      const shared = ["--model", model, "--model-uid", "urn:example:module"];
      const { events } = await cliJson(["mint", "--batch", batch, ...shared, ...as("producer"), ...waiting]);
      const ids = events.map(({ passports }: { passports: { passportId: string }[] }) =>
        passports.map(({ passportId }) => passportId),
      );
      expect(ids.map((group: string[]) => group.length)).to.deep.equal([200, 3]);
      for (const group of ids) expect(group).to.deep.equal([...group].sort());
      passports = ids[1];
      for (const id of [ids[0][0], ids[1][2]]) {
        const { passport } = await cliJson(["show", id, ...server]);
        expect(passport.model).to.deep.equal({ chemistry: "NMC622" });
      }
      const { passports: listed } = await cliJson(["list", "passports", "--custodian", "1", ...server]);
      expect(listed).to.have.length(204);
    });

    it("hands over all but what the receiver declines", async () => {
      const offered = passports.flatMap((id) => ["--passport", id]);
      const { digest } = await cliJson(["offer", "--to", "2", ...offered, ...as("producer")]);
      const { handovers } = await cliJson(["list", "offers", "--to", "2", ...server]);
      expect(handovers.map((one: { digest: string }) => one.digest)).to.deep.equal([digest]);
      expect(await cliError(["accept", digest, ...as("recycler")], 1)).to.equal("offer-not-for-me");
      const declining = ["accept", digest, "--decline", "1", ...as("fleet"), ...waiting];
      const { taken, declined } = await cliJson(declining);
      expect([taken, declined]).to.deep.equal([[passports[0], passports[2]], [1]]);
      const holds = async (id: string) => (await cliJson(["show", id, ...server])).custody.custodian;
      expect(await Promise.all(passports.map(holds))).to.deep.equal([2, 1, 2]);
    });

    it("withdraws an offer, after which it cannot be accepted", async () => {
      const [mine] = passports as [string];
      const { digest } = await cliJson(["offer", "--to", "4", "--passport", mine, ...as("fleet")]);
      await cliJson(["withdraw", mine, ...as("fleet"), ...waiting]);
      const run = await cli(["accept", digest, ...as("recycler")]);
      expect(run.code).to.equal(1);
      expect(run.err).to.include("CANNOT BE TAKEN: stale-head").and.to.include("[stale-head]");
    });

    it("accepts an offer from a file where the operator never saw it", async () => {
      const [mine] = passports as [string];
      const saved = place("offer.json");
      const { digest } = await cliJson(["offer", "--to", "4", "--passport", mine, "--save", saved, ...as("fleet")]);
      expect((await stat(saved)).mode & 0o077).to.equal(0);
      const offer = JSON.parse(await readFile(saved, "utf8"));
      const spoilt = await write("spoilt-offer.json", { ...offer, event: { ...offer.event, occurredAt: 1 } });
      const accept = ["accept", digest, ...as("recycler"), "--offer"];
      expect(await cliError([...accept, spoilt], 1)).to.equal("offer-digest-mismatch");
      await installation.forgetOffers();
      expect(await cliError(accept.slice(0, -1), 1)).to.equal("handover-unknown");
      await cliJson([...accept, saved, ...waiting]);
      expect((await cliJson(["show", mine, ...server])).custody.custodian).to.equal(4);
    });

    it("closes what the recycler holds, on heads that it reads from the chain itself", async () => {
      const [mine] = passports as [string];
      const recovered = ["--recovered", "Ni=3.04", "--recovered", "Li=0.55", "--rpc", installation.rpcUrl];
      await cliJson(["close", mine, ...recovered, ...as("recycler"), "--wait", "finalized"]);
      expect((await cliJson(["show", mine, ...server])).passport.phase).to.equal("closed");
    });

    it("signs nothing that the contract would reject", async () => {
      const [closed, free] = passports as [string, string];
      const mint = (...words: string[]) => cliError(["mint", ...words, ...as("producer")], 1);
      expect(await mint("--uid", UID(1))).to.equal("already-exists");
      expect(await mint("--uid", "https://id.gs1.org/01/09520123456788/21/A")).to.equal("identifier-outside-prefixes");
      expect(await cliError(["withdraw", closed, ...as("recycler")], 1)).to.equal("not-active");
      expect(await cliError(["offer", "--to", "4", "--passport", free, ...as("fleet")], 1)).to.equal("not-custodian");
      expect(await cliError(["offer", "--to", "1", "--passport", free, ...as("producer")], 2)).to.equal("usage");
      const unsaid = ["close", free, "--recovered", "Ni=1"];
      expect(await cliError([...unsaid, ...as("producer")], 1)).to.equal("actor-lacks-role");
      expect(await cliError(["withdraw", free, ...as("producer"), "--as", "2"], 1)).to.equal("participant-not-mine");
      expect(await cliError(["withdraw", free, ...as("governor-1")], 1)).to.equal("signer-unknown");
      const other = root.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      const trusting = ["withdraw", free, ...as("producer"), "--trust-root", other];
      expect(await cliError(trusting, 1)).to.equal("operator-other-contract");
      const wrong = await write("model-wrong.json", { mass: "304 kg" });
      expect(await mint("--uid", UID(9), "--model", wrong)).to.equal("record-fields-invalid");
    });

    it("mints from a partner's documents in their own encoding, and hands the passport over", async () => {
      const labels = { declarationOfConformity: "https://a.example/d", resultOfTestReport: "https://a.example/r" };
      const file = place("labels.json");
      await writeFile(file, Buffer.from(`\ufeff${JSON.stringify({ ...labels, labels: [] })}\r\n`, "utf16le"));
      const mint = (...words: string[]) => ["mint", "--file", file, ...words, ...as("producer")];
      expect(await cliError(mint(), 1)).to.equal("document-without-identifier");
      const broken = await write("broken.json", labels);
      const { err } = await cli(["mint", "--file", broken, "--uid", UID(50), ...as("producer")]);
      expect(err).to.include("document-invalid").and.to.include("$.labels breaks required");
      expect(await cliError(mint("--uid", UID(50), "--fields", broken), 2)).to.equal("usage");
      const { events } = await cliJson([...mint("--uid", UID(50)), ...waiting]);
      const [{ passportId }] = events[0].passports;
      const { passport } = await cliJson(["show", UID(50), ...server]);
      expect(passport.model).to.deep.equal({ declarationOfConformity: "https://a.example/d" });
      const offer = ["offer", "--to", "2", "--passport", passportId, ...as("producer")];
      const { digest } = await cliJson(offer);
      expect((await cliJson(["accept", digest, ...as("fleet"), ...waiting])).taken).to.deep.equal([passportId]);
    });

    describe("verify", () => {
      let bundle: string;
      const verify = (file: string, ...words: string[]) =>
        cli(["verify", file, "--rpc", installation.rpcUrl, "--trust-root", root, ...words]);

      before(async () => {
        bundle = place("closed.bundle.json");
        const [closed] = passports as [string];
        await cliJson(["export", closed, "-o", bundle, ...server]);
        expect((await stat(bundle)).size).to.be.greaterThan(1000);
      });

      it("holds a closed passport with its four handlings, naming RPC and block", async () => {
        const run = await verify(bundle);
        expect(run.code, run.out).to.equal(0);
        expect(run.out)
          .to.match(/^VERIFIED/m)
          .and.to.include(`asked ${installation.rpcUrl}`);
        expect(run.out).to.match(/as of finalized block \d+/);
        expect(run.out.match(/^ {2}passed/gm)).to.have.length(CHECKS.length);
      });

      it("fails with one character changed, wherever it is, and names a check", async () => {
        const text = await readFile(bundle, "utf8");
        for (let at = 3; at < text.length; at += Math.ceil(text.length / 60)) {
          const other = text[at] === "1" ? "2" : "1";
          const spoilt = await write("spoilt.json", text.slice(0, at) + other + text.slice(at + 1));
          const run = await verify(spoilt);
          expect(run.code, `${at}: ${text.slice(at - 20, at + 20)}\n${run.out}`).to.equal(1);
          expect(run.out).to.match(/^ {2}failed +[a-z-]+ {2}/m);
        }
      });

      it("cannot tell when the RPC is down, and fails for another uid than the one on the battery", async () => {
        const down = await cli(["verify", bundle, "--rpc", "http://127.0.0.1:9", "--trust-root", root]);
        expect(down.code, down.out).to.equal(2);
        expect(down.out).to.include("COULD NOT TELL");
        expect((await verify(bundle, "--uid", UID(1))).code).to.equal(1);
      });

      it("asks two RPCs and holds their answers against each other", async () => {
        const proxy = `${installation.url}/rpc`;
        const report = await cliJson([
          "verify",
          bundle,
          "--rpc",
          installation.rpcUrl,
          "--rpc",
          proxy,
          "--trust-root",
          root,
        ]);
        expect(report.verdict).to.equal("verified");
        expect(report.rpcs).to.have.length(2);
      });

      it("says what rests on the operator when nothing else was named", async () => {
        const run = await cli(["verify", UID(1), ...server]);
        expect(run.code, run.out + run.err).to.equal(0);
        expect(run.out).to.include("Trust root from the operator").and.to.include("own pass-through");
      });

      it("needs a trust root and a chain for a file, and exits 2 for what it cannot find", async () => {
        const nothing = "http://127.0.0.1:9";
        expect(await cliError(["verify", bundle, "--rpc", installation.rpcUrl], 2)).to.equal("usage");
        expect(await cliError(["verify", bundle, "--trust-root", root], 2)).to.equal("usage");
        expect(await cliError(["verify", "missing.bundle.json"], 2)).to.equal("usage");
        expect(await cliError(["verify", UID(8), ...server], 2)).to.equal("product-unknown");
        expect(await cliError(["verify", UID(1), "--operator", nothing], 2)).to.equal("operator-unreachable");
        expect((await cli(["verify"])).code).to.equal(2);
      });
    });
  });

  describe("mint of look-alikes", () => {
    it("warns of serials that look like one that has a passport, or like one another, and mints them", async () => {
      const look = "https://id.gs1.org/01/09521000000018/21/";
      await cliJson(["mint", "--uid", `${look}LOOK0`, ...as("producer"), ...waiting]);
      const lines = [`${look}L00KO`, `${look}PLAIN`, `${look}P1A1N`].map((uid) => JSON.stringify({ uid })).join("\n");
      const run = await cli(["mint", "--batch", await write("look.ndjson", lines), ...as("producer")]);
      expect(run.code, run.err).to.equal(0);
      expect(run.err).to.contain(`${look}P1A1N looks like ${look}PLAIN, which is in the same lot`);
      expect(run.err).to.contain(`${look}L00KO looks like ${look}LOOK0, which has a passport already`);
      expect(run.err.match(/Warning/g)).to.have.length(2);
    });
  });

  describe("attach", () => {
    it("brings a certificate to the operator and prints the CID that its bytes have", async () => {
      const file = place("un38.3.pdf");
      await writeFile(file, pdf());
      const cid = cidOf(recordHash(pdf()));
      expect((await cli(["attach", file, ...as("producer")])).out).to.equal(`${cid}\n`);
      const served = await fetch(`${installation.url}/v1/attachments/${cid}`);
      expect(new Uint8Array(await served.arrayBuffer())).to.deep.equal(pdf());
      const page = await write("page.pdf", "<script>alert(1)</script>");
      expect(await cliError(["attach", page, ...as("producer")], 1)).to.equal("attachment-type-unsupported");
    });
  });
});
