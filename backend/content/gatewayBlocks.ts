import { DomainError } from "../domain/errors.ts";
import { cidOf } from "../domain/records/cid.ts";
import { MAX_BLOCK_BYTES, type ReadBlock, verifyBlock } from "./block.ts";
import { readCapped } from "./readCapped.ts";

/** What a gateway reader needs of the platform's fetch. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Reads blocks over HTTP from `{base}/ipfs/{cid}`: another operator, or any IPFS gateway that serves raw blocks. Runs
 * in Node and in browsers. Redirects are refused, because a peer's URL is trusted to be where it says and nothing else.
 * @param base URL without a trailing path, such as `https://passports.example`
 * @param options.timeout milliseconds for one whole block
 */
export function gatewayBlocks(base: string, options: { timeout?: number; fetch?: Fetch } = {}): ReadBlock {
  const { timeout = 10_000, fetch: send = fetch } = options;
  const root = base.replace(/\/+$/, "");
  return async (hash) => {
    const url = `${root}/ipfs/${cidOf(hash)}`;
    try {
      const response = await send(url, {
        headers: { accept: "application/vnd.ipld.raw, application/octet-stream" },
        redirect: "error",
        credentials: "omit",
        signal: AbortSignal.timeout(timeout),
      });
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return null;
      }
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        throw new DomainError("block-unavailable", "A gateway did not answer a block.", {
          url,
          status: response.status,
        });
      }
      return verifyBlock(hash, await readCapped(response.body, MAX_BLOCK_BYTES, url), url);
    } catch (cause) {
      if (cause instanceof DomainError) throw cause;
      throw new DomainError("block-unavailable", "A gateway could not be reached, or not in time.", { url }, { cause });
    }
  };
}
