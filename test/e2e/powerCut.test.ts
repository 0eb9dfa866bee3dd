import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runServer } from "../main/runServer.ts";
import { freePort } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

describe("a power cut in the middle of the walk", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "power-cut-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("loses nothing: the next start goes on, also where the chain came back shorter", async () => {
    const port = await freePort();
    const start = () => runServer(folder, { port, env: { SAMPLE: "true", LOG_LEVEL: "error" } });
    for (const moment of ["admitted Example City Buses", "minted two", "handed the retired pack in"]) {
      const server = start();
      let over = false;
      void server.ended.then(() => {
        over = true;
      });
      await waitUntil(moment, () => over || server.output().includes(moment), 90_000);
      expect(over, server.output()).to.equal(false);
      server.signal("SIGKILL");
      await server.ended;
    }
    const server = start();
    await server.ready(120_000);
    expect(server.output()).to.include("npx battery-passport verify");
    const answer = await fetch(`http://127.0.0.1:${port}/v1/passports`);
    const { passports } = (await answer.json()) as { passports: { passportId: string; phase: string }[] };
    expect(passports.map(({ phase }) => phase).sort()).to.deep.equal(["active", "closed"]);
    for (const { passportId } of passports) {
      const report = await fetch(`http://127.0.0.1:${port}/v1/dpps/${passportId}/verification`);
      expect(((await report.json()) as { verdict: string }).verdict).to.equal("verified");
    }
    server.signal("SIGTERM");
    expect((await server.ended).code).to.equal(0);
  });
});
