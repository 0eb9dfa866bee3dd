import { createSecretKey, randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import type { Logger } from "pino";
import { connectJsonRpc, type JsonRpc } from "../chain/jsonRpc.ts";
import { readChainView } from "../chain/readChainView.ts";
import type { Config } from "../config.ts";
import type { PutBlock, ReadBlock } from "../content/block.ts";
import { diskBlocks } from "../content/diskBlocks.ts";
import { kuboBlocks } from "../content/kuboBlocks.ts";
import type { Address, Hash, Hex, ParticipantId } from "../domain/types.ts";
import { secretFile } from "../embedded/secretFile.ts";
import { createApp } from "../http/createApp.ts";
import { walletJudge } from "../services/access/judgeWallet.ts";
import { replayErasures } from "../services/access/replayErasures.ts";
import { createAnchorTrees } from "../services/anchors/anchorTrees.ts";
import { createAcceptor } from "../services/custody/acceptCustodyEvents.ts";
import type { ReceiptKey } from "../services/custody/signReceipt.ts";
import { createDataRecordAcceptor } from "../services/dataRecords/acceptDataRecords.ts";
import type { Deployment } from "../services/deployment.ts";
import type { ChosenKeccak } from "../services/hashing/chooseKeccak.ts";
import { refusalJudge } from "../services/operation/judgeRefusal.ts";
import type { WorkersFigures } from "../services/serviceDependencies.ts";
import type { ChosenCurve } from "../services/signatures/chooseCurve.ts";
import { startRecoveryThread } from "../services/signatures/recoveryThread.ts";
import type { Database } from "../storage/database.ts";
import { erasureFile } from "../storage/erasureFile.ts";
import { failpointAt } from "./failpoint.ts";

/** Whoever signs the operator's receipts. */
export type OperatorSigner = { readonly address: Address; readonly sign: (digest: Hash) => Hex };

/** The application with what the workers share with it. */
export interface Application {
  readonly app: RequestListener;
  readonly blocks: { readonly putBlock: PutBlock; readonly readBlock: ReadBlock };
  /** Signs receipts, and the anchors that keep them. */
  readonly receiptKey: ReceiptKey;
  /** Lets commits under way finish. */
  close(): Promise<void>;
}

export async function wireApplication(parts: {
  readonly config: Config;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly rpc: JsonRpc;
  /** Each on its own, for verification: what they say is held against each other. */
  readonly rpcUrls: readonly string[];
  readonly deployment: Deployment;
  readonly database: Database;
  readonly operatorSigner: OperatorSigner;
  readonly curve: ChosenCurve;
  readonly keccak: ChosenKeccak;
  readonly met: WorkersFigures;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}): Promise<Application> {
  const { config, dataDir, deployment, database, curve, keccak, log } = parts;
  const rpcs = parts.rpcUrls.map((url) => connectJsonRpc(url));
  const blocks = config.ipfsApiUrl === null ? diskBlocks(join(dataDir, "blocks")) : kuboBlocks(config.ipfsApiUrl);
  const sealing = { key: createSecretKey(await secretFile(join(dataDir, "disclosure.key")), "hex"), randomBytes };
  const erasures = erasureFile(join(dataDir, "erasures.ndjson"));
  const { requests, deletedAgain } = await replayErasures(database, erasures);
  if (deletedAgain > 0)
    log.warn({ requests, deletedAgain }, "a restored database held erased data; it is erased again");
  const now = () => Math.floor(Date.now() / 1000);
  const receiptKey = operatorsReceiptKey(database, parts.operatorSigner, config.operatorId);
  const recovery = startRecoveryThread(curve);
  const accepting = {
    pool: database.pool,
    domain: deployment,
    recoverSigner: curve.recoverSigner,
    recoverSigners: recovery.recoverSigners,
    receiptKey,
    sealing,
    now,
    maxOpenItems: config.maxOpenItems,
    failpoint: failpointAt(config.killAt),
  };
  const acceptor = createAcceptor(accepting);
  const dataRecordAcceptor = createDataRecordAcceptor(accepting);
  const app = createApp({
    database,
    deployment,
    acceptor,
    dataRecordAcceptor,
    anchorTrees: createAnchorTrees(),
    recoverSigner: curve.recoverSigner,
    judgeWallet: walletJudge({ database, rpc: parts.rpc }),
    signatures: { curve: curve.name, recoveriesPerSecond: curve.recoveriesPerSecond },
    hashing: { keccak: keccak.name, hashesPerSecond: keccak.hashesPerSecond },
    sealing,
    randomBytes,
    erasureFile: erasures,
    rpc: parts.rpc,
    readChainView: (question) => readChainView(rpcs, deployment.contract, question),
    readBlock: blocks.readBlock,
    now,
    clock: () => performance.now(),
    log,
    judgeRefusal: refusalJudge({ database, rpc: parts.rpc }),
    met: parts.met,
    servesApi: config.roles.has("api"),
    publicUrl: parts.publicUrl,
    maxBodyBytes: config.maxBodyBytes,
    requestsPerMinute: config.requestsPerMinute,
    trustedProxies: config.trustedProxies,
    stopping: parts.stopping,
  });
  return {
    app,
    blocks,
    receiptKey,
    async close() {
      await Promise.all([acceptor.close(), dataRecordAcceptor.close()]);
      await recovery.close();
    },
  };
}

/**
 * The operator's receipt key. Which participant it belongs to, if any, the chain says and may say later: a new
 * installation signs receipts before the quorum has admitted its operator.
 */
function operatorsReceiptKey(database: Database, { address, sign }: OperatorSigner, configured: number): ReceiptKey {
  let publisher = configured;
  let nextLookUp = 0;
  const lookUp = async (): Promise<void> => {
    const { rows } = await database.pool.query<{ id: number }>(
      "SELECT id FROM chain_participant WHERE signer = $1 AND active ORDER BY id LIMIT 1",
      [address],
    );
    publisher = rows[0]?.id ?? 0;
  };
  const current = (): ParticipantId => {
    if (publisher === 0 && performance.now() >= nextLookUp) {
      nextLookUp = performance.now() + 1_000;
      lookUp().catch(() => undefined); // asked again with the next receipt
    }
    return publisher;
  };
  current(); // so that it is known when the first request comes
  return {
    signer: address,
    sign,
    get publisher() {
      return current();
    },
  };
}
