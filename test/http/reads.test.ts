import { expect } from "chai";
import { dppIdOf } from "../../backend/domain/identifiers/dppId.ts";
import { type Proposal, proposalDigest } from "../../backend/domain/participants/proposals.ts";
import { cidOf } from "../../backend/domain/records/cid.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import type { Address, Hash } from "../../backend/domain/types.ts";
import { parseBundle } from "../../backend/domain/verification/bundle.ts";
import { readReadyProposal } from "../../backend/storage/readyProposals.ts";
import {
  type Built,
  buildEvent,
  buildHandover,
  buildMint,
  DEPLOYMENT,
  FLEET,
  GOVERNORS,
  NOW,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
  RECYCLER,
  REGISTRAR,
  recordOf,
  SEPARATOR,
  SUSPENDED,
  signerOf,
} from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";

describe("reads by HTTP", () => {
  let server: TestServer;
  let uid: string;
  let mint: Built;
  let handover: Built;
  let id: string;
  const dppPath = (rest = "") => `/v1/dpps/${encodeURIComponent(dppIdOf(DEPLOYMENT, passportOf(mint)))}${rest}`;

  /** Puts an event on the chain as the follower would see it, with its records known here. */
  async function land(built: Built, block: number): Promise<void> {
    expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
    await projectEvent(server.world.database, built, block);
  }

  before(async () => {
    server = await startServer();
    uid = nextUid();
    mint = buildMint(uid);
    id = passportOf(mint);
  });
  after(() => server.close());

  it("reads nothing of a passport before it is on the chain, and says where it is on its way", async () => {
    expect((await server.post("/v1/custody-events", mint.submission)).status).to.equal(202);
    for (const rest of ["", "/custody", "/evidence", "/verification", "/readiness"]) {
      const early = await server.get(dppPath(rest));
      expect((await early.clone().json()).values).to.include({
        digest: mint.digest,
        passportId: id,
        state: "accepted",
      });
      expect(await problemCode(early, 404), rest).to.equal("dpp-pending");
    }
    const byUid = await server.get(`/v1/dppsByProductId/${encodeURIComponent(uid)}`);
    expect((await byUid.clone().json()).values.passportId).to.equal(id);
    expect(await problemCode(byUid, 404)).to.equal("dpp-pending");
    await projectEvent(server.world.database, mint, 10);
    handover = buildHandover(PRODUCER, FLEET, [mint]);
    await land(handover, 30);
    expect((await server.get(dppPath())).status).to.equal(200);
  });

  it("says which data points are public of a passport, the same whatever is withheld of it", async () => {
    const readinessOf = async (passport: string, query = "") =>
      (await server.get(`/v1/dpps/${passport}/readiness${query}`)).json();
    const { passportId, contentAvailable, readiness } = await readinessOf(id);
    expect({ passportId, contentAvailable }).to.deep.equal({ passportId: id, contentAvailable: true });
    expect(readiness.map(({ category }: { category: string }) => category)).to.deep.equal(["ev", "lmt", "industrial"]);
    const stateOf = (number: number) => readiness[0].points[number - 1].state;
    expect([1, 2, 3, 10, 4, 17, 25, 45, 67].map(stateOf)).to.deep.equal([
      "present",
      "present",
      "present",
      "present",
      "missing",
      "not-yet-required",
      "not-applicable",
      "withheld-or-missing",
      "withheld-or-missing",
    ]);

    const other = buildMint(
      nextUid(),
      PRODUCER,
      {},
      { status: "waste", stateOfHealth: { value: { value: "61", unit: "%" } } },
    );
    await land(other, 40);
    const told = await readinessOf(passportOf(other), "?category=lmt");
    expect(told.readiness).to.deep.equal((await readinessOf(id, "?category=lmt")).readiness);
    expect(await problemCode(await server.get(`/v1/dpps/${id}/readiness?category=sli`), 400)).to.equal(
      "request-invalid",
    );
  });

  it("serves a JSON Schema for each type of record and kind of data record, and for no other name", async () => {
    const { schemas } = await (await server.get("/v1/schemas")).json();
    expect(schemas).to.include.members(["/v1/schemas/mint/2", "/v1/schemas/data/1/state-of-health"]);
    for (const address of schemas) expect((await server.get(address)).status, address).to.equal(200);
    const { title, properties } = await (await server.get("/v1/schemas/closure/2")).json();
    expect([title, properties.recovered.items.required]).to.deep.equal(["closure/2", ["element", "mass"]]);
    for (const address of ["/v1/schemas/mint/9", "/v1/schemas/data/1/horoscope", "/v1/schemas/mint/2/inspection"]) {
      expect(await problemCode(await server.get(address), 404)).to.equal("schema-unknown");
    }
  });

  it("reads a passport by its URI and by its id: envelope and public fields, nothing withheld", async () => {
    const passport = await (await server.get(dppPath())).json();
    expect(passport).to.include({
      digitalProductPassportId: dppIdOf(DEPLOYMENT, passportOf(mint)),
      uniqueProductIdentifier: uid,
      granularity: "item",
      dppStatus: "active",
      lastUpdated: new Date((NOW + 30) * 1000).toISOString(),
      economicOperatorId: `eip155:31337:${DEPLOYMENT.contract}#participant-${FLEET}`,
      economicOperatorName: "City Buses",
    });
    expect(passport.model).to.deep.equal({
      manufacturer: "Cellworks",
      chemistry: "NMC622",
      mass: { value: "304", unit: "kg" },
    });
    expect(JSON.stringify(passport)).not.to.match(/as found|_sd/);
    expect(await (await server.get(`/v1/dpps/${id}`)).json()).to.deep.equal(passport);
  });

  it("reads the full representation as data elements", async () => {
    const { elements } = await (await server.get(dppPath("?representation=full"))).json();
    const model = elements.find((element: { elementId: string }) => element.elementId === "model");
    expect(model).to.include({ objectType: "DataElementCollection" });
    expect(model.elements).to.deep.include({
      elementId: "mass",
      dictionaryReference: "https://operator.example/v1/dictionary/1#model.mass",
      objectType: "SingleValuedDataElement",
      valueDataType: "xsd:decimal",
      value: "304",
      unit: "kg",
    });
  });

  it("reads a passport as it stood at a moment", async () => {
    const at = (time: number) =>
      server.get(`/v1/dppsByIdAndDate/${id}?date=${encodeURIComponent(new Date(time * 1000).toISOString())}`);
    expect((await (await at(NOW + 29)).json()).economicOperatorName).to.equal("Cellworks");
    expect((await (await at(NOW + 30)).json()).economicOperatorName).to.equal("City Buses");
    expect((await (await at(253402300799)).json()).economicOperatorName).to.equal("City Buses");
    expect(await problemCode(await at(NOW), 404)).to.equal("dpp-unknown");
    expect(await problemCode(await server.get(`/v1/dppsByIdAndDate/${id}?date=yesterday`), 400)).to.equal(
      "request-invalid",
    );
    expect(await problemCode(await server.get(`/v1/dppsByIdAndDate/${id}`), 400)).to.equal("request-invalid");
  });

  it("reads a product by any spelling of its identifier and by its GS1 Digital Link path, with every claimant", async () => {
    const rival = buildMint(uid, REGISTRAR);
    await land(rival, 35);
    const serial = uid.split("/").at(-1);
    const spellings = [
      `/v1/dppsByProductId/${encodeURIComponent(uid)}`,
      `/v1/dppsByProductId/${encodeURIComponent(uid.replace("https://id.gs1.org", "http://resolver.example"))}`,
      `/01/09521000000018/21/${serial}?utm_source=label`,
      `/01/09521000000018/10/LOT7/21/${serial}`,
      `/01/09521000000018/22/V2/21/${serial}`,
      `/01/09521000000018/22/V2/10/LOT7/21/${serial}`,
    ];
    for (const path of spellings) {
      const passport = await (await server.get(path)).json();
      expect(passport.passportId, path).to.equal(id);
      expect(passport.claimants.map((one: { issuer: number }) => one.issuer)).to.deep.equal([PRODUCER, REGISTRAR]);
      expect(passport.claimants[1].issuerNames).to.deep.equal({ en: "Intake" });
    }
    expect(await problemCode(await server.get("/01/09521000000018/21/NOBODY"), 404)).to.equal("product-unknown");
    expect(await problemCode(await server.get("/01/09521000000011/21/X"), 400)).to.equal("gtin-check-digit");
  });

  it("finds the ids of a set of products, page by page", async () => {
    const ask = async (query: string) =>
      (await server.post(`/v1/dppsByProductIds${query}`, { productIds: [uid, "urn:nobody:1"] })).json();
    const all = await ask("");
    expect(all.dppIds)
      .to.have.length(2)
      .and.include(dppIdOf(DEPLOYMENT, passportOf(mint)));
    const first = await ask("?limit=1");
    const second = await ask(`?limit=1&cursor=${first.nextCursor}`);
    expect([...first.dppIds, ...second.dppIds]).to.deep.equal(all.dppIds);
    expect(second).not.to.have.property("nextCursor");
  });

  it("lists passports by custodian, issuer, phase and identifier, page by page", async () => {
    const ask = async (query: string) => (await (await server.get(`/v1/passports?${query}`)).json()).passports;
    expect(await ask(`custodian=${FLEET}`)).to.have.length(1);
    expect((await ask(`uid=${encodeURIComponent(uid)}`)).map((one: { issuer: number }) => one.issuer)).to.have.members([
      1, 6,
    ]);
    expect(await ask("phase=closed")).to.deep.equal([]);
    const page = await (await server.get("/v1/passports?limit=1")).json();
    const rest = await ask(`limit=10&cursor=${page.nextCursor}`);
    expect([...page.passports, ...rest]).to.deep.equal(await ask("limit=10"));
  });

  it("shows custody step by step, with what the chain calls safe and finalized", async () => {
    const custody = await (await server.get(`/v1/dpps/${id}/custody`)).json();
    expect(custody).to.include({ head: handover.heads[0], phase: "active", custodian: FLEET });
    const [first, second] = custody.steps;
    expect(first).to.include({ kind: "mint", actor: PRODUCER, state: "finalized", recordedAt: NOW + 10 });
    expect(second).to.include({ kind: "handover", prevHead: mint.heads[0], head: handover.heads[0], state: "safe" });
  });

  it("serves evidence as canonical bytes that the verifier's parser reads, records included", async () => {
    const response = await server.get(`/v1/dpps/${id}/evidence`);
    const bundle = parseBundle(new Uint8Array(await response.arrayBuffer()));
    expect(bundle.uid).to.equal(uid);
    expect(bundle.histories[0]!.steps.map(({ record }) => record?.type)).to.deep.equal(["mint/1", "handover/1"]);
    expect(bundle.participants.map((one) => one.id)).to.deep.equal([PRODUCER, FLEET]);
    const unknown = buildMint();
    expect(await problemCode(await server.get(`/v1/dpps/${passportOf(unknown)}/evidence`), 404)).to.equal(
      "dpp-unknown",
    );
  });

  it("says that its own verification is the operator's, and unavailable without a chain", async () => {
    const report = await (await server.get(`/v1/dpps/${id}/verification`)).json();
    expect(report).to.include({ verifiedBy: "operator", verdict: "unavailable" });
    expect(report.checks.find((line: { check: string }) => line.check === "history").status).to.equal("passed");
  });

  it("serves a record's bytes under its CID, immutable and harmless", async () => {
    const { recordHash: hash } = mint.signed.items[0]!;
    const response = await server.get(`/ipfs/${cidOf(hash)}`);
    expect(response.headers.get("content-type")).to.equal("application/octet-stream");
    expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
    expect(response.headers.get("cache-control")).to.contain("immutable");
    expect(recordHash(new Uint8Array(await response.arrayBuffer()))).to.equal(hash);
    expect(await problemCode(await server.get(`/ipfs/${cidOf(`0x${"00".repeat(32)}` as Hash)}`), 404)).to.equal(
      "block-unknown",
    );
    expect(await problemCode(await server.get("/ipfs/..%2f..%2fetc%2fpasswd"), 400)).to.equal("cid-unsupported");
  });

  it("says that a passport of another contract is elsewhere", async () => {
    const other = dppIdOf({ ...DEPLOYMENT, chainId: 1 }, passportOf(mint));
    expect(await problemCode(await server.get(`/v1/dpps/${encodeURIComponent(other)}`), 404)).to.equal("dpp-elsewhere");
  });

  describe("participants and proposals", () => {
    const HEAD = `0x${"99".repeat(32)}` as Hash;
    const propose = (fields: Partial<Proposal> = {}, number = 20) => {
      const record = recordOf("participant/1", { participantId: number, kind: "recycler", names: { en: "New Firm" } });
      const proposal = {
        kind: "admission",
        registryHead: HEAD,
        deadline: NOW + 1000,
        recordHash: record.hash,
        participantId: number,
        account: signerOf(20).signer,
        signer: signerOf(20).signer,
        roles: 36,
        ...fields,
      } as Proposal;
      const digest = proposalDigest(SEPARATOR, proposal);
      const approve = (i: number) => ({ governor: GOVERNORS[i]!.signer, signature: GOVERNORS[i]!.sign(digest) });
      return { proposal, digest, record: record.record, approve };
    };

    it("lists participants by role with their public records, and one with its history", async () => {
      const { participants } = await (await server.get("/v1/participants?role=RECYCLER&active=true")).json();
      expect(participants.map((one: { id: number }) => one.id)).to.deep.equal([RECYCLER]);
      expect(participants[0].record.names.en).to.equal("Loop Metals");
      const one = await (await server.get(`/v1/participants/${PRODUCER}`)).json();
      expect(one.roles).to.deep.equal(["PRODUCER", "CUSTODIAN"]);
      expect(one.history).to.have.length(1);
      expect(await problemCode(await server.get("/v1/participants/999"), 404)).to.equal("participant-not-found");
    });

    it("tells the trust root and the head that proposals change", async () => {
      const registry = await (await server.get("/v1/registry")).json();
      expect(registry).to.include({
        trustRoot: `eip155:31337:${DEPLOYMENT.contract}:${DEPLOYMENT.codeHash}`,
        registryHead: HEAD,
        threshold: 2,
      });
    });

    it("collects approvals until there are enough, repeats included", async () => {
      const { proposal, digest, record, approve } = propose();
      const made = await server.post("/v1/proposals", { proposal, record, approvals: [approve(0)] });
      expect(made.status).to.equal(201);
      expect(await made.json()).to.deep.include({ digest, state: "open", threshold: 2 });
      expect((await server.post("/v1/proposals", { proposal, record, approvals: [approve(0)] })).status).to.equal(200);
      const path = `/v1/proposals/${digest}/approvals`;
      const { state, approvals } = await (await server.post(path, { signature: approve(1).signature })).json();
      expect([state, approvals.length]).to.deep.equal(["approved", 2]);
      const { proposals } = await (await server.get("/v1/proposals?state=open")).json();
      expect(proposals.map((one: { digest: string }) => one.digest)).to.include(digest);
      expect(await (await server.get(`/ipfs/${cidOf(proposal.recordHash)}`)).text()).to.contain("New Firm");
    });

    it("stores no proposal that nobody who governs has signed, or that is stale, late or without its record", async () => {
      const { prisma } = server.world.database;
      const before = await prisma.proposalDraft.count();
      const post = async (made: ReturnType<typeof propose>, changes: object, status: number) =>
        problemCode(
          await server.post("/v1/proposals", {
            proposal: made.proposal,
            record: made.record,
            approvals: [made.approve(0)],
            ...changes,
          }),
          status,
        );
      const good = propose({}, 21);
      const stranger = { signature: signerOf(1).sign(good.digest) };
      expect(await post(good, { approvals: [] }, 403)).to.equal("approval-missing");
      expect(await post(good, { approvals: [stranger] }, 403)).to.equal("governor-unknown");
      expect(await post(good, { approvals: [{ ...good.approve(1), governor: GOVERNORS[0]!.signer }] }, 403)).to.equal(
        "signature-wrong",
      );
      expect(await post(good, { record: undefined }, 422)).to.equal("record-missing");
      expect(await post(good, { record: { ...good.record, kind: "producer" } }, 422)).to.equal("record-hash-mismatch");
      expect(await post(propose({ registryHead: `0x${"11".repeat(32)}` as Hash }), {}, 409)).to.equal(
        "registry-head-stale",
      );
      expect(await post(propose({ deadline: NOW - 1 }), {}, 422)).to.equal("deadline-passed");
      expect(await post(propose({ deadline: NOW + 40 * 86400 }), {}, 422)).to.equal("deadline-too-far");
      expect(await post(good, { proposal: { ...good.proposal, threshold: 1 } }, 400)).to.equal("request-invalid");
      expect(await prisma.proposalDraft.count()).to.equal(before);
    });

    it("refuses by name what the contract would revert, or what would change nothing", async () => {
      const { prisma } = server.world.database;
      const before = await prisma.proposalDraft.count();
      const common = { registryHead: HEAD, deadline: NOW + 1000, recordHash: `0x${"aa".repeat(32)}` as Hash };
      const post = async (fields: object, status: number) => {
        const proposal = { ...common, ...fields } as Proposal;
        const digest = proposalDigest(SEPARATOR, proposal);
        const approvals = [{ signature: GOVERNORS[0]!.sign(digest) }];
        return problemCode(await server.post("/v1/proposals", { proposal, approvals }), status);
      };
      const { proposal: admission } = propose({}, FLEET);
      expect(await post(admission, 409)).to.equal("participant-exists");
      expect(await post({ kind: "suspension", participantId: 999 }, 404)).to.equal("participant-not-found");
      expect(await post({ kind: "suspension", participantId: SUSPENDED }, 409)).to.equal(
        "participant-already-suspended",
      );
      expect(await post({ kind: "reinstatement", participantId: FLEET }, 409)).to.equal("participant-not-suspended");
      const same = { kind: "signer-rotation", participantId: FLEET, signer: signerOf(FLEET).signer };
      expect(await post(same, 409)).to.equal("proposal-changes-nothing");
      const zero = `0x${"0".repeat(40)}`;
      expect(await post({ ...same, signer: zero }, 422)).to.equal("proposal-address-zero");
      const governors = [GOVERNORS[0]!.signer, GOVERNORS[1]!.signer];
      expect(await post({ kind: "governor-change", governors, threshold: 3 }, 422)).to.equal("governors-invalid");
      expect(await prisma.proposalDraft.count()).to.equal(before);
    });

    it("lists one that became impossible with the reason, sends it to nobody and takes no approval for it", async () => {
      const { database } = server.world;
      const made = propose({}, 30);
      const { proposal, digest, record } = made;
      const approvals = [made.approve(0), made.approve(1)];
      expect((await server.post("/v1/proposals", { proposal, record, approvals })).status).to.equal(201);
      await database.pool.query("UPDATE proposal_draft SET created_at = '2000-01-01' WHERE digest = $1", [digest]);
      expect((await readReadyProposal(database.pool))?.digest).to.equal(digest);
      await database.pool.query(
        `INSERT INTO chain_participant SELECT 30, account, signer, roles, active, record_hash, head, changed_block
           FROM chain_participant WHERE id = $1`,
        [FLEET],
      );
      const listed = await (await server.get("/v1/proposals?state=open&limit=100")).json();
      const one = listed.proposals.find((entry: { digest: string }) => entry.digest === digest);
      expect(one).to.deep.include({
        state: "impossible",
        reason: { code: "participant-exists", detail: "Participant 30 was admitted already." },
      });
      expect((await readReadyProposal(database.pool))?.digest).not.to.equal(digest);
      const late = await server.post(`/v1/proposals/${digest}/approvals`, made.approve(2));
      expect((await late.clone().json()).detail).to.contain("Participant 30 was admitted already.");
      expect(await problemCode(late, 409)).to.equal("proposal-not-open");
      await database.prisma.chainParticipant.delete({ where: { id: 30 } });
    });

    it("calls a proposal superseded once another has changed the head it names, and takes no approval for it", async () => {
      const [first, second] = [
        propose({ account: `0x${"01".repeat(20)}` as Address }),
        propose({ account: `0x${"02".repeat(20)}` as Address }),
      ];
      for (const made of [first, second]) {
        const { proposal, record, approve } = made;
        expect((await server.post("/v1/proposals", { proposal, record, approvals: [approve(0)] })).status).to.equal(
          201,
        );
      }
      await server.world.database.prisma.chainProposal.create({
        data: {
          digest: first.digest,
          kind: "admission",
          proposal: first.proposal as object,
          registryHead: `0x${"77".repeat(32)}`,
          signatures: "0x",
          blockNumber: 40,
          logIndex: 0,
        },
      });
      expect((await (await server.get(`/v1/proposals/${first.digest}`)).json()).state).to.equal("executed");
      const superseded = await (await server.get(`/v1/proposals/${second.digest}`)).json();
      expect([superseded.state, superseded.reason.code]).to.deep.equal(["superseded", "registry-head-stale"]);
      const late = await server.post(`/v1/proposals/${second.digest}/approvals`, second.approve(1));
      expect(await problemCode(late, 409)).to.equal("proposal-not-open");
      expect((await (await server.get("/v1/registry")).json()).registryHead).to.equal(`0x${"77".repeat(32)}`);
    });
  });

  it("shows a closed passport as inactive", async () => {
    const pack = buildMint();
    const sold = buildHandover(PRODUCER, RECYCLER, [pack]);
    const closed = buildEvent("closure", RECYCLER, [{ passportId: passportOf(pack), prevHead: sold.heads[0]! }]);
    for (const [i, built] of [pack, sold, closed].entries()) await land(built, 60 + i);
    expect(await (await server.get(`/v1/dpps/${passportOf(pack)}`)).json()).to.include({
      dppStatus: "inactive",
      phase: "closed",
    });
  });
});
