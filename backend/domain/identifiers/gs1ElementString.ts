import { encodePercent } from "./percentEncoding.ts";

const ELEMENT = /\((\d{2,4})\)/;
/** Keys that identify, in the order of a Digital Link's path: product, variant, lot, serial. */
const KEYS = ["01", "22", "10", "21"];

/**
 * The path of the GS1 Digital Link that means the same as a GS1 element string in the form printed under a code,
 * `(01)09521000000018(21)S1` (GS1 General Specifications, 7.8); undefined for a text that is none. Data that do not
 * identify the item, like a date, are left out. A key given twice stays twice, for the link's parser to refuse.
 */
export function digitalLinkPathOf(text: string): string | undefined {
  if (!text.startsWith("(01)")) return undefined;
  const [, ...parts] = text.split(ELEMENT);
  const elements: [key: string, value: string][] = [];
  for (let i = 0; i < parts.length; i += 2) elements.push([parts[i] ?? "", parts[i + 1] ?? ""]);
  return KEYS.flatMap((key) => elements.filter(([own]) => own === key))
    .map(([key, value]) => `/${key}/${encodePercent(value)}`)
    .join("");
}
