import type { JsonRpc } from "../chain/jsonRpc.ts";
import type { ReadBlock } from "../content/block.ts";
import type { RandomBytes } from "../domain/records/withhold.ts";
import type { RecoverSigner } from "../domain/signatures.ts";
import type { UnixTime } from "../domain/types.ts";
import type { Database } from "../storage/database.ts";
import type { ErasureFile } from "../storage/erasureFile.ts";
import type { JudgeWallet } from "./access/judgeWallet.ts";
import type { AnchorTrees } from "./anchors/anchorTrees.ts";
import type { Acceptor } from "./custody/acceptCustodyEvents.ts";
import type { DisclosureSealing } from "./custody/sealRecord.ts";
import type { DataRecordAcceptor } from "./dataRecords/acceptDataRecords.ts";
import type { Deployment } from "./deployment.ts";
import type { KeccakInUse } from "./hashing/chooseKeccak.ts";
import type { ReadChainView } from "./passports/readVerification.ts";
import type { CurveInUse } from "./signatures/chooseCurve.ts";

/** Of this process, since it began. */
export type WorkersFigures = { deepestReorg: number; reorgs: number };

/** What the use cases need between them; each declares the part it uses. */
export type ServiceDependencies = {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly acceptor: Acceptor;
  readonly dataRecordAcceptor: DataRecordAcceptor;
  readonly anchorTrees: AnchorTrees;
  readonly recoverSigner: RecoverSigner;
  /** Asks contract wallets about signatures that no key made. */
  readonly judgeWallet: JudgeWallet;
  /** Which curve recovers signers in this process, and how fast (see signatures/chooseCurve). */
  readonly signatures: CurveInUse;
  /** What hashes in this process, and how fast (see hashing/chooseKeccak). */
  readonly hashing: KeccakInUse;
  /** What the workers of this process have met; they write it, and its figures are shown. */
  readonly met: WorkersFigures;
  readonly sealing: DisclosureSealing;
  /** From a cryptographic source: salts of records that are made here. */
  readonly randomBytes: RandomBytes;
  /** What was erased, kept outside the database too. */
  readonly erasureFile: Pick<ErasureFile, "append">;
  readonly rpc: JsonRpc;
  readonly readChainView: ReadChainView;
  /** This operator's own block store, for `/ipfs`; null where records are all it serves. */
  readonly readBlock: ReadBlock | null;
  /** Unix time in seconds. */
  readonly now: () => UnixTime;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
};
