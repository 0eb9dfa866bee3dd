import { type Role, roleBits } from "../../backend/domain/participants/roles.ts";
import type { JsonObject, ParticipantId } from "../../backend/domain/types.ts";

/** A firm of the sample walk, which exists nowhere else. */
export type SampleFirm = {
  readonly id: ParticipantId;
  /** Name of its key file. */
  readonly key: string;
  readonly roles: number;
  readonly record: JsonObject;
};

function firm(
  id: number,
  key: string,
  roles: readonly Role[],
  kind: string,
  names: readonly [en: string, zh: string],
  identifierPrefixes: readonly { readonly scheme: string; readonly prefix: string }[] = [],
): SampleFirm {
  const [en, zh] = names;
  const record = { participantId: id, kind, names: { en, zh }, identifierPrefixes, country: "CN" };
  return { id, key, roles: roleBits(roles), record };
}

/** 952 is the prefix that GS1 keeps for examples; 9BP stands for a maker's code by GB/T 34014. */
export const GS1_COMPANY_PREFIX = "9520123";
export const BATTERY_MAKER_CODE = "9BP";

export const PRODUCER = firm(
  1,
  "producer",
  ["PRODUCER", "CUSTODIAN"],
  "battery-maker",
  ["Example Traction Batteries Ltd", "示例动力电池有限公司"],
  [
    { scheme: "gs1", prefix: GS1_COMPANY_PREFIX },
    { scheme: "gbt34014", prefix: BATTERY_MAKER_CODE },
  ],
);
export const FLEET = firm(2, "fleet", ["CUSTODIAN"], "bus-company", ["Example City Buses Ltd", "示例城市公交有限公司"]);
export const COLLECTION_POINT = firm(3, "collection-point", ["CUSTODIAN"], "collection-service-point", [
  "Example Collection Service Point",
  "示例回收服务网点",
]);
export const RECYCLER = firm(4, "recycler", ["CUSTODIAN", "DISMANTLER", "RECYCLER"], "recycler", [
  "Example Recycling Ltd",
  "示例再生利用有限公司",
]);
export const TEST_LAB = firm(5, "test-lab", ["TEST_LAB"], "test-lab", ["Example Battery Test Lab", "示例电池检测中心"]);
export const REGULATOR = firm(6, "regulator", ["REGULATOR"], "competent-authority", [
  "Example Competent Authority",
  "示例主管部门",
]);
export const OPERATOR = firm(7, "operator", ["OPERATOR"], "third-party-platform", [
  "Example Passport Operator",
  "示例第三方平台",
]);

export const SAMPLE_FIRMS: readonly SampleFirm[] = [
  PRODUCER,
  FLEET,
  COLLECTION_POINT,
  RECYCLER,
  TEST_LAB,
  REGULATOR,
  OPERATOR,
];
