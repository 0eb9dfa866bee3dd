import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../vectors/", import.meta.url);

/** The vectors of one folder by file name, in order of name. */
export function readVectors<Vector>(folder: string): [string, Vector][] {
  const base = new URL(`${folder}/`, root);
  return readdirSync(base)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => [
      name.replace(".json", "").replaceAll("-", " "),
      JSON.parse(readFileSync(new URL(name, base), "utf8")) as Vector,
    ]);
}
