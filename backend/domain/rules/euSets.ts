import type { RuleSet, Threshold } from "./ruleSet.ts";

const atLeast = (figure: string, value: string): Threshold => ({
  kind: "at-least",
  id: figure,
  figure,
  value,
  unit: "%",
});

const COMMON = { jurisdiction: "eu", confidence: "read" } as const;
const EFFICIENCY = {
  ...COMMON,
  axis: "recycling-whole-process",
  title: { en: "Recycling efficiency of lithium-based batteries", zh: "锂基电池再生利用效率" },
  source: "Regulation (EU) 2023/1542, Annex XII, part B",
} as const;
const RECOVERY = {
  ...COMMON,
  axis: "recycling-whole-process",
  title: { en: "Recovery of materials", zh: "材料回收率" },
  source: "Regulation (EU) 2023/1542, Annex XII, part C",
} as const;
const CONTENT = {
  ...COMMON,
  axis: "recycled-content",
  title: { en: "Recycled content", zh: "再生原材料含量" },
  source: "Regulation (EU) 2023/1542, Art. 8",
  note: "A duty of whoever makes new batteries; recovering a material is another duty, of whoever recycles.",
} as const;

/** "By the end of 2027" holds from the last day of that year on. */
export const EU_SETS: readonly RuleSet[] = [
  {
    ...EFFICIENCY,
    id: "eu-recycling-efficiency-2025",
    from: "2025-12-31",
    until: "2030-12-30",
    rules: [atLeast("efficiency", "65")],
  },
  {
    ...EFFICIENCY,
    id: "eu-recycling-efficiency-2030",
    from: "2030-12-31",
    until: null,
    rules: [atLeast("efficiency", "70")],
  },
  {
    ...RECOVERY,
    id: "eu-material-recovery-2027",
    from: "2027-12-31",
    until: "2031-12-30",
    rules: [...["Co", "Cu", "Pb", "Ni"].map((element) => atLeast(element, "90")), atLeast("Li", "50")],
  },
  {
    ...RECOVERY,
    id: "eu-material-recovery-2031",
    from: "2031-12-31",
    until: null,
    rules: [...["Co", "Cu", "Pb", "Ni"].map((element) => atLeast(element, "95")), atLeast("Li", "80")],
  },
  {
    ...CONTENT,
    id: "eu-recycled-content-2031",
    from: "2031-08-18",
    until: "2036-08-17",
    rules: [atLeast("Co", "16"), atLeast("Pb", "85"), atLeast("Li", "6"), atLeast("Ni", "6")],
  },
  {
    ...CONTENT,
    id: "eu-recycled-content-2036",
    from: "2036-08-18",
    until: null,
    rules: [atLeast("Co", "26"), atLeast("Pb", "85"), atLeast("Li", "12"), atLeast("Ni", "15")],
  },
];
