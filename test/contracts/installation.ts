import {
  type Contract,
  type ContractTransactionReceipt,
  id,
  type Log,
  SigningKey,
  Wallet,
  ZeroAddress,
  ZeroHash,
} from "ethers";
import hre from "hardhat";
import {
  acceptanceDigest,
  type CustodyEvent,
  type Domain,
  digestOf,
  domainOf,
  type EventHashes,
  encodeHeader,
  hashEvent,
  type Item,
  type Kind,
  OTHER_TYPES,
  PROPOSAL_TYPES,
  passportIdOf,
  ZERO_HEAD,
} from "../../scripts/typedData.ts";

/** Roles, one bit each. */
export const ROLE = {
  PRODUCER: 1,
  REGISTRAR: 2,
  CUSTODIAN: 4,
  SECOND_LIFE: 8,
  DISMANTLER: 16,
  RECYCLER: 32,
  TEST_LAB: 64,
  REGULATOR: 128,
  OPERATOR: 256,
} as const;

/** In the contract's order. */
export const REASON = [
  "None",
  "UnknownKind",
  "MalformedHeader",
  "BadItemCount",
  "ItemsNotAscending",
  "DeclinedOutOfRange",
  "NothingAccepted",
  "DeadlinePassed",
  "DeadlineTooFar",
  "OccurredInFuture",
  "ActorInactive",
  "ActorLacksRole",
  "CounterpartyInactive",
  "CounterpartyLacksRole",
  "BadActorSignature",
  "BadCounterpartySignature",
  "BadQuorum",
  "StaleHead",
  "NotCustodian",
  "NotActive",
  "Held",
  "AlreadyExists",
  "WrongIssuer",
  "AlreadyMoved",
  "NoInputs",
  "NoOutputs",
  "TransformationIncomplete",
] as const;
export type Reason = (typeof REASON)[number];

export const PROPOSAL_KINDS = [
  "None",
  "Admission",
  "RoleChange",
  "Suspension",
  "Reinstatement",
  "SignerRotation",
  "AccountChange",
  "GovernorChange",
  "Succession",
] as const;
export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

/** How participants sign: with a key, or by a contract wallet that their key owns. */
export const SIGNATURE_TYPES = ["ECDSA", "ERC-1271"] as const;
export type SignatureType = (typeof SIGNATURE_TYPES)[number];

/** The firms of the tests, with ids and rights. */
export const CAST = {
  producer: { id: 1, roles: ROLE.PRODUCER | ROLE.CUSTODIAN },
  fleet: { id: 2, roles: ROLE.CUSTODIAN },
  workshop: { id: 3, roles: ROLE.CUSTODIAN | ROLE.SECOND_LIFE | ROLE.DISMANTLER },
  recycler: { id: 4, roles: ROLE.CUSTODIAN | ROLE.RECYCLER },
  regulator: { id: 5, roles: ROLE.REGULATOR },
  operator: { id: 6, roles: ROLE.OPERATOR },
  registrar: { id: 7, roles: ROLE.REGISTRAR | ROLE.CUSTODIAN },
} as const;
export type Name = keyof typeof CAST;

const THRESHOLD = 2;
export const RESOLVER = "https://passports.example/p/";
const DAY = 86_400;

export type Firm = { id: number; key: SigningKey; signer: string; account: string };
export type Signed = {
  event: CustodyEvent;
  hashes: EventHashes;
  header: string;
  declined: bigint;
  signatures: string;
};
export type Outcome = {
  receipt: ContractTransactionReceipt;
  applied: { digest: string; applied: bigint }[];
  rejected: { digest: string; eventIndex: bigint; itemIndex: bigint; reason: Reason }[];
};
export type SignOptions = {
  declined?: bigint;
  actorKey?: SigningKey;
  counterpartyKey?: SigningKey;
  governorKeys?: readonly SigningKey[];
  acceptedDeclined?: bigint;
};

