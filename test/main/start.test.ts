import { spawnSync } from "node:child_process";
import { accessSync, chownSync, constants } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { freePort } from "../../backend/embedded/freePort.ts";
import { processesNaming, temporaryFolder } from "../embedded/folders.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { type RunningServer, runServer } from "./runServer.ts";

const LIMIT_MS = 5_000;

describe("the server of an installation", function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof temporaryFolder>;
  let servers: RunningServer[];
  // One installation for most of them: making a database is what takes time.
  before(() => {
    folder = temporaryFolder();
  });
  beforeEach(() => {
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) server.signal("SIGKILL");
    for (const server of servers) await server.ended;
    await waitUntil("nothing is left", async () => (await processesNaming(folder.path)).length === 0);
  });
  after(() => folder.remove());

  function run(...args: Parameters<typeof runServer>): RunningServer {
    const server = runServer(...args);
    servers.push(server);
    return server;
  }
  const isAlive = async (port: number) =>
    await fetch(`http://127.0.0.1:${port}/livez`).then(
      (response) => response.status === 200,
      () => false,
    );

  it("stops within 5 s on Ctrl-C and on SIGTERM, leaves nothing, and is ready again within 5 s", async () => {
    const port = await freePort();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const starting = performance.now();
      const server = run(folder.path, { port });
      await server.ready();
      if (signal === "SIGTERM") expect(performance.now() - starting).to.be.below(LIMIT_MS);
      expect(await isAlive(port)).to.equal(true);
      const stopping = performance.now();
      server.signal(signal);
      server.signal(signal); // a terminal's Ctrl-C arrives twice below npm
      expect(await server.ended).to.deep.equal({ code: 0, signal: null });
      expect(performance.now() - stopping).to.be.below(LIMIT_MS);
      expect(await processesNaming(folder.path)).to.deep.equal([]);
    }
  });

  it("stops cleanly when it is told to while it starts", async () => {
    const fresh = temporaryFolder();
    const server = run(fresh.path, { port: await freePort() });
    await waitUntil("it starts", () => server.output() !== "");
    server.signal("SIGTERM");
    expect(await server.ended).to.deep.equal({ code: 0, signal: null });
    expect(await processesNaming(fresh.path)).to.deep.equal([]);
    const second = run(fresh.path, { port: await freePort() });
    await second.ready();
    second.signal("SIGTERM");
    await second.ended;
    fresh.remove();
  });

  it("leaves no process behind after kill -9, and starts again on the same data", async () => {
    const port = await freePort();
    const server = run(folder.path, { port });
    await server.ready();
    expect((await processesNaming(folder.path)).length).to.be.at.least(2);
    server.signal("SIGKILL");
    await server.ended;
    await waitUntil("nothing is left", async () => (await processesNaming(folder.path)).length === 0);
    const second = run(folder.path, { port });
    await second.ready();
    expect(await isAlive(port)).to.equal(true);
  });

  it("runs beside another installation", async () => {
    const other = temporaryFolder();
    const ports = [await freePort(), await freePort()] as const;
    await Promise.all([run(folder.path, { port: ports[0] }).ready(), run(other.path, { port: ports[1] }).ready()]);
    expect(await Promise.all(ports.map(isAlive))).to.deep.equal([true, true]);
    servers[1]?.signal("SIGTERM");
    await servers[1]?.ended;
    expect(await isAlive(ports[0])).to.equal(true);
    other.remove();
  });

  it("says in one sentence that its port is taken, before it starts anything", async () => {
    const squatter = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => squatter.listen(port, "127.0.0.1", resolve));
    const server = run(folder.path, { port });
    expect((await server.ended).code).to.equal(1);
    expect(server.output()).to.match(new RegExp(`^Port ${port} .* another program listens there.*PORT.*\\n$`));
    squatter.close();
  });

  it("says in one sentence that its folder is in use", async () => {
    await run(folder.path, { port: await freePort() }).ready();
    const second = run(folder.path, { port: await freePort() });
    expect((await second.ended).code).to.equal(1);
    expect(second.output()).to.contain(`${folder.path} is in use by process ${servers[0]?.pid}`);
  });

  for (const [name, path] of [
    ["that does not take new names", "/proc/battery-passport"],
    ["that is a file", fileOfOurs()],
  ] as const) {
    it(`says in one sentence that it cannot write a folder ${name}`, async () => {
      const server = run(path, { port: await freePort() });
      expect((await server.ended).code).to.equal(1);
      expect(server.output()).to.contain(`The data folder ${path} cannot be written`);
      expect(server.output()).not.to.contain("Ready");
    });
  }

  it("runs for an ordinary user, and names a folder of somebody else's that this user cannot write", async function () {
    const user = ordinaryUser();
    if (user === undefined) return this.skip(); // the other tests run as one already, or the project is out of sight
    const theirs = temporaryFolder();
    const port = await freePort();
    const refused = run(theirs.path, { port, user });
    expect((await refused.ended).code).to.equal(1);
    expect(refused.output()).to.contain(`The data folder ${theirs.path} cannot be written (EACCES)`);

    chownSync(theirs.path, user.uid, user.gid);
    const server = run(theirs.path, { port, user });
    await server.ready();
    server.signal("SIGTERM");
    expect(await server.ended).to.deep.equal({ code: 0, signal: null });
    theirs.remove();
  });
});

function fileOfOurs(): string {
  return fileURLToPath(import.meta.url);
}

/** When we are root: `nobody`, if it can read the project; the server must not need root for anything. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "nobody"]).stdout.toString()));
  if (uid === undefined || gid === undefined) return undefined;
  accessSync(process.execPath, constants.X_OK);
  const reads = spawnSync(
    process.execPath,
    ["-e", `require("node:fs").readFileSync(${JSON.stringify(fileOfOurs())})`],
    {
      ...{ uid, gid },
      cwd: "/",
    },
  );
  return reads.status === 0 ? { uid, gid } : undefined;
}
