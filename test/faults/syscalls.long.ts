import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { expect } from "chai";
import { waitUntil } from "../support/waitUntil.ts";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";

/** Which write of the process ends it, counted from the moment that a client posts. */
const SWEEP = [1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 33, 41];

/** Fault 8: ends an operator at its n-th write, wherever that falls. Run by `npm run test:faults`; skipped without strace, and for other users than root. */
describe("faults: killed at the n-th system call", function () {
  this.timeout(600_000);
  let world: FaultWorld;

  before(async function () {
    if (!mayTrace()) return this.skip();
    world = await startFaultWorld();
  });
  after(() => world?.stop());

  it(`8: keeps every promise when it is killed at write ${SWEEP.join(", ")}`, async () => {
    const posts: Post[] = [];
    const answered = { before: 0, broken: 0 };
    for (const when of SWEEP) {
      const operator = await world.operator();
      const tracer = await trace(operator.pid, `inject=write,writev,sendto,sendmsg,pwrite64:signal=KILL:when=${when}`);
      const post = await world.mint();
      const reply = await operator.post(post);
      answered[reply === null ? "broken" : "before"] += 1;
      // What it was told must be there; what it was not told is sent again.
      if (reply !== null) expect(await rowsOf(post)).to.equal(1);
      await world.chain.rpc("anvil_mine", "0x1"); // gives the follower something to write
      expect(await operator.ended, `at write ${when}`).to.deep.equal({ code: null, signal: "SIGKILL" });
      await ended(tracer);
      const next = await world.operator();
      expect((await next.post(post))?.status).to.equal(202);
      posts.push(post);
      await drains(world, posts);
      await next.kill();
    }
    console.log(`      ${JSON.stringify(answered)}`);
    expect(answered.broken).to.be.greaterThan(0);
    await expectWhole(world);
  });

  const rowsOf = async ({ digest }: Post): Promise<number> =>
    (await world.database.pool.query("SELECT FROM accepted_event WHERE digest = $1", [digest])).rowCount ?? 0;
});

function mayTrace(): boolean {
  // Only root may attach to a process that it did not start through strace.
  return (
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync("strace", ["-qq", "-o", "/dev/null", "true"]).status === 0
  );
}

/** Attaches to every thread of a process; resolves once it is there. */
async function trace(pid: number, expression: string): Promise<ChildProcess> {
  const words = ["-f", "-o", "/dev/null", "-e", `trace=${expression.slice(7).split(":")[0]}`, "-e", expression];
  const tracer = spawn("strace", [...words, "-p", String(pid)], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  tracer.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  await waitUntil("strace has attached", () => said.includes("attached"));
  return tracer;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
