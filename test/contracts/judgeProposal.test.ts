import { expect } from "chai";
import { id, Wallet, ZeroAddress } from "ethers";
import { judgeProposal, type Registered, type RegistryView } from "../../backend/domain/participants/judgeProposal.ts";
import { PROPOSAL_KINDS as DOMAIN_KINDS, type Proposal } from "../../backend/domain/participants/proposals.ts";
import type { Address } from "../../backend/domain/types.ts";
import { addressOf, CAST, governorKeys, Installation, PROPOSAL_KINDS, type ProposalFields } from "./installation.ts";
import { registryCalls, SPARE } from "./registryCalls.ts";

/** What the operator calls what the contract reverts with. */
const CODE_OF: Record<string, string> = {
  GovernorsInvalid: "governors-invalid",
  ProposalSuccessorAlreadySet: "successor-already-set",
  ParticipantExists: "participant-exists",
  ParticipantUnknown: "participant-not-found",
  ParticipantAlreadySuspended: "participant-already-suspended",
  ParticipantNotSuspended: "participant-not-suspended",
  ProposalRolesUnknown: "proposal-roles-unknown",
  ProposalAddressZero: "proposal-address-zero",
  ParticipantSignerZero: "proposal-address-zero",
};

const ACTIVE = CAST.fleet.id;
const SUSPENDED = CAST.workshop.id;
const lower = (address: string) => address.toLowerCase() as Address;
const someone = lower(Wallet.createRandom().address);
const addresses = [ZeroAddress, someone];
const roles = [0, 5, 511, 512, 0x8000];
const governors = governorKeys.map(addressOf);
const many = Array.from({ length: 21 }, (_, i) => `0x${String(i + 10).padStart(40, "0")}`);

type Case = { readonly kind: (typeof PROPOSAL_KINDS)[number]; readonly fields: ProposalFields };
const forEach = <T>(values: readonly T[], fields: (value: T) => ProposalFields): ProposalFields[] => values.map(fields);
const participants = [ACTIVE, SUSPENDED, SPARE].map((participantId) => ({ participantId }));
const CASES: readonly Case[] = [
  ...participants.flatMap((who) => [
    ...addresses.flatMap((account) =>
      addresses.flatMap((signer) =>
        roles.map((bits): Case => ({ kind: "Admission", fields: { ...who, account, signer, roles: bits } })),
      ),
    ),
    ...forEach(roles, (bits) => ({ ...who, roles: bits })).map((fields): Case => ({ kind: "RoleChange", fields })),
    { kind: "Suspension", fields: who } as const,
    { kind: "Reinstatement", fields: who } as const,
    ...forEach(addresses, (signer) => ({ ...who, signer })).map((fields): Case => ({ kind: "SignerRotation", fields })),
    ...forEach(addresses, (account) => ({ ...who, account })).map(
      (fields): Case => ({ kind: "AccountChange", fields }),
    ),
  ]),
  ...[
    governors,
    [...governors].reverse(),
    governors.slice(0, 1),
    [governors[0]!, governors[0]!],
    [ZeroAddress, someone],
    many,
    many.slice(1),
  ].flatMap((list) =>
    [1, 2, 3, 4].map((threshold): Case => ({ kind: "GovernorChange", fields: { governors: list, threshold } })),
  ),
  ...forEach(addresses, (successor) => ({ successor })).map((fields): Case => ({ kind: "Succession", fields })),
];

describe("judgeProposal, beside the contract", () => {
  let installation: Installation;
  before(async () => {
    installation = await Installation.deploy();
    await attempt("Suspension", { participantId: SUSPENDED, recordHash: id("reason") });
  });
  const { participant, attempt } = registryCalls(() => installation);

  const viewOf = async (successor: Address | null): Promise<RegistryView> => {
    const known = await Promise.all(
      [ACTIVE, SUSPENDED].map(async (one) => {
        const { account, signer, ...rest } = await participant(one);
        return [one, { account: lower(account), signer: lower(signer), ...rest } as Registered] as const;
      }),
    );
    return { participants: new Map(known), successor };
  };

  /** The code for the contract's error, or null where it would execute. */
  const contractSays = async ({ kind, fields }: Case): Promise<string | null> => {
    const proposal = await installation.proposal(kind, { recordHash: id("record"), ...fields });
    const signatures = installation.quorum(installation.proposalDigest(proposal));
    try {
      await installation.method("execute").staticCall(proposal, signatures);
      return null;
    } catch (error) {
      const name = /custom error '(\w+)\(/.exec(String(error))?.[1];
      return CODE_OF[name ?? ""] ?? `no code for ${name ?? error}`;
    }
  };

  const domainSays = ({ kind, fields }: Case, view: RegistryView): string | null => {
    const { governors: list = [], ...rest } = fields;
    const domainKind = DOMAIN_KINDS[PROPOSAL_KINDS.indexOf(kind)];
    const proposal = { ...rest, kind: domainKind, governors: list.map(lower) } as unknown as Proposal;
    return judgeProposal(proposal, view)?.code ?? null;
  };

  const compare = async (cases: readonly Case[], successor: Address | null) => {
    const view = await viewOf(successor);
    const seen = new Set<string | null>();
    for (const one of cases) {
      const said = await contractSays(one);
      seen.add(said);
      expect(domainSays(one, view), JSON.stringify(one)).to.equal(said);
    }
    return seen;
  };

  it(`refuses what it reverts, by name, and nothing else, in ${CASES.length} cases`, async () => {
    const seen = await compare(CASES, null);
    expect([...seen].sort()).to.include.members(
      [null, ...new Set(Object.values(CODE_OF))].filter((code) => code !== "successor-already-set"),
    );
  });

  it("refuses a second successor", async () => {
    await attempt("Succession", { successor: someone });
    const seen = await compare(
      CASES.filter(({ kind }) => kind === "Succession"),
      someone,
    );
    expect([...seen]).to.deep.equal(["successor-already-set"]);
  });
});
