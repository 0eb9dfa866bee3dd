import { createRequire } from "node:module";
import { AbiCoder, id, Signature, SigningKey, TypedDataEncoder, ZeroAddress, ZeroHash } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

/**
 * The same work done by the Ethereum Attestation Service, as its publishers compiled it: passport id and record hash in
 * an attestation that refers to the one before. Each side signs one of its own, so a handover that both sides consent to
 * is two. Nothing there enforces custody: who reads it must judge what follows from what.
 */
type Artifact = { readonly abi: unknown[]; readonly bytecode: string };
const artifactOf = (name: string): Artifact =>
  createRequire(import.meta.url)(
    `@ethereum-attestation-service/eas-contracts/artifacts/contracts/${name}.sol/${name}.json`,
  );

/** EIP-7825 allows 16,777,216 gas a transaction; an attestation takes some 250,000 at most. */
const ATTESTATIONS_PER_TRANSACTION = 60;
const FIRST_BLOCK_TIME = 2_001_000_000;
const SCHEMA = "bytes20 passportId,bytes32 recordHash";
const GIVER = new SigningKey(id("participant 1"));
const RECEIVER = new SigningKey(id("participant 2"));

const ATTEST_TYPES = {
  Attest: [
    { name: "attester", type: "address" },
    { name: "schema", type: "bytes32" },
    { name: "recipient", type: "address" },
    { name: "expirationTime", type: "uint64" },
    { name: "revocable", type: "bool" },
    { name: "refUID", type: "bytes32" },
    { name: "data", type: "bytes" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
};

type Gas = { readonly [step: string]: Readonly<Record<string, number>> };
type Attestation = { readonly key: SigningKey; readonly data: ReturnType<typeof attestationOf> };

/** Gas per item when that many passports are minted, handed over and closed, in as few transactions as hold them. */
export async function measureEas(connection: NetworkConnection, sizes: readonly number[]): Promise<Gas> {
  const { ethers } = connection;
  const [sender] = await ethers.getSigners();
  if (sender === undefined) throw new Error("The network has no account to send from.");
  const deploy = async (name: string, args: readonly unknown[]) => {
    const { abi, bytecode } = artifactOf(name);
    const deployed = await new ethers.ContractFactory(abi as [], bytecode, sender).deploy(...args);
    return new ethers.Contract(await deployed.getAddress(), abi as [], sender);
  };
  const registry = await deploy("SchemaRegistry", []);
  const eas = await deploy("EAS", [await registry.getAddress()]);
  const schema = ethers.solidityPackedKeccak256(["string", "address", "bool"], [SCHEMA, ZeroAddress, false]);
  await (await registry.getFunction("register")(SCHEMA, ZeroAddress, false)).wait();
  const { name, version, chainId, verifyingContract } = await eas.getFunction("eip712Domain")();
  const domain = { name, version, chainId, verifyingContract };

  let blockTime = FIRST_BLOCK_TIME;
  /** Sends one call and answers its gas with the uids it made. */
  const send = async (method: string, request: unknown): Promise<{ gas: number; uids: string[] }> => {
    // An attestation's uid hashes the block's time, and its zero bytes are cheaper: fixed, so that the figures are.
    blockTime += 12;
    await connection.provider.request({ method: "evm_setNextBlockTimestamp", params: [blockTime] });
    const receipt = await (await eas.getFunction(method)(request)).wait();
    const uids = receipt.logs.map((log: { data: string }) => log.data);
    return { gas: Number(receipt.gasUsed), uids };
  };

  const signed = (attestations: readonly Attestation[], firstNonces: Map<SigningKey, bigint>) =>
    attestations.map(({ key, data }) => {
      const attester = ethers.computeAddress(key.publicKey);
      const nonce = firstNonces.get(key) as bigint;
      firstNonces.set(key, nonce + 1n);
      const message = { attester, schema, ...data, nonce, deadline: 0n };
      const { v, r, s } = Signature.from(key.sign(TypedDataEncoder.hash(domain, ATTEST_TYPES, message)));
      return { attester, data, signature: { v, r, s } };
    });

  /** One attester's in one request, as the contract groups them. */
  const attestDelegated = async (attestations: readonly Attestation[]): Promise<{ gas: number; uids: string[] }> => {
    const nonces = new Map<SigningKey, bigint>();
    for (const key of [GIVER, RECEIVER]) {
      nonces.set(key, await eas.getFunction("getNonce")(ethers.computeAddress(key.publicKey)));
    }
    const entries = signed(attestations, nonces);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      return await send("attestByDelegation", { schema, ...only, deadline: 0n });
    }
    const requests = [...Map.groupBy(entries, ({ attester }) => attester)].map(([attester, group]) => ({
      schema,
      data: group.map(({ data }) => data),
      signatures: group.map(({ signature }) => signature),
      attester,
      deadline: 0n,
    }));
    return await send("multiAttestByDelegation", requests);
  };

  /** What the sender attests itself needs no signature, and proves no other party's consent. */
  const attestDirectly = async (attestations: readonly Attestation[]): Promise<{ gas: number; uids: string[] }> => {
    const [only] = attestations;
    if (attestations.length === 1 && only !== undefined) return await send("attest", { schema, data: only.data });
    return await send("multiAttest", [{ schema, data: attestations.map(({ data }) => data) }]);
  };

  const inTransactions = async (all: readonly Attestation[], attest: typeof attestDirectly) => {
    let gas = 0;
    const uids: string[] = [];
    for (let from = 0; from < all.length; from += ATTESTATIONS_PER_TRANSACTION) {
      const done = await attest(all.slice(from, from + ATTESTATIONS_PER_TRANSACTION));
      gas += done.gas;
      uids.push(...done.uids);
    }
    return { gas, uids };
  };

  const figures: Record<string, Record<string, number>> = {};
  // Whoever attested before has a nonce in storage already; what follows is the price of the everyday case.
  await attestDelegated([GIVER, RECEIVER].map((key) => ({ key, data: attestationOf("warm-up", "mint", ZeroHash) })));
  for (const size of sizes) {
    const note = (step: string, gas: number) => {
      figures[step] = { ...figures[step], [size]: Math.round(gas / size) };
    };
    const names = Array.from({ length: size }, (_, i) => `EAS ${size} ${i}`);
    const of = (key: SigningKey, step: string, refs: readonly string[]): Attestation[] =>
      names.map((passport, i) => ({ key, data: attestationOf(passport, step, refs[i] ?? ZeroHash) }));
    const direct = await inTransactions(of(GIVER, "mint", []), attestDirectly);
    note("mint, attested by the sender", direct.gas);
    const minted = await inTransactions(of(GIVER, "mint", []), attestDelegated);
    note("mint, delegated", minted.gas);
    const given = of(GIVER, "handover", minted.uids);
    const taken = of(RECEIVER, "acceptance", minted.uids);
    const handedOver = await inTransactions(
      given.flatMap((attestation, i) => [attestation, taken[i] as Attestation]),
      attestDelegated,
    );
    note("handover, two delegated", handedOver.gas);
    const closed = await inTransactions(of(RECEIVER, "closure", minted.uids), attestDelegated);
    note("closure, delegated", closed.gas);
  }
  return figures;
}

const attestationOf = (passport: string, step: string, refUID: string) => ({
  recipient: ZeroAddress,
  expirationTime: 0n,
  revocable: false,
  refUID,
  data: AbiCoder.defaultAbiCoder().encode(
    ["bytes20", "bytes32"],
    [id(passport).slice(0, 42), id(`${step} ${passport}`)],
  ),
  value: 0n,
});
