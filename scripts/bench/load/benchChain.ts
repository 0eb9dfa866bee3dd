import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Wallet } from "ethers";
import type { Pool } from "pg";
import { deployContract } from "../../../backend/chain/deploy.ts";
import { encodeExecute, REGISTRY_HEAD_CALL } from "../../../backend/chain/encodeCalls.ts";
import { connectJsonRpc, type JsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { readHeader } from "../../../backend/chain/readBlocks.ts";
import { waitForReceipt } from "../../../backend/chain/sendTransaction.ts";
import { createTransactor, type Transactor } from "../../../backend/chain/transactor.ts";
import { fromHex } from "../../../backend/domain/bytes.ts";
import type { SignedCustodyEvent } from "../../../backend/domain/custody/events.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { type Proposal, proposalDigest } from "../../../backend/domain/participants/proposals.ts";
import { roleBits } from "../../../backend/domain/participants/roles.ts";
import { addressOfSecret, signDigest } from "../../../backend/domain/signatures.ts";
import type { Hash, Hex } from "../../../backend/domain/types.ts";
import { startChain } from "../../../backend/embedded/chain.ts";
import type { Deployment } from "../../../backend/services/deployment.ts";
import { PRODUCER, participantRecord, secretOf } from "./acceptWorld.ts";

/** A chain of its own with the contract and one admitted producer. */
export type BenchChain = {
  readonly rpc: JsonRpc;
  readonly deployment: Deployment;
  readonly separator: Uint8Array;
  /** Puts events on the chain, so many in a transaction, and waits until all are final. */
  submit(events: readonly SignedCustodyEvent[], perTransaction: number): Promise<void>;
  stop(): Promise<void>;
};

/** @param blockMs shortest time between two blocks */
export async function startBenchChain(dataDir: string, blockMs: number): Promise<BenchChain> {
  const chain = await startChain({ dataDir, log: () => undefined, mineEveryMs: blockMs });
  const rpc = connectJsonRpc(chain.rpcUrl);
  const [deployer, relayer] = chain.accounts.map(({ privateKey }) => new Wallet(privateKey)) as [Wallet, Wallet];
  const secrets = [randomBytes(32), randomBytes(32)].sort((a, b) => (addressOfSecret(a) < addressOfSecret(b) ? -1 : 1));
  const quorum = { governors: secrets.map(addressOfSecret), threshold: 2 };
  const deployment = await deployContract(rpc, deployer, quorum, "https://bench.invalid/");
  const separator = domainSeparator(deployment);
  const transactor = createTransactor(rpc, deployer, deployment);
  const send = async (calldata: Uint8Array, nonce: number, gasLimit: number): Promise<Hash> => {
    const signed = await transactor.sign({ nonce, gasLimit, calldata, ...(await transactor.readMarketFees()) });
    const sent = await transactor.send(signed.raw);
    if (sent.outcome !== "sent") throw new Error(sent.reason);
    return signed.hash;
  };
  await admitProducer(rpc, deployment, separator, secrets, send, transactor);
  // The installation that relays here pays with a funded account.
  await writeFile(join(dataDir, "operator.key"), `${relayer.privateKey.slice(2)}\n`, { mode: 0o600 });
  return {
    rpc,
    deployment,
    separator,
    async submit(events, perTransaction) {
      let nonce = await transactor.readNonce();
      let last: Hash | undefined;
      for (let i = 0; i < events.length; i += perTransaction) {
        const part = events.slice(i, i + perTransaction);
        last = await send(transactor.encodeEvents(part), nonce++, 16_000_000);
        if (nonce % 20 === 0) await waitForReceipt(rpc, last); // the node's pool holds only so many
      }
      if (last === undefined) return;
      const { blockNumber } = await waitForReceipt(rpc, last);
      while ((await readHeader(rpc, "finalized")).number < blockNumber) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    stop: chain.stop,
  };
}

let record: ReturnType<typeof participantRecord> | undefined;

async function admitProducer(
  rpc: JsonRpc,
  deployment: Deployment,
  separator: Uint8Array,
  governors: readonly Uint8Array[],
  send: (calldata: Uint8Array, nonce: number, gasLimit: number) => Promise<Hash>,
  transactor: Transactor,
): Promise<void> {
  record = participantRecord(PRODUCER);
  const account = addressOfSecret(secretOf(PRODUCER));
  const proposal: Proposal = {
    kind: "admission",
    participantId: PRODUCER,
    account,
    signer: account,
    roles: roleBits(["PRODUCER", "CUSTODIAN"]),
    registryHead: (await rpc.call("eth_call", { to: deployment.contract, data: REGISTRY_HEAD_CALL }, "latest")) as Hash,
    deadline: Math.floor(Date.now() / 1000) + 3600,
    recordHash: record.hash,
  };
  const digest = proposalDigest(separator, proposal);
  const signatures = governors.map((secret) => signDigest(secret, digest).slice(2)).join("");
  const calldata = fromHex(encodeExecute(proposal, `0x${signatures}` as Hex));
  await waitForReceipt(rpc, await send(calldata, await transactor.readNonce(), 1_000_000));
}

/** Gives the producer's record to an operator, which holds every mint against it. */
export async function storeProducerRecord(pool: Pool): Promise<void> {
  const { hash, bytes } = record as NonNullable<typeof record>;
  await pool.query("INSERT INTO record (hash, bytes, type, subject) VALUES ($1, $2, 'participant/1', $3)", [
    hash,
    Buffer.from(bytes),
    `participant-${PRODUCER}`,
  ]);
  await pool.query("DELETE FROM missing_record");
}
