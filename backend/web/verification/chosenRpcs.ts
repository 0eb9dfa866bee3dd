import { recall, remember } from "../remembered.ts";

/** Splits what a visitor typed into RPC addresses; null if one of them is no web address. */
export function parseRpcs(typed: string): string[] | null {
  const urls = typed.split(/[\s,]+/).filter((part) => part !== "");
  return urls.every((url) => /^https?:\/\//i.test(url) && URL.canParse(url)) ? urls : null;
}

/** The RPCs that this browser was told to ask; empty when it was told nothing. */
export const recallRpcs = (): string[] => parseRpcs(recall("rpcs") ?? "") ?? [];

export const rememberRpcs = (rpcs: readonly string[]): void =>
  remember("rpcs", rpcs.length === 0 ? null : rpcs.join("\n"));
