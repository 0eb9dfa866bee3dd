import { keccakText } from "../../backend/domain/bytes.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import { type Role, roleBits } from "../../backend/domain/participants/roles.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import type { JsonObject, PassportId } from "../../backend/domain/types.ts";
import { addressOfKey, SimulatedChain } from "../domain/verification/simulatedChain.ts";

/**
 * A chain worth looking at: firms with names in both languages, and two packs with all that their labels say; the first's
 * stands in the record of its model.
 */
export type ShownChain = {
  readonly chain: SimulatedChain;
  readonly pack: PassportId;
  readonly second: PassportId;
  /** The same identifier, claimed by another participant. */
  readonly claimed: PassportId;
};

export const PACK_UID = "https://id.gs1.org/01/09521002005004/21/XN622-2026-00417";
export const SECOND_UID = "https://id.gs1.org/01/09521002005004/21/XN622-2026-00418";
export const PACK_PATH = "/01/09521002005004/21/XN622-2026-00417";

const LAB = 6;
const OPERATOR = 7;

const NMC622_PACK = {
  level: "pack",
  model: {
    manufacturer: "Xingnuo Power",
    modelId: "XN-622 96s1p",
    category: "ev",
    chemistry: "NMC622",
    ratedCapacity: { value: 166, unit: "Ah" },
    ratedEnergy: { value: "58.2", unit: "kWh" },
    nominalVoltage: { value: "350.4", unit: "V" },
    mass: { value: "304", unit: "kg" },
    expectedCycles: 1500,
    carbonFootprint: { value: 61, unit: "kgCO2e/kWh" },
    criticalRawMaterials: ["Co", "Li", "Ni"],
  },
  manufacturing: { place: "Chongqing", date: "2026-03-12" },
  item: { stateOfHealth: "0.98" },
};

function admit(
  chain: SimulatedChain,
  id: number,
  en: string,
  zh: string,
  roles: readonly Role[],
  prefix?: string,
): void {
  const key = keccakText(`key of ${en}`);
  chain.keys.set(id, key);
  const fields: JsonObject = {
    participantId: id,
    kind: "firm",
    names: { en, zh },
    identifierPrefixes: prefix === undefined ? [] : [{ scheme: "gs1", prefix }],
  };
  const { hash, record, disclosures } = buildRecord("participant/1", fields, chain.random);
  chain.records.set(hash, { record, disclosures });
  const address = addressOfKey(key);
  chain.change(id, { account: address, signer: address, roles: roleBits(roles), active: true, recordHash: hash });
}

function mint(chain: SimulatedChain, issuer: number, uid: string, fields: JsonObject): PassportId {
  const passportId = passportIdOf(issuer, normaliseUid(uid));
  chain.apply("mint", issuer, 0, [chain.item("mint", passportId, { uid, ...fields })]);
  return passportId;
}

/** Months pass between the events of real batteries. */
function later(chain: SimulatedChain, days: number): void {
  const blocks = days * 7200;
  chain.block += blocks;
  chain.time += blocks * 12;
}

/**
 * Producer → fleet → collection point → recycler, and closure; a second pack goes along as far as the fleet. A test lab
 * measures the state of health of both before that, and mends what it wrote of the first.
 */
export function shownChain(): ShownChain {
  const chain = new SimulatedChain();
  chain.time = 1_773_300_000; // 2026-03-12
  admit(chain, 1, "Xingnuo Power", "星诺动力电池", ["PRODUCER", "CUSTODIAN"], "9521002");
  admit(chain, 2, "Jialing City Buses", "嘉陵城市公交", ["CUSTODIAN"]);
  admit(chain, 3, "Liangjiang Collection Point", "两江回收服务网点", ["CUSTODIAN"]);
  admit(chain, 4, "Shancheng Recycling", "山城再生利用", ["CUSTODIAN", "RECYCLER"]);
  admit(chain, 5, "Somebody Else", "另一家企业", ["PRODUCER", "CUSTODIAN"], "9506000");
  admit(chain, LAB, "Yuzhong Battery Test Lab", "渝中电池检测中心", ["TEST_LAB"]);
  admit(chain, OPERATOR, "Passport Operator", "护照运营平台", ["OPERATOR"]);
  const { model, ...own } = NMC622_PACK;
  const modelRecord = chain.storeModel(1, "urn:example:xn-622", model);
  const pack = chain.mintOfModel(1, PACK_UID, modelRecord, { ...own, batteryCode: "001PE0400000A1G3C0000417" });
  const second = mint(chain, 1, SECOND_UID, { ...NMC622_PACK, batteryCode: "001PE0400000A1G3C0000418" });
  const claimed = mint(chain, 5, PACK_UID, { level: "pack" });
  later(chain, 20);
  chain.handover(1, 2, [pack, second]);
  later(chain, 150);
  chain.handover(2, 3, [pack]);
  later(chain, 5);
  const health = { measuredAt: "2026-09-03T09:30:00+08:00", stateOfHealth: { value: "76.0", unit: "%" } };
  chain.anchor(
    OPERATOR,
    [second, pack].map((id) => chain.observe(LAB, id, { kind: "state-of-health", ...health })),
  );
  later(chain, 4);
  chain.anchor(OPERATOR, [chain.observe(LAB, pack, { kind: "correction", reason: "read off wrongly" })]);
  chain.handover(3, 4, [pack]);
  later(chain, 6);
  chain.apply("closure", 4, 0, [chain.item("closure", pack, { recovered: [] })]);
  return { chain, pack, second, claimed };
}
