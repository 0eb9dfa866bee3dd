import { hexlify, randomBytes, Wallet } from "ethers";
import { type Deployment, deployContract } from "../../backend/chain/deploy.ts";
import { encodeExecute, encodeSubmit, REGISTRY_HEAD_CALL } from "../../backend/chain/encodeCalls.ts";
import { connectJsonRpc, type JsonRpc } from "../../backend/chain/jsonRpc.ts";
import {
  type Receipt,
  readMarketFees,
  readNonce,
  sendRaw,
  signTransaction,
  waitForReceipt,
} from "../../backend/chain/sendTransaction.ts";
import { ZERO_HASH, ZERO_HEAD } from "../../backend/domain/bytes.ts";
import type { CustodyEvent, CustodyKind, Item, SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { acceptanceDigest, eventDigest, hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { domainSeparator } from "../../backend/domain/eip712.ts";
import { type Proposal, proposalDigest } from "../../backend/domain/participants/proposals.ts";
import { type Role, roleBits } from "../../backend/domain/participants/roles.ts";
import type { Address, Hash, Head, Hex, PassportId } from "../../backend/domain/types.ts";
import type { TestChain } from "./chain.ts";

/** The first account of anvil's published test mnemonic: funded on every test chain, and on nothing else. */
const DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** The second one, for the relayer. */
export const RELAYER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

export type Member = { readonly id: number; readonly wallet: Wallet };
type NewItem = { readonly passportId: PassportId; readonly recordHash?: Hash };
type Draft = {
  readonly kind: CustodyKind;
  readonly actor: Member;
  readonly receiver?: Member;
  readonly declined?: bigint;
};

/** A deployed contract with a quorum of 2 of 3, and short ways to do things with it. */
export type TestContract = Deployment & {
  readonly rpc: JsonRpc;
  readonly separator: Uint8Array;
  readonly governors: readonly Wallet[];
  /** Sends a call from the deployer and waits until it is mined. */
  send(data: Hex, gasLimit?: number): Promise<Receipt>;
  /** Executes a proposal with two approvals. */
  execute(
    proposal: DistributiveOmit<Proposal, "registryHead" | "deadline" | "recordHash"> & { readonly recordHash?: Hash },
  ): Promise<Receipt>;
  /** @param recordHash of the participant's own record, where a test needs one */
  admit(id: number, roles: readonly Role[], recordHash?: Hash): Promise<Member>;
  /** Signs an event by both sides, valid from now for an hour of the chain's time. */
  sign(draft: Draft, items: readonly (Item | NewItem)[]): Promise<SignedCustodyEvent>;
  submit(...events: readonly SignedCustodyEvent[]): Promise<Receipt>;
  /** The heads of an event's items after it. */
  headsOf(event: CustodyEvent): Head[];
  now(): Promise<number>;
};
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export async function deployTestContract(chain: TestChain): Promise<TestContract> {
  const rpc = connectJsonRpc(chain.url);
  const deployer = new Wallet(DEPLOYER_KEY);
  const governors = Array.from({ length: 3 }, () => new Wallet(hexlify(randomBytes(32)))).sort((a, b) =>
    a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1,
  );
  const quorum = { governors: governors.map((governor) => lower(governor.address)), threshold: 2 };
  const deployment = await deployContract(rpc, deployer, quorum, "https://passports.example/");
  const separator = domainSeparator(deployment);

  const send = async (data: Hex, gasLimit = 8_000_000): Promise<Receipt> => {
    const signed = await signTransaction(deployer, {
      chainId: deployment.chainId,
      nonce: await readNonce(rpc, lower(deployer.address)),
      to: deployment.contract,
      data,
      gasLimit,
      ...(await readMarketFees(rpc)),
    });
    const sent = await sendRaw(rpc, signed.raw);
    if (sent.outcome !== "sent") throw new Error(sent.reason);
    const receipt = await waitForReceipt(rpc, signed.hash);
    if (!receipt.succeeded) throw new Error("The transaction reverted.");
    return receipt;
  };
  const now = async (): Promise<number> => {
    const block = await chain.rpc<{ timestamp: string }>("eth_getBlockByNumber", "latest", false);
    return Number(block.timestamp);
  };
  const execute: TestContract["execute"] = async (partial) => {
    const registryHead = await chain.rpc<Hash>(
      "eth_call",
      { to: deployment.contract, data: REGISTRY_HEAD_CALL },
      "latest",
    );
    const proposal = { recordHash: ZERO_HASH, ...partial, registryHead, deadline: (await now()) + 3600 } as Proposal;
    const digest = proposalDigest(separator, proposal);
    return send(encodeExecute(proposal, joinSignatures(governors.slice(0, 2), digest)));
  };

  return {
    ...deployment,
    rpc,
    separator,
    governors,
    send,
    execute,
    now,
    async admit(id, roles, recordHash = ZERO_HASH) {
      const wallet = new Wallet(hexlify(randomBytes(32)));
      const account = lower(wallet.address);
      await execute({
        kind: "admission",
        participantId: id,
        account,
        signer: account,
        roles: roleBits(roles),
        recordHash,
      });
      return { id, wallet };
    },
    async sign(draft, items) {
      const time = await now();
      const event: CustodyEvent = {
        kind: draft.kind,
        actor: draft.actor.id,
        counterparty: draft.receiver?.id ?? 0,
        occurredAt: time,
        deadline: time + 3600,
        items: items
          .map((item) => ({ prevHead: ZERO_HEAD, recordHash: `0x${"ab".repeat(32)}` as Hash, ...item }))
          .sort((a, b) => (a.passportId < b.passportId ? -1 : 1)),
      };
      return signEvent(separator, event, draft);
    },
    submit: (...events) => send(encodeSubmit(events), 16_000_000),
    headsOf: (event) => hashEvent(separator, event).heads,
  };
}

/** Signs an event by its actor and, where there is one, its receiver. */
export function signEvent(separator: Uint8Array, event: CustodyEvent, parties: Draft): SignedCustodyEvent {
  const digest = eventDigest(separator, event);
  const declined = parties.declined ?? 0n;
  const acceptance = acceptanceDigest(separator, digest, declined);
  return {
    ...event,
    actorSignature: signDigest(parties.actor.wallet, digest),
    counterpartySignature: parties.receiver === undefined ? "0x" : signDigest(parties.receiver.wallet, acceptance),
    declined,
  };
}

export const signDigest = (wallet: Wallet, digest: Hash): Hex => wallet.signingKey.sign(digest).serialized as Hex;

/** Signatures of governors as the contract takes them; the wallets come ascending by address. */
export const joinSignatures = (wallets: readonly Wallet[], digest: Hash): Hex =>
  `0x${wallets.map((wallet) => signDigest(wallet, digest).slice(2)).join("")}`;

export const lower = (address: string): Address => address.toLowerCase() as Address;

/** A passport id of that issuer that no other call has given. */
export function newPassportId(issuer: number): PassportId {
  return `0x${issuer.toString(16).padStart(6, "0")}${(++lastSerial).toString(16).padStart(34, "0")}` as PassportId;
}
let lastSerial = 0;
