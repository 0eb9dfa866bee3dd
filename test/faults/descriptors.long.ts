import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { waitUntil } from "../support/waitUntil.ts";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";
import { send } from "./underLoad.ts";

const DESCRIPTORS = 128;
const SLOW_CLIENTS = 400;

/** Fault 49: few file descriptors, and clients that hold on to them. Run by `npm run test:faults`; a Unix, for `ulimit`. */
describe("faults: few file descriptors", function () {
  this.timeout(240_000);
  let world: FaultWorld;

  before(async function () {
    if (process.platform === "win32") return this.skip();
    world = await startFaultWorld();
  });
  after(() => world?.stop());

  it("49: lets go of clients that send nothing, and serves again by itself", async () => {
    const limited = ["sh", "-c", `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`];
    const operator = await world.operator({}, limited);
    const posts: Post[] = [await world.mint()];
    expect((await operator.post(posts[0] as Post))?.status).to.equal(202);

    const slow = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => holdOn(operator.url)));
    try {
      await waitUntil("what it cannot hold is let go", () => slow.some(({ closed }) => closed));
      // Nobody else lets go. Meanwhile each is answered that it cannot be served now, or not at all.
      const burst = await Promise.all(Array.from({ length: 20 }, () => world.mint()));
      const answered = await Promise.all(burst.map((post) => statusOf(operator.url, post)));
      for (const status of answered) expect(status).to.be.oneOf([undefined, 202, 503]);
      for (const post of burst) {
        posts.push(post);
        const served = async () => (await statusOf(operator.url, post)) === 202;
        await waitUntil("it serves again", served, 60_000);
      }
    } finally {
      for (const socket of slow) socket.destroy();
    }
    await drains(world, posts);
    operator.signal("SIGTERM");
    expect(await operator.ended, operator.output()).to.deep.equal({ code: 0, signal: null });
    await expectWhole(world);
  });
});

/** A connection on which a request begins and never ends. */
function holdOn(url: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
      socket.write("POST /v1/custody-events HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      resolve(socket);
    });
    socket.on("error", () => resolve(socket));
  });
}

/** Undefined where no answer came. */
async function statusOf(url: string, post: Post): Promise<number | undefined> {
  const sent = await Promise.race([send(url, post), pause(5_000)]);
  return sent !== undefined && "status" in sent ? sent.status : undefined;
}
