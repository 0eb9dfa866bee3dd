import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type RunningServer, runServer } from "../main/runServer.ts";
import { freePort } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

describe("a power cut in the middle of the walk", function () {
  this.timeout(300_000);
  const folders: string[] = [];
  let server: RunningServer | undefined;

  afterEach(async function () {
    if (this.currentTest?.state !== "passed") console.log(server?.output());
    server?.signal("SIGKILL");
    await server?.ended;
  });
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it("loses nothing: the next start goes on, also where the chain came back shorter", async () => {
    const folder = mkdtempSync(join(tmpdir(), "power-cut-"));
    folders.push(folder);
    const port = await freePort();
    const start = () => {
      server = runServer(folder, { port, env: { SAMPLE: "true", LOG_LEVEL: "info" } });
      return server;
    };
    for (const moment of ["admitted Example City Buses", "minted two", "handed the retired pack in"]) {
      const cut = start();
      let over = false;
      void cut.ended.then(() => {
        over = true;
      });
      await waitUntil(moment, () => over || cut.output().includes(moment), 60_000);
      expect(over, cut.output()).to.equal(false);
      cut.signal("SIGKILL");
      await cut.ended;
    }
    const last = start();
    await last.ready(120_000);
    expect(last.output()).to.include("npx battery-passport verify");
    const answer = await fetch(`http://127.0.0.1:${port}/v1/passports`);
    const { passports } = (await answer.json()) as { passports: { passportId: string; phase: string }[] };
    expect(passports.map(({ phase }) => phase).sort()).to.deep.equal(["active", "closed"]);
    for (const { passportId } of passports) {
      const report = await fetch(`http://127.0.0.1:${port}/v1/dpps/${passportId}/verification`);
      expect(((await report.json()) as { verdict: string }).verdict).to.equal("verified");
    }
    last.signal("SIGTERM");
    expect((await last.ended).code).to.equal(0);
  });
});
