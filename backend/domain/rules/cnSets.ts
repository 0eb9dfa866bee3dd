import type { Deadline, RuleSet, Threshold } from "./ruleSet.ts";

const atLeast = (figure: string, value: string): Threshold => ({
  kind: "at-least",
  id: figure,
  figure,
  value,
  unit: "%",
});
const below = (figure: string, value: string, unit: string): Threshold => ({
  kind: "below",
  id: figure,
  figure,
  value,
  unit,
});
const within = (workingDays: number, id: string, who: string, what: string): Deadline => ({
  kind: "deadline",
  id,
  who,
  what,
  workingDays,
});

export const CN_SETS: readonly RuleSet[] = [
  {
    id: "cn-industry-conditions-2024",
    jurisdiction: "cn",
    axis: "recycling-smelting-stage",
    confidence: "read",
    title: { en: "Industry conditions for comprehensive utilisation", zh: "综合利用行业规范条件（2024年本）" },
    source: "新能源汽车废旧动力电池综合利用行业规范条件（2024年本）; the first day is background knowledge",
    from: "2025-01-01",
    until: null,
    note:
      "These figures rate the smelting stage of licensed plants. The EU's recovery targets rate the whole process, which " +
      "starts at the battery: the two do not share an axis, and 98 % here is not more than 95 % there.",
    rules: [
      atLeast("electrode-powder", "98"),
      below("aluminium-impurity", "1.5", "%"),
      below("copper-impurity", "1.5", "%"),
      atLeast("Li", "90"),
      ...["Ni", "Co", "Mn"].map((element) => atLeast(element, "98")),
      atLeast("material-repair", "99"),
      below("lithium-carbonate-energy", "2200", "kgce/t"),
      atLeast("waste-water-reuse", "90"),
    ],
  },
  {
    id: "cn-reporting-2018",
    jurisdiction: "cn",
    axis: "reporting",
    confidence: "read",
    title: { en: "Traceability reports, 2018 provisions", zh: "回收利用溯源管理暂行规定（2018年）" },
    source: "新能源汽车动力蓄电池回收利用溯源管理暂行规定 (2018); the first day is background knowledge",
    from: "2018-08-01",
    until: null,
    note:
      "Working days, from the day after. The Interim Measures in force since 1 April 2026 have deadlines of their own, " +
      "which were not found: after that day this set says what the older text demands.",
    rules: [
      within(15, "vehicle-certificate", "vehicle maker", "certificate of a vehicle with its battery"),
      within(15, "customs-inspection", "importer", "customs and inspection of imported vehicles"),
      within(30, "repair", "vehicle maker", "repair or replacement of a battery"),
      within(30, "service-point", "service point", "battery in or out"),
      within(15, "scrap-certificate", "ELV dismantler", "scrap certificate: VIN, date, pack code and type"),
      within(15, "battery-out", "ELV dismantler", "battery out: pack code, date, receiver and its credit code"),
      within(15, "cascade-product", "cascade firm", "cascade product out"),
      within(15, "cascade-waste", "cascade firm", "waste battery in or out"),
      within(30, "recycling-received", "recycler", "waste battery received"),
      within(30, "recycling-finished", "recycler", "recycling finished"),
    ],
  },
  {
    id: "cn-transport-safety",
    jurisdiction: "cn",
    axis: "transport",
    confidence: "background",
    title: { en: "Safety before transport", zh: "运输前安全检查" },
    source: "GB/T 38698.1, annex A: the form is read, the wording and the first day are background knowledge",
    from: "2020-10-01",
    until: null,
    note: "All no: may be transported. Any yes: may not directly. Consignor and consignee decide together.",
    rules: (
      [
        ["leakage", "Does it leak?", "是否漏液？"],
        ["deformation", "Is the housing broken, swollen or deformed?", "外壳是否破损、鼓胀或变形？"],
        ["heat", "Is it hot, or does it smoke?", "是否发热或冒烟？"],
        ["insulation", "Are live parts bare, or is the insulation faulty?", "是否有带电部件裸露或绝缘失效？"],
        ["water", "Was it under water?", "是否浸水？"],
        ["fire", "Was it in a fire or a crash?", "是否经历火灾或碰撞？"],
      ] as const
    ).map(([id, en, zh]) => ({ kind: "question", id, asks: { en, zh } })),
  },
];
