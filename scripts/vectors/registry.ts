import { id, ZeroAddress, ZeroHash } from "ethers";
import {
  digestOf,
  domainSeparator,
  encodeType,
  genesisRegistryHead,
  nextParticipantHead,
  nextRegistryHead,
  PROPOSAL_TYPES,
  typeHash,
} from "../typedData.ts";
import {
  addressOf,
  CAST,
  contract,
  DAY,
  DEPLOYED_AT,
  domain,
  domainFields,
  FIRST_THRESHOLD,
  firstGovernors,
  join,
  keyOf,
  LATER_THRESHOLD,
  laterGovernors,
  sign,
} from "./story.ts";

const KINDS = [
  "none",
  "admission",
  "role-change",
  "suspension",
  "reinstatement",
  "signer-rotation",
  "account-change",
  "governor-change",
  "succession",
] as const;

const NOTHING = {
  participantId: 0,
  account: ZeroAddress,
  signer: ZeroAddress,
  roles: 0,
  governors: [] as string[],
  threshold: 0,
  successor: ZeroAddress,
  recordHash: ZeroHash,
};
type Fields = Partial<typeof NOTHING>;
type Standing = { account: string; signer: string; roles: number; active: boolean; recordHash: string; head: string };

/** The quorum's decisions in order, each with the heads after it; 00 is the deployment. */
export function registryVectors(): Record<string, unknown> {
  const vectors: Record<string, unknown> = {};
  const participants = new Map<number, Standing>();
  let governors = firstGovernors;
  let threshold = FIRST_THRESHOLD;
  let time = DEPLOYED_AT;
  let registryHead = genesisRegistryHead(governors.map(addressOf), threshold, time);
  const file = (name: string, vector: unknown): void => {
    vectors[`${String(Object.keys(vectors).length).padStart(2, "0")}-${name}`] = vector;
  };

  file("genesis", {
    description: "The constructor names the first governors.",
    domain: domainFields,
    blockTime: time,
    governors: governors.map(addressOf),
    threshold,
    expected: { domainSeparator: domainSeparator(domain), registryHead },
  });

  const change = (participantId: number, cause: string, after: Partial<Standing>): Standing => {
    const before = participants.get(participantId) ?? {
      account: ZeroAddress,
      signer: ZeroAddress,
      roles: 0,
      active: true,
      recordHash: ZeroHash,
      head: ZeroHash,
    };
    const { head: previous, ...state } = { ...before, ...after };
    const standing = { ...state, head: nextParticipantHead(previous, participantId, { cause, ...state, time }) };
    participants.set(participantId, standing);
    return standing;
  };

  const propose = (name: string, kind: (typeof KINDS)[number], fields: Fields, after?: Partial<Standing>): void => {
    time += 60;
    const proposal = { ...NOTHING, ...fields, deadline: time + DAY, registryHead };
    const types = PROPOSAL_TYPES[KINDS.indexOf(kind)] ?? {};
    const digest = digestOf(domain, types, proposal);
    const signatures = join(...governors.slice(0, threshold).map((key) => sign(key, digest)));
    registryHead = nextRegistryHead(registryHead, digest, time);
    const participant = after === undefined ? null : change(proposal.participantId, digest, after);
    file(name, {
      domain: domainFields,
      blockTime: time,
      kind,
      proposal,
      signatures,
      expected: { type: encodeType(types), typeHash: typeHash(types), digest, registryHead, participant },
    });
  };

  for (const [name, { id: participantId, roles }] of Object.entries(CAST)) {
    const fields = {
      participantId,
      account: addressOf(keyOf(`account of ${name}`)),
      signer: addressOf(keyOf(name)),
      roles,
      recordHash: id(`record of ${name}`),
    };
    const { participantId: _, ...standing } = fields;
    propose(`admission-of-${name}`, "admission", fields, { ...standing, active: true });
  }

  const spare = {
    account: addressOf(keyOf("account of spare")),
    signer: addressOf(keyOf("spare")),
    roles: 64,
    recordHash: id("record of spare"),
  };
  propose("admission-of-a-spare-with-the-highest-id", "admission", { participantId: 0xffffff, ...spare }, spare);
  const of = { participantId: 0xffffff };
  const reason = { recordHash: id("reason") };
  const record = { recordHash: id("new record") };
  propose("role-change-with-a-new-record", "role-change", { ...of, roles: 511, ...record }, { roles: 511, ...record });
  propose("role-change-that-keeps-the-record", "role-change", { ...of, roles: 0 }, { roles: 0 });
  propose("suspension", "suspension", { ...of, ...reason }, { active: false });
  const quorumSigner = { signer: addressOf(keyOf("spare, second key")) };
  propose("signer-rotation-while-suspended", "signer-rotation", { ...of, ...quorumSigner, ...reason }, quorumSigner);
  propose("reinstatement", "reinstatement", { ...of, ...reason }, { active: true });

  time += 60;
  const ownSigner = addressOf(keyOf("spare, third key"));
  file("rotation-by-the-account-itself", {
    domain: domainFields,
    blockTime: time,
    kind: "rotation-by-account",
    participantId: of.participantId,
    signer: ownSigner,
    sender: spare.account,
    expected: { registryHead, participant: change(of.participantId, ZeroHash, { signer: ownSigner }) },
  });

  const account = addressOf(keyOf("second account of spare"));
  propose("account-change", "account-change", { ...of, account, ...reason }, { account });
  propose("account-barred", "account-change", { ...of, ...reason }, { account: ZeroAddress });
  propose("governor-change", "governor-change", {
    governors: laterGovernors.map(addressOf),
    threshold: LATER_THRESHOLD,
    ...reason,
  });
  governors = laterGovernors;
  threshold = LATER_THRESHOLD;
  propose("succession", "succession", { successor: contract.replace(/.$/, "0"), ...reason });
  return vectors;
}
