import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { ZERO_HEAD } from "../../backend/domain/bytes.ts";
import { formatSignedCustodyEvent, type SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { eventDigest } from "../../backend/domain/custody/hashEvent.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { RecordType } from "../../backend/domain/records/recordTypes.ts";
import type { Hash, Head, JsonObject, PassportId, Uid } from "../../backend/domain/types.ts";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { inTransaction } from "../../backend/storage/database.ts";
import { storeRecord } from "../../backend/storage/records.ts";
import { type RunningServer, runServer } from "../main/runServer.ts";
import { startTestChain, type TestChain, type TestChainOptions } from "../support/chain.ts";
import { deployTestContract, lower, type Member, type TestContract } from "../support/contract.ts";
import { createDatabase, freePort, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

/** An event as it is posted, with what a test follows it by. */
export type Post = {
  readonly digest: Hash;
  readonly signed: SignedCustodyEvent;
  readonly heads: readonly Head[];
  readonly body: string;
};
export type Reply = { readonly status: number; readonly json: Record<string, unknown>; readonly text: string };

/** A server process on this world's database and chain, or on proxies before them. */
export type OperatorProcess = RunningServer & {
  readonly url: string;
  /** Answers null when the connection breaks. */
  post(post: Pick<Post, "body">): Promise<Reply | null>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
};

/** A chain with a contract and two firms, and a database; operators come and go. */
export type FaultWorld = {
  readonly chain: TestChain;
  readonly contract: TestContract;
  readonly database: TestDatabase;
  readonly producer: Member;
  readonly fleet: Member;
  /** Records of the firms: what an operator that follows them needs. */
  readonly firmRecords: readonly Uint8Array[];
  /** @param through see `runServer` */
  operator(env?: Readonly<Record<string, string>>, through?: readonly string[]): Promise<OperatorProcess>;
  /** Ends every operator that still runs, by force. */
  killAll(): Promise<void>;
  mint(items?: number): Promise<Post>;
  /** Hands over what the event before left with the producer. */
  handOver(before: Post): Promise<Post>;
  stop(): Promise<void>;
};

const PREFIX = "urn:faults";
let serial = 0;

export async function startFaultWorld(options: TestChainOptions = {}): Promise<FaultWorld> {
  const chain = await startTestChain(options);
  const contract = await deployTestContract(chain);
  const database = await createDatabase();
  const firms = [firmRecord(1, "Cellworks", [{ scheme: "urn", prefix: PREFIX }]), firmRecord(2, "City Buses", [])];
  const [producerRecord, fleetRecord] = firms as [(typeof firms)[0], (typeof firms)[0]];
  const producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN"], producerRecord.hash);
  const fleet = await contract.admit(2, ["CUSTODIAN", "RECYCLER"], fleetRecord.hash);
  await knowFirms(
    database,
    firms.map(({ bytes }) => bytes),
  );
  const folder = mkdtempSync(join(tmpdir(), "battery-passport-faults-"));
  const running: OperatorProcess[] = [];
  const relayerKey = `0x${randomBytes(32).toString("hex")}`;
  await chain.rpc("anvil_setBalance", lower(new Wallet(relayerKey).address), "0x3635c9adc5dea00000");

  const operator: FaultWorld["operator"] = async (env = {}, through = []) => {
    const port = await freePort();
    const dataDir = join(folder, String(port));
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, "operator.key"), relayerKey.slice(2), { mode: 0o600 });
    const server = runServer(dataDir, {
      port,
      through,
      env: {
        DATABASE_URL: database.url,
        RPC_URL: chain.url,
        TRUST_ROOT: formatTrustRoot(contract),
        DEPLOYMENT_BLOCK: String(contract.deploymentBlock),
        REQUESTS_PER_MINUTE: "0",
        LOG_LEVEL: "warn",
        ...env,
      },
    });
    const started: OperatorProcess = {
      ...server,
      url: `http://127.0.0.1:${port}`,
      post: ({ body }) => post(`http://127.0.0.1:${port}/v1/custody-events`, body),
      async kill() {
        server.signal("SIGKILL");
        await server.ended;
      },
    };
    running.push(started);
    await server.ready();
    // On a new database it asks everybody whom it has not read about yet to come again.
    await waitUntil("the follower knows the firms", async () => {
      const { rows } = await database.pool.query("SELECT FROM chain_participant WHERE id = ANY($1)", [[1, 2]]);
      return rows.length === 2;
    });
    return started;
  };

  const killAll = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((one) => one.kill()));
  };

  const signed = async (
    type: RecordType,
    draft: Parameters<TestContract["sign"]>[0],
    items: readonly { passportId: PassportId; prevHead: Head; fields: JsonObject }[],
  ): Promise<Post> => {
    const records = items.map(({ passportId, fields }) =>
      buildRecord(type, { subject: passportId, ...fields }, (length) => new Uint8Array(randomBytes(length))),
    );
    const event = await contract.sign(
      draft,
      items.map(({ passportId, prevHead }, i) => ({ passportId, prevHead, recordHash: records[i]?.hash as Hash })),
    );
    // The event lists its items by passport id; records follow them.
    const inOrder = event.items.map(({ recordHash }) => records.find(({ hash }) => hash === recordHash));
    const submission = {
      event: formatSignedCustodyEvent(event),
      records: inOrder.map((built) => ({ record: built?.record, disclosures: built?.disclosures })),
    };
    return {
      digest: eventDigest(contract.separator, event),
      signed: event,
      heads: contract.headsOf(event),
      body: JSON.stringify(submission),
    };
  };

  return {
    chain,
    contract,
    database,
    producer,
    fleet,
    firmRecords: firms.map(({ bytes }) => bytes),
    operator,
    mint: (items = 1) =>
      signed(
        "mint/1",
        { kind: "mint", actor: producer },
        Array.from({ length: items }, () => {
          const uid = `${PREFIX}:${++serial}` as Uid;
          return { passportId: passportIdOf(producer.id, uid), prevHead: ZERO_HEAD, fields: { uid, note: "new" } };
        }),
      ),
    handOver: (before) =>
      signed(
        "handover/1",
        { kind: "handover", actor: producer, receiver: fleet },
        before.signed.items.map(({ passportId }, i) => ({
          passportId,
          prevHead: before.heads[i] as Head,
          fields: { condition: "new" },
        })),
      ),
    killAll,
    async stop() {
      await killAll();
      await database.drop();
      await chain.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firmRecord(participantId: number, name: string, identifierPrefixes: readonly JsonObject[]) {
  const fields = { participantId, kind: "battery-maker", names: { en: name } };
  const prefixes = identifierPrefixes.length > 0 ? { identifierPrefixes } : {};
  return buildRecord("participant/1", { ...fields, ...prefixes }, (length) => new Uint8Array(randomBytes(length)));
}

/** Gives a database the firms' records, as another operator would serve them. */
export async function knowFirms(database: TestDatabase, records: readonly Uint8Array[]): Promise<void> {
  for (const bytes of records) await inTransaction(database.pool, (tx) => storeRecord(tx, bytes));
}

async function post(url: string, body: string): Promise<Reply | null> {
  try {
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await response.text();
    return { status: response.status, json: JSON.parse(text) as Record<string, unknown>, text };
  } catch {
    return null;
  }
}
