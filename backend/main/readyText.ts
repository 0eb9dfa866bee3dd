import { formatTrustRoot } from "../domain/verification/trustRoot.ts";
import type { Deployment } from "../services/deployment.ts";
import { type Finding, worstOf } from "../services/fsck/checkTables.ts";
import { type ChosenKeccak, describeKeccak } from "../services/hashing/chooseKeccak.ts";
import { type ChosenCurve, describeCurve } from "../services/signatures/chooseCurve.ts";
import type { Surroundings } from "./startEmbedded.ts";

/** The last thing a start says: where everything is, what is trusted, what to type next, how to stop. */
export function readyText(ready: {
  readonly seconds: number;
  readonly publicUrl: string;
  readonly surroundings: Pick<Surroundings, "dataDir" | "rpcUrls">;
  readonly deployment: Deployment;
  /** Null where no sample was played. */
  readonly verifyCommand: string | null;
  readonly isSimulation: boolean;
  readonly curve: ChosenCurve;
  readonly keccak: ChosenKeccak;
  readonly findings: readonly Finding[];
  /** The account that pays for transactions, and what it has, in wei. */
  readonly relayer: { readonly account: string; readonly balance: bigint };
}): string {
  const { publicUrl, surroundings, deployment, verifyCommand } = ready;
  const lines = [
    "",
    `Ready after ${ready.seconds.toFixed(1)} s.`,
    "",
    `  server       ${publicUrl}   (API: ${publicUrl}/docs)`,
    `  chain        ${surroundings.rpcUrls.join(", ")}   (id ${deployment.chainId})`,
    `  contract     ${deployment.contract}, deployed in block ${deployment.deploymentBlock}`,
    `  trust root   ${formatTrustRoot(deployment)}`,
    `  data         ${surroundings.dataDir}`,
    `  signatures   ${describeCurve(ready.curve)}`,
    `  hashing      ${describeKeccak(ready.keccak)}`,
    `  tables       ${describeFindings(ready.findings)}`,
    "",
  ];
  if (verifyCommand !== null) {
    lines.push(
      "Verify the sample battery yourself, with this server running or after you have stopped it:",
      "",
      `  ${verifyCommand}`,
      "",
    );
  }
  if (!ready.isSimulation) {
    const { account, balance } = ready.relayer;
    lines.push(
      balance > 0n
        ? `Accepted events are put on chain by ${account}.`
        : `This installation only follows: fund its account ${account} before anybody hands it events.`,
    );
  }
  lines.push(
    ready.isSimulation
      ? "This is a simulation: the chain and everybody's keys are on this one machine. Ctrl-C stops it; the next start goes on."
      : "Ctrl-C stops it.",
  );
  return lines.join("\n");
}

/** One line about the quick checks; their details went to the log. */
function describeFindings(findings: readonly Finding[]): string {
  const worst = worstOf(findings);
  if (worst === "holds") return `${findings.length} quick checks hold (all of them: battery-passport fsck)`;
  const named = findings.filter(({ state }) => state === worst).map(({ check }) => check);
  return `${worst}: ${named.join(", ")}; run battery-passport fsck`;
}
