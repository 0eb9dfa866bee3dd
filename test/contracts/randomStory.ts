import { id, keccak256, ZeroAddress } from "ethers";
import type { Item, Kind } from "../../scripts/typedData.ts";
import { addressOf, CAST, governorKeys, type Installation, type Name, newItem } from "./installation.ts";

/** A seeded generator: the same seed tells the same story. */
export class Dice {
  #state: string;
  constructor(seed: string) {
    this.#state = id(seed);
  }
  below(limit: number): number {
    this.#state = keccak256(this.#state);
    return Number(BigInt(this.#state) % BigInt(limit));
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(Math.max(1, from.length))] as T;
  }
}

const NAMES = Object.keys(CAST) as Name[];
const nameOf = (participant: number): Name => NAMES.find((name) => CAST[name].id === participant) ?? "fleet";

/**
 * Every call of the contract in random order, by many participants; most steps are meant to succeed, many cannot. What
 * a step does is decided by what the chain says now.
 */
export class RandomStory {
  readonly passports: string[] = [];
  readonly #installation: Installation;
  readonly #dice: Dice;
  readonly #sent: Parameters<Installation["submitRaw"]>[0][number][] = [];
  #minted = 0;

  constructor(installation: Installation, dice: Dice) {
    this.#installation = installation;
    this.#dice = dice;
  }

  /** One step. A call that reverts is part of the story. */
  async step(): Promise<void> {
    const dice = this.#dice;
    const custody = [
      () => this.#mint(),
      () => this.#mint(),
      () => this.#change("handover"),
      () => this.#change("handover"),
      () => this.#change("withdrawal"),
      () => this.#transform(),
      () => this.#transform(),
      () => this.#change("closure"),
      () => this.#change("void"),
      () => this.#change("reassignment"),
      () => this.#replay(),
    ];
    const rest = [
      () => this.#hold(),
      () => this.#hold(),
      () => this.#release(),
      () => this.#installation.anchor({ count: 1 + dice.below(10_000) }),
      () => this.#govern(),
      () => this.#govern(),
      () => this.#rotate(),
      () => this.#installation.connection.networkHelpers.time.increase(1 + dice.below(20 * 86_400)),
    ];
    try {
      await dice.pick(dice.below(3) > 0 ? custody : rest)();
    } catch (error) {
      if (!/revert/i.test(String(error))) throw error;
    }
  }

  async #send(kind: Kind, actor: number, to: number, items: readonly Item[]): Promise<void> {
    if (items.length === 0) return;
    const installation = this.#installation;
    const event = await installation.event(kind, actor, items, { to });
    const some = BigInt(this.#dice.below(2 ** Math.min(items.length, 20)));
    const declined = (kind === "handover" || kind === "reassignment") && this.#dice.below(3) === 0 ? some : 0n;
    const { header, signatures } = installation.sign(event, { declined, governorKeys });
    const raw = { header, items: event.items, declined, signatures };
    this.#sent.push(raw);
    await installation.submitRaw([raw]);
  }