export const WHOLE_EVENT = (1n << 256n) - 1n;
export const EMPTY_PROPOSAL = {
  kind: 0,
  participantId: 0,
  account: ZeroAddress,
  signer: ZeroAddress,
  roles: 0,
  governors: [] as string[],
  threshold: 0,
  successor: ZeroAddress,
  recordHash: ZeroHash,
  deadline: 0,
  registryHead: ZeroHash,
};
export type ProposalFields = Partial<typeof EMPTY_PROPOSAL>;

const keyOf = (label: string): SigningKey => new SigningKey(id(label));
export const addressOf = (key: SigningKey): string => new Wallet(key.privateKey).address;
const byAddress = (a: SigningKey, b: SigningKey): number =>
  addressOf(a).toLowerCase() < addressOf(b).toLowerCase() ? -1 : 1;

export const governorKeys = ["governor a", "governor b", "governor c"].map(keyOf).sort(byAddress);
export const strangerKey = keyOf("stranger");
export const sign = (key: SigningKey, digest: string): string => key.sign(digest).serialized;
export const join = (...parts: string[]): string => `0x${parts.map((part) => part.slice(2)).join("")}`;
export const sized = (hex: string): number => (hex.length - 2) / 2;

/** One deployed contract with everybody admitted, on a chain of its own, and the hands to use it. */
export class Installation {
  readonly connection: Awaited<ReturnType<typeof connect>>;
  readonly contract: Contract;
  readonly domain: Domain;
  readonly firms: Record<Name, Firm>;
  readonly deploymentBlock: number;

  private constructor(
    connection: Awaited<ReturnType<typeof connect>>,
    contract: Contract,
    domain: Domain,
    firms: Record<Name, Firm>,
    deploymentBlock: number,
  ) {
    this.connection = connection;
    this.contract = contract;
    this.domain = domain;
    this.firms = firms;
    this.deploymentBlock = deploymentBlock;
  }

  static async deploy(signatureType: SignatureType = "ECDSA"): Promise<Installation> {
    const connection = await connect();
    const { ethers } = connection;
    const deployed = await ethers.deployContract("BatteryPassport", [governorKeys.map(addressOf), THRESHOLD, RESOLVER]);
    const contract = deployed as unknown as Contract;
    const deploymentBlock = await ethers.provider.getBlockNumber();
    const { chainId } = await ethers.provider.getNetwork();
    const domain = domainOf(chainId, await contract.getAddress());

    const accounts = await ethers.getSigners();
    const firms = {} as Record<Name, Firm>;
    for (const [position, name] of (Object.keys(CAST) as Name[]).entries()) {
      const key = keyOf(name);
      const signer =
        signatureType === "ECDSA"
          ? addressOf(key)
          : await (await ethers.deployContract("TestWallet", [addressOf(key)])).getAddress();
      firms[name] = { id: CAST[name].id, key, signer, account: accounts[position + 1]?.address ?? "" };
    }
    const installation = new Installation(connection, contract, domain, firms, deploymentBlock);
    for (const name of Object.keys(CAST) as Name[]) {
      const { id: participantId, account, signer } = firms[name];
      const recordHash = id(`record of ${name}`);
      await installation.execute("Admission", { participantId, account, signer, roles: CAST[name].roles, recordHash });
    }
    return installation;
  }

  async now(): Promise<number> {
    return this.connection.networkHelpers.time.latest();
  }

  // ---- custody --------------------------------------------------------------------------------------------------

  /** An event as yet unsigned; times default to now and a day ahead. */
  async event(
    kind: Kind,
    actor: Name | number,
    items: readonly Item[],
    more: Partial<Omit<CustodyEvent, "kind" | "actor" | "items" | "counterparty">> & { to?: Name | number } = {},
  ): Promise<CustodyEvent> {
    const now = await this.now();
    const idOf = (who: Name | number): number => (typeof who === "number" ? who : CAST[who].id);
    return {
      kind,
      actor: idOf(actor),
      counterparty: idOf(more.to ?? 0),
      occurredAt: more.occurredAt ?? now,
      deadline: more.deadline ?? now + DAY,
      items: [...items].sort((a, b) => (a.passportId < b.passportId ? -1 : 1)),
    };
  }

