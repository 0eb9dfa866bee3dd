import { expect } from "chai";
import { type Contract, id, ZeroAddress, ZeroHash } from "ethers";
import { nextParticipantHead } from "../../scripts/typedData.ts";
import { addressOf, CAST, Installation, type ProposalFields, type ProposalKind, strangerKey } from "./installation.ts";
import { newcomer, registryCalls, SPARE } from "./registryCalls.ts";

const stranger = addressOf(strangerKey);

describe("ParticipantRegistry", () => {
  let installation: Installation;
  let restore: () => Promise<void>;

  before(async () => {
    installation = await Installation.deploy();
    const snapshot = await installation.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());

  const { participant, attempt, refused } = registryCalls(() => installation);

  describe("admission", () => {
    it("stores the participant as active, at the first head of its hash chain", async () => {
      const proposal = await installation.proposal("Admission", newcomer);
      await attempt("Admission", newcomer);
      const { participantId, ...state } = newcomer;
      const cause = installation.proposalDigest(proposal);
      const head = nextParticipantHead(ZeroHash, participantId, {
        cause,
        ...state,
        active: true,
        time: await installation.now(),
      });
      expect(await participant(SPARE)).to.deep.equal({ ...state, active: true, head });
      expect([...(await installation.method("participantHeads").staticCall([SPARE, 9, SPARE]))]).to.deep.equal([
        head,
        ZeroHash,
        head,
      ]);
    });

    it("never reuses an id", () =>
      refused(attempt("Admission", { ...newcomer, participantId: 1 }), "ParticipantExists", 1));
    it("never reuses the id of a suspended participant", async () => {
      await attempt("Suspension", { participantId: 1 });
      await refused(attempt("Admission", { ...newcomer, participantId: 1 }), "ParticipantExists", 1);
    });
    it("needs an id", () => refused(attempt("Admission", { ...newcomer, participantId: 0 }), "ParticipantIdZero"));
    it("needs an account", () =>
      refused(attempt("Admission", { ...newcomer, account: ZeroAddress }), "ProposalAddressZero", 1));
    it("needs a signer", () =>
      refused(attempt("Admission", { ...newcomer, signer: ZeroAddress }), "ParticipantSignerZero", SPARE));
    it("knows nine roles", async () => {
      await refused(attempt("Admission", { ...newcomer, roles: 512 }), "ProposalRolesUnknown", 512);
      await attempt("Admission", { ...newcomer, roles: 511 });
    });
    it("lets two participants share account and signer", async () => {
      const { account, signer } = installation.firms.fleet;
      await attempt("Admission", { ...newcomer, account, signer });
      expect((await participant(SPARE)).account).to.equal(account);
    });
  });

  const kindsOfChange: [ProposalKind, ProposalFields][] = [
    ["RoleChange", { roles: 1 }],
    ["Suspension", {}],
    ["Reinstatement", {}],
    ["SignerRotation", { signer: stranger }],
    ["AccountChange", { account: stranger }],
  ];
  for (const [kind, fields] of kindsOfChange) {
    it(`${kind} of an id never admitted is refused`, () =>
      refused(attempt(kind, { participantId: 99, ...fields }), "ParticipantUnknown", 99));
  }

  describe("a change", () => {
    it("of roles replaces roles and record, or keeps the record", async () => {
      const before = await participant(2);
      await attempt("RoleChange", { participantId: 2, roles: 9 });
      expect(await participant(2)).to.include({ roles: 9, recordHash: before.recordHash, active: true });
      await attempt("RoleChange", { participantId: 2, roles: 0, recordHash: id("new record") });
      expect(await participant(2)).to.include({ roles: 0, recordHash: id("new record") });
      await refused(attempt("RoleChange", { participantId: 2, roles: 0x8000 }), "ProposalRolesUnknown", 0x8000);
    });

    it("suspends the active and reinstates the suspended, and keeps the record", async () => {
      const before = await participant(2);
      await refused(attempt("Reinstatement", { participantId: 2 }), "ParticipantNotSuspended", 2);
      await attempt("Suspension", { participantId: 2, recordHash: id("reason") });
      expect(await participant(2)).to.include({ active: false, recordHash: before.recordHash, roles: before.roles });
      await refused(attempt("Suspension", { participantId: 2 }), "ParticipantAlreadySuspended", 2);
      await attempt("Reinstatement", { participantId: 2, recordHash: id("reason") });
      expect(await participant(2)).to.include({ active: true, recordHash: before.recordHash });
    });

    it("of the signer by the quorum needs a signer", async () => {
      await attempt("SignerRotation", { participantId: 2, signer: stranger });
      expect((await participant(2)).signer).to.equal(stranger);
      await refused(attempt("SignerRotation", { participantId: 2 }), "ParticipantSignerZero", 2);
    });

    it("extends the participant's hash chain by the state after it", async () => {
      const { head: previous, ...state } = await participant(2);
      const proposal = await installation.proposal("SignerRotation", { participantId: 2, signer: stranger });
      await attempt("SignerRotation", { participantId: 2, signer: stranger });
      expect((await participant(2)).head).to.equal(
        nextParticipantHead(previous, 2, {
          ...state,
          signer: stranger,
          cause: installation.proposalDigest(proposal),
          time: await installation.now(),
        }),
      );
    });
  });

  describe("rotation by the account", () => {
    const rotate = async (who: string, participantId: number, signer: string) => {
      const caller = await installation.connection.ethers.getSigner(who);
      return (installation.contract.connect(caller) as Contract).getFunction("rotateSigner")(participantId, signer);
    };

    it("replaces the signer and leaves the registry head alone", async () => {
      const registryHead = await installation.method("registryHead").staticCall();
      const { head: previous, ...state } = await participant(2);
      await rotate(state.account, 2, stranger);
      const time = await installation.now();
      expect(await participant(2)).to.deep.equal({
        ...state,
        signer: stranger,
        head: nextParticipantHead(previous, 2, { ...state, signer: stranger, cause: ZeroHash, time }),
      });
      expect(await installation.method("registryHead").staticCall()).to.equal(registryHead);
    });

    it("works while suspended, and stays suspended", async () => {
      await attempt("Suspension", { participantId: 2 });
      await rotate(installation.firms.fleet.account, 2, stranger);
      expect(await participant(2)).to.include({ signer: stranger, active: false });
    });

    it("is refused to everybody else: another account, the signer, a governor", async () => {
      await refused(
        rotate(installation.firms.producer.account, 2, stranger),
        "ParticipantAccountOnly",
        2,
        installation.firms.producer.account,
      );
    });

    it("needs a signer and a participant", async () => {
      await refused(rotate(installation.firms.fleet.account, 2, ZeroAddress), "ParticipantSignerZero", 2);
      await refused(rotate(installation.firms.fleet.account, 99, stranger), "ParticipantUnknown", 99);
    });

    it("ends when the quorum bars a lost account, and goes to the account that the quorum names", async () => {
      const lost = installation.firms.fleet.account;
      await attempt("AccountChange", { participantId: 2 });
      expect(await participant(2)).to.include({ account: ZeroAddress, active: true });
      await refused(rotate(lost, 2, stranger), "ParticipantAccountOnly", 2, lost);
      await attempt("AccountChange", { participantId: 2, account: installation.firms.operator.account });
      await rotate(installation.firms.operator.account, 2, stranger);
      expect((await participant(2)).signer).to.equal(stranger);
    });
  });

  it("answers all zero for an id never admitted", async () => {
    expect(await participant(CAST.registrar.id + 1)).to.deep.equal({
      account: ZeroAddress,
      signer: ZeroAddress,
      roles: 0,
      active: false,
      recordHash: ZeroHash,
      head: ZeroHash,
    });
  });
});
