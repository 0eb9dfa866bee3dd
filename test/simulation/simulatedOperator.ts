import { Wallet } from "ethers";
import { createChainReader } from "../../backend/chain/chainReader.ts";
import { DomainError } from "../../backend/domain/errors.ts";
import type { FailpointName } from "../../backend/domain/failpoint.ts";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import type { Hex } from "../../backend/domain/types.ts";
import {
  type AcceptOutcome,
  type Acceptor,
  createAcceptor,
} from "../../backend/services/custody/acceptCustodyEvents.ts";
import type { UnverifiedSubmission } from "../../backend/services/custody/prepareSubmission.ts";
import { receiptKey } from "../../backend/services/custody/receiptKey.ts";
import { openProjection } from "../../backend/storage/projectionStore.ts";
import { createFollower, type Follower } from "../../backend/workers/follower.ts";
import type { Relayer } from "../../backend/workers/relayerNeeds.ts";
import { lower, type TestContract } from "../support/contract.ts";
import type { TestDatabase } from "../support/database.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import type { Chance } from "./chance.ts";
import { type FaultyRpc, faultyRpc } from "./faultyRpc.ts";

/** Stands for the end of the process: memory is gone, what was committed stays. */
export class Killed extends Error {}

/** An operator on a database of its own, all of whose parts are the real ones; steps are taken one at a time. */
export type SimulatedOperator = {
  readonly name: string;
  readonly database: TestDatabase;
  readonly rpc: FaultyRpc;
  readonly account: ReturnType<typeof lower>;
  /** Null when the client was not told; the refusal's code when the event was refused. */
  accept(submission: UnverifiedSubmission): Promise<AcceptOutcome | { readonly refused: string } | null>;
  /** Steps swallow what a loop would log and try again. */
  relay(): Promise<void>;
  follow(): Promise<void>;
  /** The process ends when it passes that place, and starts again. */
  killAt(place: FailpointName): void;
  restart(): void;
  readonly kills: () => number;
  close(): Promise<void>;
};

export function simulatedOperator(parts: {
  readonly name: string;
  readonly key: Hex;
  readonly contract: TestContract;
  readonly database: TestDatabase;
  readonly chance: Chance;
  readonly now: () => number;
}): SimulatedOperator {
  const { name, key, contract, database, chance, now } = parts;
  const wallet = new Wallet(key);
  const rpc = faultyRpc(contract.rpc, chance);
  let armed: FailpointName | undefined;
  let kills = 0;
  let process: { acceptor: Acceptor; relayer: Relayer; follower: Follower };

  const failpoint = (place: FailpointName): void => {
    if (place !== armed) return;
    armed = undefined;
    throw new Killed(place);
  };
  const restart = (): void => {
    process = {
      acceptor: createAcceptor({
        pool: database.pool,
        domain: contract,
        recoverSigner,
        receiptKey: receiptKey(key, 0),
        sealing: { key: new Uint8Array(32).fill(9), randomBytes: chance.bytes },
        now,
        maxOpenItems: 10_000,
        failpoint,
      }),
      relayer: relayerOf(
        database,
        { ...contract, rpc },
        { clock: () => now() * 1000, bumpAfterSeconds: 0, failpoint },
        wallet,
      ),
      follower: createFollower({
        chain: createChainReader(rpc, contract.contract),
        projection: openProjection(database.pool, contract, failpoint),
        chainId: contract.chainId,
        deploymentBlock: contract.deploymentBlock,
        sightingsUntilRollback: 2,
      }),
    };
  };
  restart();

  /** A step as its loop takes it: what may pass is tried again later; what no retry can help is a fault of ours. */
  const step = async (take: () => Promise<unknown>): Promise<void> => {
    try {
      await take();
    } catch (error) {
      if (error instanceof Killed) {
        kills += 1;
        restart();
      } else if (!(error instanceof DomainError) || HOPELESS.has(error.code)) throw error;
    }
  };

  return {
    name,
    database,
    rpc,
    account: lower(wallet.address),
    async accept(submission) {
      try {
        return await process.acceptor.accept(submission);
      } catch (error) {
        if (error instanceof DomainError) return { refused: error.code };
        if (!(error instanceof Killed)) throw error;
        kills += 1;
        restart();
        return null;
      }
    },
    relay: () => step(() => process.relayer.step()),
    follow: () => step(() => process.follower.step()),
    killAt(place) {
      armed = place;
    },
    restart,
    kills: () => kills,
    async close() {
      await process.acceptor.close();
      await database.drop();
    },
  };
}

/** Never right here: no reorganisation of the simulation reaches below finality, and nobody changes chains. */
const HOPELESS = new Set(["deep-reorg", "chain-id-differs", "contract-missing", "deployment-differs"]);