  async #mint(): Promise<void> {
    const issuer = CAST[this.#dice.pick(["producer", "registrar", "fleet"] as const)].id;
    const items = Array.from({ length: 1 + this.#dice.below(4) }, () =>
      newItem(issuer, `urn:random:${this.#minted++}`),
    );
    await this.#send("mint", issuer, 0, items);
    this.passports.push(...items.map(({ passportId }) => passportId));
  }

  async #change(kind: Kind): Promise<void> {
    const { items, custodian } = await this.#some(kind === "closure" ? "recycler" : undefined);
    const actor = this.#dice.below(10) === 0 ? 3 : custodian;
    const other = CAST[this.#dice.pick(["fleet", "workshop", "recycler", "producer", "operator"] as const)].id;
    const to = kind === "handover" || kind === "reassignment" ? other : 0;
    await this.#send(kind, kind === "reassignment" ? 0 : actor, to, items);
  }

  async #transform(): Promise<void> {
    const { items, custodian } = await this.#some("workshop");
    const outputs = Array.from({ length: this.#dice.below(3) }, () =>
      newItem(custodian, `urn:random:${this.#minted++}`),
    );
    await this.#send("transformation", custodian, 0, [...items, ...outputs]);
    this.passports.push(...outputs.map(({ passportId }) => passportId));
  }

  /** Up to three passports of one custodian (and now and then of another), on their present heads. */
  async #some(preferred?: Name): Promise<{ items: Item[]; custodian: number }> {
    if (this.passports.length === 0) return { items: [], custodian: 1 };
    const states = new Map<string, string>();
    for (const passport of this.passports) states.set(passport, await this.#installation.state(passport));
    const custodianOf = (passport: string): number => Number.parseInt((states.get(passport) ?? "").slice(58, 64), 16);
    const open = this.passports.filter(
      (passport) => (Number.parseInt((states.get(passport) ?? "").slice(64), 16) & 7) === 1,
    );
    const pool = open.length > 0 && this.#dice.below(10) > 0 ? open : this.passports;
    const theirs = pool.filter((passport) => preferred !== undefined && custodianOf(passport) === CAST[preferred].id);
    const custodian = custodianOf(this.#dice.pick(theirs.length > 0 ? theirs : pool)) || 1;
    const mixed = this.#dice.below(8) === 0;
    const candidates = pool.filter((passport) => mixed || custodianOf(passport) === custodian);
    const chosen = new Set(Array.from({ length: 1 + this.#dice.below(3) }, () => this.#dice.pick(candidates)));
    const items = [...chosen]
      .filter((passport) => passport !== undefined) // none of this custodian's
      .map((passportId) => ({
        passportId,
        prevHead: (states.get(passportId) ?? "").slice(0, 58),
        recordHash: id(`${passportId} ${this.#dice.below(1_000_000)}`),
      }));
    return { items, custodian };
  }

  /** Something sent before, alone or with others, once more. */
  async #replay(): Promise<void> {
    if (this.#sent.length === 0) return;
    await this.#installation.submitRaw([this.#dice.pick(this.#sent), this.#dice.pick(this.#sent)]);
  }

  async #hold(): Promise<void> {
    if (this.passports.length === 0) return;
    const passport = this.#dice.pick(this.passports);
    const [counter] = await this.#installation.method("lastHold").staticCall(passport);
    await this.#installation.hold(passport, { counter: Number(counter) + 1 });
  }

  async #release(): Promise<void> {
    if (this.passports.length === 0) return;
    const passport = this.#dice.pick(this.passports);
    const [counter] = await this.#installation.method("lastHold").staticCall(passport);
    const regulator = this.#dice.pick([0, CAST.regulator.id]);
    await this.#installation.release(passport, { regulator, counter: Number(counter), governorKeys });
  }

  async #govern(): Promise<void> {
    const dice = this.#dice;
    const participantId = 1 + dice.below(7);
    const firm = this.#installation.firms[nameOf(participantId)];
    const accounts = await this.#installation.connection.ethers.getSigners();
    const reason = { recordHash: id(`reason ${dice.below(100)}`) };
    const execute = (kind: Parameters<Installation["execute"]>[0], fields: object) =>
      this.#installation.execute(kind, { ...reason, ...fields }, governorKeys);
    await dice.pick([
      () => execute("RoleChange", { participantId, roles: CAST[nameOf(participantId)].roles }),
      () => execute("Suspension", { participantId }),
      ...Array.from({ length: 5 }, () => () => this.#reinstate(execute)),
      () => execute("SignerRotation", { participantId, signer: dice.pick([firm.signer, addressOf(firm.key)]) }),
      () => execute("AccountChange", { participantId, account: dice.pick(accounts.slice(1, 5)).address }),
      () => execute("AccountChange", { participantId, account: ZeroAddress }),
      () => execute("GovernorChange", { governors: governorKeys.map(addressOf), threshold: 2 + dice.below(2) }),
      () => execute("Succession", { successor: addressOf(firm.key) }),
    ])();
  }

  /** All who are suspended: otherwise the story would soon stand still. */
  async #reinstate(execute: (kind: "Reinstatement", fields: object) => Promise<unknown>): Promise<void> {
    for (const { id: participantId } of Object.values(CAST)) {
      const { active } = await this.#installation.method("participant").staticCall(participantId);
      if (!active) await execute("Reinstatement", { participantId });
    }
  }

  async #rotate(): Promise<void> {
    const firm = this.#installation.firms[this.#dice.pick(NAMES)];
    const caller = await this.#installation.connection.ethers.getSigner(firm.account);
    const contract = this.#installation.contract.connect(caller);
    await contract.getFunction("rotateSigner")(firm.id, this.#dice.pick([firm.signer, addressOf(firm.key)]));
  }
}
