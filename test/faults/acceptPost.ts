import { recoverSigner } from "../../backend/domain/signatures.ts";
import { type Acceptor, createAcceptor } from "../../backend/services/custody/acceptCustodyEvents.ts";
import { receiptKey } from "../../backend/services/custody/receiptKey.ts";
import type { Database } from "../../backend/storage/database.ts";
import { SEALING } from "../services/world.ts";
import type { TestContract } from "../support/contract.ts";
import type { Post } from "./faultWorld.ts";

/** The accepting half of an operator on a database, in this process. */
export const acceptorOn = (
  { pool }: Pick<Database, "pool">,
  contract: TestContract,
  now = () => Math.floor(Date.now() / 1000),
): Acceptor =>
  createAcceptor({
    pool,
    domain: contract,
    recoverSigner,
    receiptKey: receiptKey(`0x${"11".repeat(32)}`, 0),
    sealing: SEALING,
    now,
    maxOpenItems: 10_000,
  });

/** Accepts one post as its HTTP route would, and lets go of everything. */
export async function acceptPost(database: Pick<Database, "pool">, contract: TestContract, post: Post): Promise<Post> {
  const acceptor = acceptorOn(database, contract);
  await acceptor.accept(JSON.parse(post.body));
  await acceptor.close();
  return post;
}