  sign(event: CustodyEvent, options: SignOptions = {}): Signed {
    const hashes = hashEvent(this.domain, event);
    const declined = options.declined ?? 0n;
    const first =
      event.kind === "reassignment"
        ? join(...(options.governorKeys ?? governorKeys.slice(0, THRESHOLD)).map((key) => sign(key, hashes.digest)))
        : sign(options.actorKey ?? this.keyOf(event.actor), hashes.digest);
    const second =
      event.kind === "handover" || event.kind === "reassignment"
        ? sign(
            options.counterpartyKey ?? this.keyOf(event.counterparty),
            acceptanceDigest(this.domain, hashes.digest, options.acceptedDeclined ?? declined),
          )
        : "0x";
    return { event, hashes, header: encodeHeader(event, sized(first)), declined, signatures: join(first, second) };
  }

  async submit(...signed: Signed[]): Promise<Outcome> {
    return this.submitRaw(
      signed.map(({ header, event, declined, signatures }) => ({ header, items: event.items, declined, signatures })),
    );
  }

  async submitRaw(
    events: readonly { header: string; items: readonly Item[]; declined: bigint; signatures: string }[],
  ): Promise<Outcome> {
    const sent = await this.method("submit")(events);
    const receipt = (await sent.wait()) as ContractTransactionReceipt;
    const logs = this.logs(receipt);
    return {
      receipt,
      applied: logs
        .filter(({ name }) => name === "CustodyEventApplied")
        .map(({ args }) => ({ digest: args.digest as string, applied: args.applied as bigint })),
      rejected: logs
        .filter(({ name }) => name === "Rejected")
        .map(({ args }) => ({
          digest: args.digest as string,
          eventIndex: args.eventIndex as bigint,
          itemIndex: args.itemIndex as bigint,
          reason: REASON[Number(args.reason)] as Reason,
        })),
    };
  }

  /** Mints one passport for each uid and returns what the next event of each must build on, ascending by id. */
  async mint(issuer: Name, ...uids: string[]): Promise<Item[]> {
    const items = uids.map((uid) => newItem(CAST[issuer].id, uid));
    const signed = this.sign(await this.event("mint", issuer, items));
    const { rejected } = await this.submit(signed);
    if (rejected.length > 0) throw new Error(`not minted: ${rejected[0]?.reason}`);
    return following(signed);
  }

  /** Hands items over, both sides signing, and returns what the next event of each must build on. */
  async handOver(from: Name, to: Name, items: readonly Item[]): Promise<Item[]> {
    const signed = this.sign(await this.event("handover", from, items, { to }));
    const { rejected } = await this.submit(signed);
    if (rejected.length > 0) throw new Error(`not handed over: ${rejected[0]?.reason}`);
    return following(signed);
  }

  // ---- the quorum -----------------------------------------------------------------------------------------------

  async proposal(kind: ProposalKind, fields: ProposalFields = {}): Promise<typeof EMPTY_PROPOSAL> {
    return {
      ...EMPTY_PROPOSAL,
      kind: PROPOSAL_KINDS.indexOf(kind),
      deadline: (await this.now()) + DAY,
      registryHead: (await this.method("registryHead").staticCall()) as string,
      ...fields,
    };
  }

  proposalDigest(proposal: typeof EMPTY_PROPOSAL): string {
    const types = PROPOSAL_TYPES[proposal.kind] ?? {};
    return digestOf(this.domain, types, proposal);
  }

  quorum(digest: string, keys: readonly SigningKey[] = governorKeys.slice(0, THRESHOLD)): string {
    return join(...keys.map((key) => sign(key, digest)));
  }

  async execute(kind: ProposalKind, fields: ProposalFields = {}, keys?: readonly SigningKey[]) {
    const proposal = await this.proposal(kind, fields);
    const sent = await this.method("execute")(proposal, this.quorum(this.proposalDigest(proposal), keys));
    return (await sent.wait()) as ContractTransactionReceipt;
  }

  // ---- holds and anchors ----------------------------------------------------------------------------------------

  async hold(passportId: string, options: HoldOptions = {}): Promise<ContractTransactionReceipt> {
    const sent = await this.method("hold")(...(await this.holdArguments(passportId, options)));
    return (await sent.wait()) as ContractTransactionReceipt;
  }

