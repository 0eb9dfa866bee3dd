import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { MAX_BLOCK_BYTES } from "../../backend/content/block.ts";
import { diskBlocks } from "../../backend/content/diskBlocks.ts";
import { gatewayBlocks } from "../../backend/content/gatewayBlocks.ts";
import { kuboBlocks } from "../../backend/content/kuboBlocks.ts";
import { cidOf } from "../../backend/domain/records/cid.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import { codeOf } from "../support/refusal.ts";

const bytes = new TextEncoder().encode('{"type":"mint/1"}');
const hash = recordHash(bytes);

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe("content", () => {
  let folder: string;
  const servers: Server[] = [];

  const started = async (listener: RequestListener): Promise<string> => {
    const { url, server } = await serve(listener);
    servers.push(server);
    return url;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "blocks "));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  describe("diskBlocks", () => {
    it("reads what was put, by hash, and null for what was not", async () => {
      const { putBlock, readBlock } = diskBlocks(join(folder, "not yet there"));
      expect(await readBlock(hash)).to.equal(null);
      expect(await putBlock(bytes)).to.equal(hash);
      expect(await readBlock(hash)).to.deep.equal(bytes);
    });

    it("leaves one file however often and however parallel a block is put", async () => {
      const { putBlock } = diskBlocks(folder);
      await Promise.all(Array.from({ length: 20 }, () => putBlock(bytes)));
      const [shard, ...others] = await readdir(folder);
      expect(others).to.deep.equal([]);
      expect(await readdir(join(folder, shard!))).to.deep.equal([cidOf(hash)]);
    });

    it("refuses a file with one bit flipped, and repairs it when the block is put again", async () => {
      const { putBlock, readBlock } = diskBlocks(folder);
      await putBlock(bytes);
      const file = join(folder, cidOf(hash).slice(-2), cidOf(hash));
      const damaged = await readFile(file);
      damaged[3]! ^= 1;
      await writeFile(file, damaged);
      expect(await codeOf(readBlock(hash))).to.equal("block-hash-mismatch");
      await putBlock(bytes);
      expect(await readBlock(hash)).to.deep.equal(bytes);
    });

    it("says which file when the disk refuses", async () => {
      await writeFile(join(folder, "file"), "");
      expect(await codeOf(diskBlocks(join(folder, "file")).putBlock(bytes))).to.equal("block-not-stored");
    });
  });

  describe("gatewayBlocks", () => {
    it("reads a block from {base}/ipfs/{cid}", async () => {
      const url = await started((request, response) => {
        response.statusCode = request.url === `/ipfs/${cidOf(hash)}` ? 200 : 500;
        response.end(bytes);
      });
      expect(await gatewayBlocks(`${url}/`)(hash)).to.deep.equal(bytes);
    });

    it("gives null for 404 and an error for other answers, redirects and silence", async () => {
      const missing = await started((_, response) => response.writeHead(404).end("no"));
      expect(await gatewayBlocks(missing)(hash)).to.equal(null);
      const broken = await started((_, response) => response.writeHead(502).end("<html>"));
      expect(await codeOf(gatewayBlocks(broken)(hash))).to.equal("block-unavailable");
      const inside = await started((_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end());
      expect(await codeOf(gatewayBlocks(inside)(hash))).to.equal("block-unavailable");
      const silent = await started(() => undefined);
      expect(await codeOf(gatewayBlocks(silent, { timeout: 50 })(hash))).to.equal("block-unavailable");
      expect(await codeOf(gatewayBlocks("http://127.0.0.1:1")(hash))).to.equal("block-unavailable");
    });

    it("refuses other bytes, and stops reading a body without end", async () => {
      const lying = await started((_, response) => response.end("other bytes"));
      expect(await codeOf(gatewayBlocks(lying)(hash))).to.equal("block-hash-mismatch");
      let sent = 0;
      const endless = await started((_, response) => {
        const chunk = Buffer.alloc(256 * 1024);
        const more = (): void => {
          if (response.destroyed) return;
          sent += chunk.length;
          response.write(chunk, more);
        };
        more();
      });
      expect(await codeOf(gatewayBlocks(endless)(hash))).to.equal("block-too-large");
      expect(sent).to.be.lessThan(MAX_BLOCK_BYTES * 8);
    });
  });

  describe("kuboBlocks", () => {
    /** Answers as Kubo's RPC does for the two calls; a real Kubo needs a download that tests must not need. */
    const kubo = (answer: { key?: string; block?: Uint8Array }): RequestListener => {
      return (request, response) => {
        request.resume().on("end", () => {
          if (request.url?.startsWith("/api/v0/block/put")) {
            response.setHeader("content-type", "application/json");
            response.end(JSON.stringify({ Key: answer.key ?? cidOf(hash), Size: bytes.length }));
          } else if (request.url?.startsWith("/api/v0/block/get") && answer.block) {
            response.end(answer.block);
          } else {
            response.writeHead(500).end("{}");
          }
        });
      };
    };

    it("puts and reads a block under the CID computed here", async () => {
      const { putBlock, readBlock } = kuboBlocks(await started(kubo({ block: bytes })));
      expect(await putBlock(bytes)).to.equal(hash);
      expect(await readBlock(hash)).to.deep.equal(bytes);
    });

    it("believes neither another CID nor other bytes", async () => {
      const other = cidOf(recordHash(new Uint8Array(1)));
      const { putBlock, readBlock } = kuboBlocks(await started(kubo({ key: other, block: new Uint8Array(3) })));
      expect(await codeOf(putBlock(bytes))).to.equal("block-hash-mismatch");
      expect(await codeOf(readBlock(hash))).to.equal("block-hash-mismatch");
    });

    it("names the node when it cannot be reached", async () => {
      const { putBlock, readBlock } = kuboBlocks("http://127.0.0.1:1");
      expect(await codeOf(putBlock(bytes))).to.equal("block-not-stored");
      expect(await codeOf(readBlock(hash))).to.equal("block-unavailable");
    });
  });
});
