import { setKeccak } from "../../domain/keccak.ts";
import type { Clock } from "../chooseFaster.ts";
import { type ChosenKeccak, chooseKeccak } from "./chooseKeccak.ts";
import { loadWasmKeccak } from "./wasmKeccak.ts";

/** Chooses what this process hashes with from now on; answers what it is. For a program that begins. */
export async function setFastKeccak(clock: Clock): Promise<ChosenKeccak> {
  const chosen = await chooseKeccak(loadWasmKeccak, clock);
  setKeccak(chosen.keccak);
  return chosen;
}
