import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openJournal, type Verdict } from "../../../scripts/mutate/journal.ts";

const killed: Verdict = { number: 1, kind: "killed", by: "rejects it", why: "AssertionError: no", ms: 12 };
const survived: Verdict = { number: 2, kind: "survived", ms: 30_000 };

describe("journal of mutation testing", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "journal-"));
    path = join(folder, "deep", "journal.ndjson");
    openJournal(path, false).add(killed);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("knows after a break what was decided before", () => {
    const journal = openJournal(path, true);
    journal.add(survived);
    expect([...openJournal(path, true).verdicts.values()]).to.deep.equal([killed, survived]);
  });

  it("forgets all of it in a run that starts anew", () => {
    expect(openJournal(path, false).verdicts.size).to.equal(0);
    expect(openJournal(path, true).verdicts.size).to.equal(0);
  });

  it("forgets a verdict whose line was torn, and goes on behind whole lines", async () => {
    await appendFile(path, '{"number":2,"ki');
    openJournal(path, true).add(survived);
    expect([...openJournal(path, true).verdicts.values()]).to.deep.equal([killed, survived]);
  });

  it("keeps nothing once it is discarded", () => {
    openJournal(path, true).discard();
    expect(openJournal(path, true).verdicts.size).to.equal(0);
  });
});