  async holdArguments(passportId: string, options: HoldOptions = {}) {
    const now = await this.now();
    const regulator = options.regulator ?? CAST.regulator.id;
    const counter = options.counter ?? 1;
    const until = options.until ?? now + 30 * DAY;
    const reasonHash = options.reasonHash ?? id("reason");
    const deadline = options.deadline ?? now + DAY;
    const key = options.key ?? this.keyOf(regulator);
    const value = { passportId, regulator, counter, until, reasonHash, deadline };
    const signature = sign(key, digestOf(this.domain, OTHER_TYPES.Hold, value));
    return [passportId, regulator, counter, until, reasonHash, deadline, signature] as const;
  }

  async release(passportId: string, options: ReleaseOptions = {}): Promise<ContractTransactionReceipt> {
    const sent = await this.method("release")(...(await this.releaseArguments(passportId, options)));
    return (await sent.wait()) as ContractTransactionReceipt;
  }

  async releaseArguments(passportId: string, options: ReleaseOptions = {}) {
    const regulator = options.regulator ?? CAST.regulator.id;
    const counter = options.counter ?? 1;
    const reasonHash = options.reasonHash ?? id("all is well");
    const deadline = options.deadline ?? (await this.now()) + DAY;
    const digest = digestOf(this.domain, OTHER_TYPES.Release, { passportId, regulator, counter, reasonHash, deadline });
    const signatures =
      regulator === 0 ? this.quorum(digest, options.governorKeys) : sign(options.key ?? this.keyOf(regulator), digest);
    return [passportId, regulator, counter, reasonHash, deadline, signatures] as const;
  }

  async anchor(options: AnchorOptions = {}): Promise<ContractTransactionReceipt> {
    const sent = await this.method("anchor")(...(await this.anchorArguments(options)));
    return (await sent.wait()) as ContractTransactionReceipt;
  }

  async anchorArguments(options: AnchorOptions = {}) {
    const publisher = options.publisher ?? CAST.operator.id;
    const value = {
      publisher,
      root: options.root ?? id("root"),
      count: options.count ?? 100,
      manifestHash: options.manifestHash ?? id("manifest"),
      prevAccumulator: options.prevAccumulator ?? ((await this.method("accumulator").staticCall(publisher)) as string),
    };
    const signature = sign(options.key ?? this.keyOf(publisher), digestOf(this.domain, OTHER_TYPES.Anchor, value));
    return [publisher, value.root, value.count, value.manifestHash, value.prevAccumulator, signature] as const;
  }

  // ---- looking --------------------------------------------------------------------------------------------------

  method(name: string) {
    return this.contract.getFunction(name);
  }

  async state(passportId: string): Promise<string> {
    return (await this.method("passport").staticCall(passportId)) as string;
  }

  logs(receipt: { logs: readonly Log[] }) {
    return receipt.logs.flatMap((log) => {
      const parsed = this.contract.interface.parseLog(log);
      return parsed === null ? [] : [{ name: parsed.name, args: parsed.args }];
    });
  }

  keyOf(participantId: number): SigningKey {
    const firm = Object.values(this.firms).find((known) => known.id === participantId);
    return firm?.key ?? strangerKey;
  }
}

export type HoldOptions = {
  regulator?: number;
  counter?: number;
  until?: number;
  reasonHash?: string;
  deadline?: number;
  key?: SigningKey;
};
export type ReleaseOptions = Omit<HoldOptions, "until"> & { governorKeys?: readonly SigningKey[] };
export type AnchorOptions = {
  publisher?: number;
  root?: string;
  count?: number;
  manifestHash?: string;
  prevAccumulator?: string;
  key?: SigningKey;
};

const connect = () => hre.network.create();

export const newItem = (issuer: number, uid: string): Item => ({
  passportId: passportIdOf(issuer, uid),
  prevHead: ZERO_HEAD,
  recordHash: id(`record of ${uid}`),
});

/** The items as the next event of their passports names them: built on the heads that this event made. */
export const following = ({ event, hashes }: Signed): Item[] =>
  event.items.map((item, position) => ({ ...item, prevHead: hashes.heads[position] ?? ZERO_HEAD }));
