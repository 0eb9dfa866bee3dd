import { posix } from "node:path";
import { type Mutation, parse, type Sources } from "./findMutations.ts";

/**
 * Compiling takes longer than testing, so all mutations are planted into one contract, each behind a switch: the number
 * in `block.coinbase`, which the chain of a test run chooses. Number 0 is the contract as it is.
 */
export const SWITCH_FILE = "contracts/MutationSwitch.sol";
const SWITCH = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

library MutationSwitch {
    function on(uint256 number) internal view returns (bool) {
        return uint160(address(block.coinbase)) == number;
    }
}
`;

export type Planted = { readonly sources: Sources; readonly mutations: ReadonlyMap<number, Mutation> };

/** Plants what compiles; a mutation that the compiler refuses (mostly a type that does not fit) is left out. */
export function plantMutations(sources: Sources, mutations: readonly Mutation[]): Planted {
  const kept = new Map(mutations.map((mutation, i) => [i + 1, mutation]));
  for (;;) {
    const planted = render(sources, kept);
    try {
      parse(planted);
      return { sources: planted, mutations: kept };
    } catch (error) {
      const { at } = error as { at?: { file: string; start: number; end: number } };
      const refused = at === undefined ? [] : switchesAt(planted[at.file]?.content ?? "", at);
      if (refused.length === 0) throw error;
      for (const number of refused) kept.delete(number);
    }
  }
}

/** The innermost switch around the compiler's complaint, else those inside it. */
function switchesAt(content: string, { start, end }: { start: number; end: number }): number[] {
  const bytes = Buffer.from(content);
  const numbers = (text: string): number[] =>
    [...text.matchAll(/MutationSwitch\.on\((\d+)\)/g)].map((m) => Number(m[1]));
  const within = numbers(bytes.subarray(start, end).toString());
  if (within.length > 0) return within.slice(0, 1);
  return numbers(bytes.subarray(0, start).toString()).slice(-1);
}

function render(sources: Sources, mutations: ReadonlyMap<number, Mutation>): Sources {
  const planted: Record<string, { content: string }> = { [SWITCH_FILE]: { content: SWITCH } };
  for (const [file, { content }] of Object.entries(sources)) {
    const here = [...mutations].filter(([, mutation]) => mutation.file === file);
    if (!file.startsWith("contracts/") || file.startsWith("contracts/interfaces/")) planted[file] = { content };
    else {
      const path = posix.relative(posix.dirname(file), SWITCH_FILE);
      const from = path.startsWith(".") ? path : `./${path}`;
      // Reading the switch is no pure act.
      const switched = renderFile(content, here).replace(/\bpure\b/g, "view");
      const header = here.length > 0 ? `import {MutationSwitch} from "${from}";\n` : "";
      planted[file] = { content: switched.replace(/(pragma solidity [^;]+;\n)/, `$1${header}`) };
    }
  }
  return planted;
}

/** Outer mutations first, so that an outer one wraps what is planted within it. */
function renderFile(content: string, mutations: readonly (readonly [number, Mutation])[]): string {
  const bytes = Buffer.from(content);
  const ordered = [...mutations].sort(([, a], [, b]) => a.start - b.start || b.end - a.end);
  const renderRange = (start: number, end: number, inside: typeof ordered): string => {
    let text = "";
    let at = start;
    for (let i = 0; i < inside.length; ) {
      const [number, mutation] = inside[i] as readonly [number, Mutation];
      let next = i + 1;
      while (next < inside.length && (inside[next] as readonly [number, Mutation])[1].start < mutation.end) next++;
      const body = renderRange(mutation.start, mutation.end, inside.slice(i + 1, next));
      text += bytes.subarray(at, mutation.start).toString();
      text +=
        mutation.part === "statement"
          ? `if (!MutationSwitch.on(${number})) { ${body}; }`
          : `(MutationSwitch.on(${number}) ? (${mutation.changed}) : (${body}))`;
      at = mutation.end;
      i = next;
    }
    return text + bytes.subarray(at, end).toString();
  };
  return renderRange(0, bytes.length, ordered);
}
