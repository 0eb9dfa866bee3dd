import { expect } from "chai";
import { type Contract, id, Wallet, ZeroAddress } from "ethers";
import { genesisRegistryHead, nextRegistryHead } from "../../scripts/typedData.ts";
import {
  addressOf,
  governorKeys,
  Installation,
  join,
  type ProposalFields,
  type ProposalKind,
  RESOLVER,
  sign,
  strangerKey,
} from "./installation.ts";
import { newcomer, registryCalls, SPARE } from "./registryCalls.ts";

const DAY = 86_400;
const stranger = addressOf(strangerKey);

describe("GovernorQuorum", () => {
  let installation: Installation;
  let restore: () => Promise<void>;

  before(async () => {
    installation = await Installation.deploy();
    const snapshot = await installation.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());

  const { participant, attempt, refused } = registryCalls(() => installation);

  describe("the constructor", () => {
    const deploy = (governors: string[], threshold: number, resolver = RESOLVER) =>
      installation.connection.ethers.deployContract("BatteryPassport", [governors, threshold, resolver]);
    const governors = governorKeys.map(addressOf);

    it("starts the registry's hash chain and names the governors", async () => {
      const contract = (await deploy(governors, 2)) as unknown as Contract;
      const time = await installation.now();
      expect(await contract.getFunction("registryHead").staticCall()).to.equal(genesisRegistryHead(governors, 2, time));
      const [named, threshold] = await contract.getFunction("governors").staticCall();
      expect([...named]).to.deep.equal(governors);
      expect(threshold).to.equal(2n);
    });

    const wrong: [string, string[], number][] = [
      ["one governor", governors.slice(0, 1), 1],
      ["a threshold of one", governors, 1],
      ["a threshold of zero", governors, 0],
      ["a threshold above the number of governors", governors, 4],
      ["governors that are not ascending", [...governors].reverse(), 2],
      ["a governor twice", [governors[0]!, governors[0]!, governors[1]!], 2],
      ["the zero address as governor", [ZeroAddress, governors[0]!], 2],
      ["21 governors", Array.from({ length: 21 }, (_, i) => `0x${String(i + 10).padStart(40, "0")}`), 2],
    ];
    for (const [name, list, threshold] of wrong) {
      it(`refuses ${name}`, () => refused(deploy(list, threshold), "GovernorsInvalid"));
    }

    it("takes 20 governors and a threshold of all", async () => {
      const many = Array.from({ length: 20 }, (_, i) => `0x${String(i + 10).padStart(40, "0")}`);
      const contract = (await deploy(many, 20)) as unknown as Contract;
      expect((await contract.getFunction("governors").staticCall())[1]).to.equal(20n);
    });

    it("refuses a resolver that JSON would have to escape", () =>
      refused(deploy(governors, 2, 'https://x.example/"'), "PassportResolverInvalid"));
  });

  describe("a proposal", () => {
    it("advances the registry head and is logged with the signatures that landed", async () => {
      const proposal = await installation.proposal("Admission", newcomer);
      const digest = installation.proposalDigest(proposal);
      const signatures = installation.quorum(digest);
      const sent = await installation.method("execute")(proposal, signatures);
      const [executed, changed] = installation.logs(await sent.wait());
      const head = nextRegistryHead(proposal.registryHead, digest, await installation.now());
      expect(await installation.method("registryHead").staticCall()).to.equal(head);
      expect([
        executed?.name,
        executed?.args.digest,
        executed?.args.registryHead,
        executed?.args.signatures,
      ]).to.deep.equal(["ProposalExecuted", digest, head, signatures]);
      expect(executed?.args.proposal.participantId).to.equal(BigInt(SPARE));
      expect([changed?.name, changed?.args.cause, changed?.args.changedAt]).to.deep.equal([
        "ParticipantChanged",
        digest,
        BigInt(await installation.now()),
      ]);
    });

    it("applies once", async () => {
      const proposal = await installation.proposal("Suspension", { participantId: 1 });
      const signatures = installation.quorum(installation.proposalDigest(proposal));
      await installation.method("execute")(proposal, signatures);
      await refused(installation.method("execute")(proposal, signatures), "ProposalOutOfOrder");
    });

    it("applies only to the registry head that it names", async () => {
      await refused(
        attempt("Suspension", { participantId: 1, registryHead: id("another head") }),
        "ProposalOutOfOrder",
      );
    });

    it("applies up to the second of its deadline, and not after it", async () => {
      const { networkHelpers } = installation.connection;
      const deadline = (await installation.now()) + 100;
      const proposal = await installation.proposal("Suspension", { participantId: 1, deadline });
      const signatures = installation.quorum(installation.proposalDigest(proposal));
      const snapshot = await networkHelpers.takeSnapshot();
      await networkHelpers.time.setNextBlockTimestamp(deadline);
      await installation.method("execute")(proposal, signatures);
      await snapshot.restore();
      await networkHelpers.time.setNextBlockTimestamp(deadline + 1);
      await refused(installation.method("execute")(proposal, signatures), "DeadlineOutOfRange", deadline, deadline + 1);
    });

    it("has a deadline at most 30 days ahead", async () => {
      const { networkHelpers } = installation.connection;
      const time = (await installation.now()) + 10;
      await networkHelpers.time.setNextBlockTimestamp(time);
      await refused(attempt("Suspension", { participantId: 1, deadline: time + 30 * DAY + 1 }), "DeadlineOutOfRange");
      await networkHelpers.time.setNextBlockTimestamp(time + 1);
      await attempt("Suspension", { participantId: 1, deadline: time + 1 + 30 * DAY });
    });

    it("has a kind", async () => {
      const proposal = await installation.proposal("None");
      await refused(installation.method("execute")(proposal, "0x"), "ProposalKindMissing");
    });

    const foreign: Record<string, ProposalFields> = {
      participantId: { participantId: 1 },
      account: { account: stranger },
      signer: { signer: stranger },
      roles: { roles: 1 },
      governors: { governors: [stranger] },
      threshold: { threshold: 1 },
      successor: { successor: stranger },
    };
    const own: Record<Exclude<ProposalKind, "None">, string[]> = {
      Admission: ["participantId", "account", "signer", "roles"],
      RoleChange: ["participantId", "roles"],
      Suspension: ["participantId"],
      Reinstatement: ["participantId"],
      SignerRotation: ["participantId", "signer"],
      AccountChange: ["participantId", "account"],
      GovernorChange: ["governors", "threshold"],
      Succession: ["successor"],
    };
    for (const [kind, fields] of Object.entries(own) as [ProposalKind, string[]][]) {
      it(`${kind} has no field but its own`, async () => {
        for (const [name, extra] of Object.entries(foreign)) {
          if (fields.includes(name)) continue;
          await refused(
            attempt(kind, { ...Object.assign({}, ...fields.map((f) => foreign[f])), ...extra }),
            "ProposalHasForeignField",
          );
        }
      });
    }

    const quorums: [string, (digest: string) => string][] = [
      ["one signature short", (digest) => sign(governorKeys[0]!, digest)],
      ["no signatures", () => "0x"],
      [
        "signatures in the wrong order",
        (digest) => join(sign(governorKeys[1]!, digest), sign(governorKeys[0]!, digest)),
      ],
      ["one governor twice", (digest) => join(sign(governorKeys[0]!, digest), sign(governorKeys[0]!, digest))],
      [
        "a stranger among the governors",
        (digest) => join(...[governorKeys[0]!, governorKeys[1]!, strangerKey].map((key) => sign(key, digest))),
      ],
      [
        "a stranger in place of a governor",
        (digest) => join(...[governorKeys[2]!, strangerKey].map((key) => sign(key, digest))),
      ],
      ["a byte too many", (digest) => join(...governorKeys.map((key) => sign(key, digest)), "0x00")],
      ["signatures over something else", () => join(...governorKeys.map((key) => sign(key, id("something else"))))],
    ];
    for (const [name, signatures] of quorums) {
      it(`fails with ${name}`, async () => {
        const proposal = await installation.proposal("Suspension", { participantId: 1 });
        const digest = installation.proposalDigest(proposal);
        await refused(installation.method("execute")(proposal, signatures(digest)), "QuorumMissing", digest);
      });
    }

    it("takes any governors in order: the first two, the outer two, the last two, all", async () => {
      const [a, b, c] = governorKeys as [(typeof governorKeys)[0], (typeof governorKeys)[0], (typeof governorKeys)[0]];
      const kinds = ["Suspension", "Reinstatement", "Suspension", "Reinstatement"] as const;
      for (const [i, keys] of [
        [a, b],
        [a, c],
        [b, c],
        [a, b, c],
      ].entries()) {
        await attempt(kinds[i]!, { participantId: 1 }, keys);
      }
      expect((await participant(1)).active).to.equal(true);
    });
  });

  describe("governors", () => {
    const others = ["x", "y", "z"]
      .map((name) => new Wallet(id(name)).address)
      .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));

    it("hand over to new governors, whose signatures alone count from then on", async () => {
      const [a, b, c] = governorKeys as [(typeof governorKeys)[0], (typeof governorKeys)[0], (typeof governorKeys)[0]];
      const sent = await attempt("GovernorChange", { governors: [addressOf(b), addressOf(c)], threshold: 2 });
      const log = installation.logs(await sent.wait()).find(({ name }) => name === "GovernorsSet");
      expect([...(log?.args.governors ?? [])]).to.deep.equal([addressOf(b), addressOf(c)]);
      expect(log?.args.registryHead).to.equal(await installation.method("registryHead").staticCall());
      await refused(attempt("Suspension", { participantId: 1 }, [a, b]), "QuorumMissing");
      await attempt("Suspension", { participantId: 1 }, [b, c]);
    });

    it("cannot lock themselves out", async () => {
      const wrong: [string[], number][] = [
        [[], 2],
        [others.slice(0, 1), 1],
        [others, 1],
        [others, 4],
        [[...others].reverse(), 2],
        [[others[0]!, others[0]!], 2],
        [[ZeroAddress, others[0]!], 2],
      ];
      for (const [governors, threshold] of wrong) {
        await refused(attempt("GovernorChange", { governors, threshold }), "GovernorsInvalid");
      }
    });

    it("may grow and shrink, and nothing of a longer list stays behind", async () => {
      const long = [...others, ...governorKeys.map(addressOf)].sort((a, b) =>
        a.toLowerCase() < b.toLowerCase() ? -1 : 1,
      );
      await attempt("GovernorChange", { governors: long, threshold: 3 });
      await attempt("GovernorChange", { governors: governorKeys.map(addressOf), threshold: 2 }, governorKeys);
      const [named, threshold] = await installation.method("governors").staticCall();
      expect([...named]).to.deep.equal(governorKeys.map(addressOf));
      expect(threshold).to.equal(2n);
    });
  });

  describe("succession", () => {
    it("points one way, once", async () => {
      expect(await installation.method("succeededBy").staticCall()).to.equal(ZeroAddress);
      const sent = await attempt("Succession", { successor: stranger });
      const log = installation.logs(await sent.wait()).find(({ name }) => name === "SucceededBy");
      expect(log?.args.successor).to.equal(stranger);
      expect(await installation.method("succeededBy").staticCall()).to.equal(stranger);
      await refused(
        attempt("Succession", { successor: addressOf(governorKeys[0]!) }),
        "ProposalSuccessorAlreadySet",
        stranger,
      );
    });

    it("points somewhere", () => refused(attempt("Succession"), "ProposalAddressZero", 8));
  });
});
