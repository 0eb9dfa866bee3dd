import { expect } from "chai";
import { awaitCompany } from "../../../backend/services/custody/awaitCompany.ts";

const LONG_MS = 60_000;

describe("awaitCompany", () => {
  it("lets a lone one go with the next turn of the event loop", async () => {
    const company = awaitCompany(LONG_MS);
    await company.during(Promise.resolve());
    await company.gather();
  });

  it("waits until nothing is on its way, also for what sets out meanwhile", async () => {
    const company = awaitCompany(LONG_MS);
    const order: string[] = [];
    const gates = [0, 1].map(() => Promise.withResolvers<void>());
    const first = company.during((gates[0] as PromiseWithResolvers<void>).promise).then(() => order.push("first"));
    const gathered = company.gather().then(() => order.push("gathered"));
    await new Promise((resolve) => setImmediate(resolve));
    const second = company.during((gates[1] as PromiseWithResolvers<void>).promise).then(() => order.push("second"));
    gates[0]?.resolve();
    await first;
    gates[1]?.resolve();
    await Promise.all([second, gathered]);
    expect(order).to.deep.equal(["first", "second", "gathered"]);
  });

  it("counts what failed as gone", async () => {
    const company = awaitCompany(LONG_MS);
    const failing = company.during(Promise.reject(new RangeError("no"))).catch((error: Error) => error.message);
    await company.gather();
    expect(await failing).to.equal("no");
  });

  it("waits no longer than it may", async () => {
    const company = awaitCompany(5);
    company.during(new Promise(() => undefined));
    await company.gather();
  });
});
