import { expect } from "chai";
import type { QueuedEvent } from "../../backend/domain/submissions/planSubmission.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { createWaitingEvents } from "../../backend/workers/waitingEvents.ts";

/** A table of so many waiting events; counts how often it is read. */
function queueOf(count: number) {
  const events = Array.from({ length: count }, (_, i) => ({ digest: `0x${i}` as Hash }) as QueuedEvent);
  const clock = { now: 0 };
  const table = { events, reads: 0 };
  const waiting = createWaitingEvents(
    async (limit) => {
      table.reads++;
      return table.events.slice(0, limit);
    },
    () => clock.now,
  );
  const seal = async (many: number): Promise<Hash[]> => {
    const digests = (await waiting.read()).slice(0, many).map(({ digest }) => digest);
    waiting.remove(digests);
    table.events = table.events.filter(({ digest }) => !digests.includes(digest));
    return digests;
  };
  return { waiting, table, clock, seal };
}

describe("waitingEvents", () => {
  it("hands out every event of a long backlog once, in order, and reads the table a few times only", async () => {
    const { table, seal } = queueOf(10_000);
    const sealed: Hash[] = [];
    while (table.events.length > 0) sealed.push(...(await seal(250)));
    expect(sealed).to.deep.equal(Array.from({ length: 10_000 }, (_, i) => `0x${i}`));
    expect(table.reads).to.be.lessThan(15);
  });

  it("reads the table each time while few wait: what is new is seen at once", async () => {
    const { waiting, table } = queueOf(3);
    await waiting.read();
    table.events.push({ digest: "0xnew" } as unknown as QueuedEvent);
    expect((await waiting.read()).at(-1)?.digest).to.equal("0xnew");
  });

  it("reads a long backlog again where nothing of it can be sent", async () => {
    const { waiting, table } = queueOf(5_000);
    await waiting.read();
    waiting.forget();
    await waiting.read();
    expect(table.reads).to.equal(2);
  });

  it("reads a long backlog again after five seconds", async () => {
    const { waiting, table, clock } = queueOf(5_000);
    await waiting.read();
    clock.now = 4_999;
    await waiting.read();
    expect(table.reads).to.equal(1);
    clock.now = 5_000;
    await waiting.read();
    expect(table.reads).to.equal(2);
  });
});
