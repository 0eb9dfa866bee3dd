import { computeAddress, id, SigningKey } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { encodeExecute, encodeSubmit } from "../../backend/chain/encodeCalls.ts";
import { ZERO_HEAD } from "../../backend/domain/bytes.ts";
import type { CustodyEvent, CustodyKind, Item, SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { acceptanceDigest, eventDigest, hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { domainSeparator } from "../../backend/domain/eip712.ts";
import { proposalDigest } from "../../backend/domain/participants/proposals.ts";
import { roleBits } from "../../backend/domain/participants/roles.ts";
import type { Address, Hash, Head, Hex, ParticipantId, PassportId } from "../../backend/domain/types.ts";

export const PARTICIPANTS = 10;
const FIRST_BLOCK_TIME = 2_000_000_000;
const LATER = FIRST_BLOCK_TIME + 7 * 24 * 3600;

/** Keys and times are fixed, so that every figure is the same on every machine. */
const keyOf = (name: string): SigningKey => new SigningKey(id(name));
const sign = (key: SigningKey, digest: Hash): Hex => key.sign(digest).serialized as Hex;
const addressOf = (key: SigningKey): Address => computeAddress(key.publicKey).toLowerCase() as Address;
const governors = ["governor a", "governor b", "governor c"]
  .map(keyOf)
  .sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));

/** A deployment with ten participants of every role, and passports that are minted, handed over and closed. */
export class GasScenario {
  readonly #connection: NetworkConnection;
  readonly #contract: Address;
  readonly #separator: Uint8Array;
  readonly #heads = new Map<PassportId, Head>();

  private constructor(connection: NetworkConnection, contract: Address, chainId: number) {
    this.#connection = connection;
    this.#contract = contract;
    this.#separator = domainSeparator({ chainId, contract });
  }

  static async deploy(connection: NetworkConnection): Promise<GasScenario> {
    const { ethers, provider } = connection;
    await provider.request({ method: "evm_setNextBlockTimestamp", params: [FIRST_BLOCK_TIME] });
    const contract = await ethers.deployContract("BatteryPassport", [
      governors.map(addressOf),
      2,
      "https://passport.example/",
    ]);
    const { chainId } = await ethers.provider.getNetwork();
    const address = (await contract.getAddress()).toLowerCase() as Address;
    const scenario = new GasScenario(connection, address, Number(chainId));
    for (let participant = 1; participant <= PARTICIPANTS; participant++) await scenario.#admit(participant);
    return scenario;
  }

  /** Sends calldata to the contract and returns the gas of the whole transaction. */
  async send(data: Hex): Promise<number> {
    const { ethers } = this.#connection;
    const [sender] = await ethers.getSigners();
    if (sender === undefined) throw new Error("The network has no account to send from.");
    const sent = await sender.sendTransaction({ to: this.#contract, data, gasLimit: 16_777_216 });
    const receipt = await sent.wait();
    if (receipt === null || receipt.status !== 1) throw new Error("The transaction failed.");
    return Number(receipt.gasUsed);
  }

  /** Gas of one transaction that submits the events; throws unless every item took effect. */
  async submit(events: readonly SignedCustodyEvent[]): Promise<number> {
    const gas = await this.send(encodeSubmit(events));
    const { ethers } = this.#connection;
    const contract = await ethers.getContractAt("BatteryPassport", this.#contract);
    for (const event of events) {
      hashEvent(this.#separator, event).heads.forEach((head, i) => {
        this.#heads.set((event.items[i] as Item).passportId, head);
      });
    }
    for (const { passportId } of events.flatMap(({ items }) => items)) {
      const word = (await contract.getFunction("passport")(passportId)) as string;
      if (!word.startsWith(this.#heads.get(passportId) as string)) throw new Error(`${passportId} did not move.`);
    }
    return gas;
  }

  /** A signed event over these passports, each built on its present head. */
  event(
    kind: CustodyKind,
    actor: ParticipantId,
    counterparty: ParticipantId,
    passports: readonly PassportId[],
  ): SignedCustodyEvent {
    const items = [...passports].sort().map((passportId) => ({
      passportId,
      prevHead: this.#heads.get(passportId) ?? ZERO_HEAD,
      recordHash: id(`record of ${kind} ${passportId}`) as Hash,
    }));
    const event: CustodyEvent = { kind, actor, counterparty, occurredAt: FIRST_BLOCK_TIME, deadline: LATER, items };
    const digest = eventDigest(this.#separator, event);
    const accepted = counterparty !== 0;
    return {
      ...event,
      declined: 0n,
      actorSignature: sign(keyOf(`participant ${actor}`), digest),
      counterpartySignature: accepted
        ? sign(keyOf(`participant ${counterparty}`), acceptanceDigest(this.#separator, digest, 0n))
        : "0x",
    };
  }

  /** Gas of anchoring that many data records; the publisher has anchored before. */
  async anchor(count: number): Promise<number> {
    const { ethers } = this.#connection;
    const publisher = 1;
    const contract = await ethers.getContractAt("BatteryPassport", this.#contract);
    const previous = (await contract.getFunction("accumulator")(publisher)) as string;
    const message = {
      publisher,
      root: id(`root ${count}`),
      count,
      manifestHash: id("manifest"),
      prevAccumulator: previous,
    };
    const digest = ethers.TypedDataEncoder.hash(
      {
        name: "BatteryPassport",
        version: "1",
        chainId: (await ethers.provider.getNetwork()).chainId,
        verifyingContract: this.#contract,
      },
      {
        Anchor: [
          { name: "publisher", type: "uint24" },
          { name: "root", type: "bytes32" },
          { name: "count", type: "uint32" },
          { name: "manifestHash", type: "bytes32" },
          { name: "prevAccumulator", type: "bytes32" },
        ],
      },
      message,
    ) as Hash;
    const signature = sign(keyOf(`participant ${publisher}`), digest);
    const data = contract.interface.encodeFunctionData("anchor", [...Object.values(message), signature]);
    return this.send(data as Hex);
  }

  async #admit(participantId: ParticipantId): Promise<void> {
    const contract = await this.#connection.ethers.getContractAt("BatteryPassport", this.#contract);
    const address = addressOf(keyOf(`participant ${participantId}`));
    const proposal = {
      kind: "admission",
      participantId,
      account: address,
      signer: address,
      roles: roleBits(["PRODUCER", "CUSTODIAN", "RECYCLER", "OPERATOR"]),
      recordHash: id(`record of participant ${participantId}`) as Hash,
      deadline: LATER,
      registryHead: (await contract.getFunction("registryHead")()) as Hash,
    } as const;
    const digest = proposalDigest(this.#separator, proposal);
    const signatures = governors.slice(0, 2).map((key) => sign(key, digest).slice(2));
    await this.send(encodeExecute(proposal, `0x${signatures.join("")}`));
  }
}
