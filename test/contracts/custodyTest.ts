import { expect } from "chai";
import type { Item } from "../../scripts/typedData.ts";
import {
  CAST,
  Installation,
  type Name,
  type Outcome,
  type Reason,
  SIGNATURE_TYPES,
  type Signed,
  WHOLE_EVENT,
} from "./installation.ts";

/** What the tests of custody say about one installation, which is as it was deployed at the start of every test. */
export class CustodyTest {
  #installation: Installation | undefined;
  #restore: () => Promise<void> = async () => {};

  get installation(): Installation {
    if (this.#installation === undefined)
      throw new Error("The installation is deployed before the tests, not before that.");
    return this.#installation;
  }

  static async deploy(test: CustodyTest, signatureType: (typeof SIGNATURE_TYPES)[number]): Promise<void> {
    test.#installation = await Installation.deploy(signatureType);
    const snapshot = await test.installation.connection.networkHelpers.takeSnapshot();
    test.#restore = () => snapshot.restore();
  }

  restore = (): Promise<void> => this.#restore();
  event: Installation["event"] = (...args) => this.installation.event(...args);
  sign: Installation["sign"] = (...args) => this.installation.sign(...args);
  states = (items: readonly Item[]): Promise<string[]> =>
    Promise.all(items.map(({ passportId }) => this.installation.state(passportId)));

  accepts = async (...signed: Signed[]): Promise<Outcome> => {
    const outcome = await this.installation.submit(...signed);
    expect(outcome.rejected).to.deep.equal([]);
    return outcome;
  };

  /** The whole event is rejected for this reason, under its digest, and nothing changes. */
  rejects = (signed: Signed, reason: Reason, digest = signed.hashes.digest): Promise<void> =>
    this.#rejectsAt(signed, WHOLE_EVENT, reason, digest);

  /** The only item is rejected for this reason, and nothing changes. */
  rejectsItem = (signed: Signed, reason: Reason): Promise<void> =>
    this.#rejectsAt(signed, 0n, reason, signed.hashes.digest);

  async #rejectsAt(signed: Signed, itemIndex: bigint, reason: Reason, digest: string): Promise<void> {
    const before = await this.states(signed.event.items);
    const { applied, rejected, receipt } = await this.installation.submit(signed);
    expect(rejected).to.deep.equal([{ digest, eventIndex: 0n, itemIndex, reason }]);
    expect(applied).to.deep.equal([]);
    expect(receipt.logs.length).to.equal(1);
    expect(await this.states(signed.event.items)).to.deep.equal(before);
  }

  change = (participant: Name, roles: number) =>
    this.installation.execute("RoleChange", { participantId: CAST[participant].id, roles });
  suspend = (participant: Name) => this.installation.execute("Suspension", { participantId: CAST[participant].id });

  /** From, to and token id of the ERC-721 logs. */
  transfers = (outcome: Outcome): unknown[][] =>
    this.installation
      .logs(outcome.receipt)
      .filter(({ name }) => name === "Transfer")
      .map(({ args }) => [args.from, args.to, args.tokenId]);
  balance = async (name: Name): Promise<number> =>
    Number(await this.installation.method("balanceOf").staticCall(this.installation.firms[name].account));
}

/** The same tests for participants that sign with keys and for those that sign by contract wallets. */
export function describeCustody(title: string, body: (test: CustodyTest) => void): void {
  for (const signatureType of SIGNATURE_TYPES) {
    describe(`CustodyLedger, ${title} (${signatureType})`, () => {
      const test = new CustodyTest();
      before(() => CustodyTest.deploy(test, signatureType));
      afterEach(() => test.restore());
      body(test);
    });
  }
}
