import { expect } from "chai";
import { type TypedDataDomain, TypedDataEncoder } from "ethers";
import { exportDocument } from "../../backend/domain/documents/exportDocument.ts";
import { canonicalBytes } from "../../backend/domain/records/canonicalJson.ts";
import { reveal } from "../../backend/domain/records/disclosures.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import { FLEET, NOW, nextUid, PRODUCER, SUSPENDED, signerOf } from "../services/world.ts";
import { type Answer, problemCode, startServer, type TestServer } from "./server.ts";

const LABELS = {
  declarationOfConformity: "https://maker.example/doc",
  resultOfTestReport: "https://maker.example/secret-report",
  labels: [],
};
const DUE_DILIGENCE = { supplyChainDueDiligenceReport: "https://maker.example/due", supplyChainIndicies: 2.5 };

const base64 = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
const utf16 = (value: unknown) => Buffer.from(`\ufeff${JSON.stringify(value)}\r\n`, "utf16le").toString("base64");

describe("mints from partners' documents by HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const prepare = (body: object): Promise<Answer> =>
    server.post("/v1/document-mints", { issuer: PRODUCER, documents: [base64(LABELS)], ...body });

  it("are judged and ready to sign, and become a passport once signed", async () => {
    const uid = nextUid();
    const documents = [base64(LABELS), utf16(DUE_DILIGENCE)];
    const response = await prepare({ documents, uid, batteryCode: "001CB240000003B3C0221953", validSeconds: 600 });
    expect(response.status, await response.clone().text()).to.equal(200);
    expect(response.headers.get("cache-control")).to.equal("no-store");
    const { passportId, record, disclosures, event, digest, signingForm, notices } = await response.json();
    expect(notices).to.deep.equal([]);
    expect(event).to.deep.equal({
      kind: "mint",
      actor: PRODUCER,
      counterparty: 0,
      occurredAt: NOW,
      deadline: NOW + 600,
      items: [{ passportId, prevHead: `0x${"00".repeat(28)}`, recordHash: recordHash(canonicalBytes(record)) }],
    });
    expect(record.model).to.include({ declarationOfConformity: LABELS.declarationOfConformity });
    expect([record.level, JSON.stringify(record)]).to.satisfy(
      ([level, text]: string[]) => level === "cell" && !text?.includes("secret-report"),
    );
    const { value } = reveal(record, disclosures);
    expect(JSON.parse(exportDocument(value, "batterypass"))).to.deep.equal({
      Labels: LABELS,
      SupplyChainDueDiligence: DUE_DILIGENCE,
    });
    const { domain, types, message } = signingForm;
    expect(TypedDataEncoder.hash(domain as TypedDataDomain, types, message)).to.equal(digest);

    const signed = { ...event, actorSignature: signerOf(PRODUCER).sign(digest) };
    const accepted = await server.post("/v1/custody-events", { event: signed, records: [{ record, disclosures }] });
    expect(accepted.status, await accepted.clone().text()).to.equal(202);
    expect((await accepted.json()).digest).to.equal(digest);
    expect(await problemCode(await prepare({ documents, uid }), 409)).to.equal("already-exists");
  });

  it("draw new salts each time, so that equal documents give different records", async () => {
    const uid = nextUid();
    const [one, other] = await Promise.all([prepare({ uid }), prepare({ uid })]);
    expect((await one.json()).digest).not.to.equal((await other.json()).digest);
  });

  it("name what is wrong with a document by position, JSONPath and rule", async () => {
    const { labels: _, ...broken } = LABELS;
    const response = await prepare({ documents: [base64(DUE_DILIGENCE), base64(broken)], uid: nextUid() });
    const { code, values } = await response.clone().json();
    expect(await problemCode(response, 422)).to.equal("document-invalid");
    expect([code, values.document, values.model]).to.deep.equal(["document-invalid", 1, "batterypass/1.2/Labels"]);
    expect(values.problems).to.deep.equal([{ path: "$.labels", rule: "required", message: "The field is missing." }]);
  });

  const uid = "https://id.gs1.org/01/09521000000018/21/D";
  const REFUSED: [name: string, body: object, status: number, code: string][] = [
    ["no identifier", {}, 422, "document-without-identifier"],
    ["no document", { uid, documents: [] }, 400, "request-invalid"],
    ["17 documents", { uid, documents: Array(17).fill(base64(LABELS)) }, 400, "request-invalid"],
    ["what is no base64", { uid, documents: ["{}"] }, 400, "request-invalid"],
    ["a document without bytes", { uid, documents: [""] }, 400, "request-invalid"],
    ["a document of no known model", { uid, documents: [base64({ a: 1 })] }, 422, "document-model-unknown"],
    ["a document that is a list", { uid, documents: [base64([])] }, 422, "document-model-unknown"],
    ["a document that is no JSON", { uid, documents: [base64("%PDF-1.7")] }, 400, "json-invalid"],
    ["half a UTF-16 character", { uid, documents: [base64("{\0}")] }, 422, "utf16-odd-length"],
    [
      "bytes that are no UTF-8",
      { uid, documents: [Buffer.from([0x7b, 0xff]).toString("base64")] },
      400,
      "utf8-invalid",
    ],
    ["duplicate names", { uid, documents: [base64('{"labels":[],"labels":[]}')] }, 400, "json-duplicate-key"],
    ["65 levels", { uid, documents: [base64(`${"[".repeat(65)}${"]".repeat(65)}`)] }, 400, "json-too-deep"],
    ["one document twice", { uid, documents: [base64(LABELS), base64(LABELS)] }, 422, "document-repeated"],
    ["a malformed uid", { uid: "https://id.gs1.org/01/09521000000019/21/D" }, 400, "gtin-check-digit"],
    ["a malformed battery code", { uid, batteryCode: "JBC4000090304QCB76836300" }, 400, "gbt-code-invalid"],
    [
      "another issuer's prefix",
      { uid: "https://id.gs1.org/01/09520123456788/21/D" },
      403,
      "identifier-outside-prefixes",
    ],
    ["an issuer that is no producer", { uid, issuer: FLEET }, 403, "actor-lacks-role"],
    ["an issuer that is suspended", { uid, issuer: SUSPENDED }, 403, "participant-suspended"],
    ["an issuer that was never admitted", { uid, issuer: 99 }, 403, "participant-unknown"],
    ["a wait beyond the contract's", { uid, validSeconds: 31 * 86_400 }, 400, "request-invalid"],
    ["a field that is not documented", { uid, record: {} }, 400, "request-invalid"],
    ["a signature, which belongs elsewhere", { uid, actorSignature: "0x" }, 400, "request-invalid"],
  ];
  for (const [name, body, status, code] of REFUSED) {
    it(`refuse ${name} by ${code}`, async () => {
      expect(await problemCode(await prepare(body), status)).to.equal(code);
    });
  }

  it("keep nothing, whatever was sent", async () => {
    const { rows } = await server.world.database.pool.query(
      "SELECT (SELECT count(*) FROM accepted_event) AS events, (SELECT count(*) FROM record_disclosure) AS disclosures",
    );
    await prepare({ uid });
    const again = await server.world.database.pool.query(
      "SELECT (SELECT count(*) FROM accepted_event) AS events, (SELECT count(*) FROM record_disclosure) AS disclosures",
    );
    expect(again.rows).to.deep.equal(rows);
    expect(server.logged.join("")).not.to.include("secret-report");
  });

  it("take a document of 512 KiB, refuse one byte more, and answer a hostile one in little time", async () => {
    const roomy = await startServer({ maxBodyBytes: 2 * 1024 * 1024 });
    const ask = (text: string) =>
      roomy.post("/v1/document-mints", { issuer: PRODUCER, documents: [base64(text)], uid: nextUid() });
    try {
      const filled = (bytes: number) => {
        const text = JSON.stringify({ ...LABELS, note: "" });
        return text.replace('"note":""', `"note":"${"\\".repeat(2 * Math.floor((bytes - text.length) / 2))}"`);
      };
      const whole = filled(512 * 1024).padEnd(512 * 1024);
      const response = await ask(whole);
      expect(response.status).to.equal(200);
      const { record, disclosures, event, digest } = await response.json();
      const signed = { ...event, actorSignature: signerOf(PRODUCER).sign(digest) };
      const records = [{ record, disclosures }];
      expect((await roomy.post("/v1/custody-events", { event: signed, records })).status).to.equal(202);
      expect(await problemCode(await ask(`${whole} `), 413)).to.equal("document-too-large");

      const begun = performance.now();
      for (const hostile of [
        JSON.stringify({ ...LABELS, labels: Array(250_000).fill(1) }),
        `{"declarationOfConformity":"https://[${":".repeat(500_000)}]/"}`,
        `{${Array.from({ length: 40_000 }, (_, i) => `"k${i}":0`).join()}}`,
      ]) {
        expect((await ask(hostile)).status).to.be.within(400, 499);
      }
      expect(performance.now() - begun).to.be.below(8_000);
    } finally {
      await roomy.close();
    }
  });
});
