import type { TFunction } from "i18next";

/** What the chain readers say when they fail, and the sentence of the page for it; groups become `{{detail}}`. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/^The chain's RPC cannot be reached/, "unreachable"],
  [/^The chain's RPC gave no answer within/, "timeout"],
  [/^The chain's RPC answered with HTTP status (\d+)/, "status"],
  [/^The chain's RPC refused (.*)$/s, "refused"],
  [/^The RPCs contradict each other about block (.*)\.$/, "contradiction"],
  [/^The chain was reorganised/, "reorganised"],
  [/^The chain's RPC (?:answered|sent)/, "nonsense"],
];

/** Why the chain could not be asked, in the page's language; the reader's own English where it is none of these. */
export function rpcCause(t: TFunction, cause: string): string {
  for (const [pattern, name] of CAUSES) {
    const match = pattern.exec(cause);
    if (match !== null) return t(`cause/${name}`, { detail: match[1] ?? "" });
  }
  return cause;
}
