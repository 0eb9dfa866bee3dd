import { id } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

/**
 * The same work done by a plain OpenZeppelin token: a transaction per passport, the record's address in storage, one
 * event a handover, no consent of the receiver. Gas of a mint and of a handover, once both sides own something.
 */
export async function measurePlainToken(connection: NetworkConnection): Promise<{ mint: number; handover: number }> {
  const { ethers } = connection;
  const token = await ethers.deployContract("PlainPassportToken");
  const [, receiver] = await ethers.getSigners();
  if (receiver === undefined) throw new Error("The network has no second account.");
  const gasOf = async (name: string, ...args: readonly unknown[]): Promise<number> => {
    const sent = await token.getFunction(name)(...args);
    return Number((await sent.wait()).gasUsed);
  };
  let mint = 0;
  let handover = 0;
  for (let i = 1; i <= 3; i++) {
    // An id as wide as a passport's, and the address of a record as long as a CID's.
    const tokenId = BigInt(id(`passport ${i}`)) >> 96n;
    mint = await gasOf("mint", tokenId, "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
    await gasOf("mint", tokenId + 1n, "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
    handover = await gasOf("handOver", tokenId, receiver.address, id(`record ${i}`));
  }
  return { mint, handover };
}
