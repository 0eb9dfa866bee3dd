import type { Logger } from "pino";
import type { JsonRpc } from "../chain/jsonRpc.ts";
import type { ReadBlock } from "../content/block.ts";
import type { RecoverSigner } from "../domain/signatures.ts";
import type { UnixTime } from "../domain/types.ts";
import type { Acceptor } from "../services/custody/acceptCustodyEvents.ts";
import type { DisclosureSealing } from "../services/custody/storeRecords.ts";
import type { Deployment } from "../services/deployment.ts";
import type { ReadChainView } from "../services/passports/readVerification.ts";
import type { Database } from "../storage/database.ts";

/** Everything the application needs; it opens and owns nothing itself. */
export type AppDependencies = {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly acceptor: Acceptor;
  readonly recoverSigner: RecoverSigner;
  readonly sealing: DisclosureSealing;
  readonly rpc: JsonRpc;
  readonly readChainView: ReadChainView;
  /** This operator's own block store, for `/ipfs`; null where records are all it serves. */
  readonly readBlock: ReadBlock | null;
  /** Unix time in seconds. */
  readonly now: () => UnixTime;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly maxBodyBytes: number;
  /** Per client address; 0 turns the limit off. */
  readonly requestsPerMinute: number;
  readonly trustedProxies: number;
};
