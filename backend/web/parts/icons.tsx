import type { CheckStatus } from "../../domain/verification/report.ts";

const stroke = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 2.4,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

/** Beside the name of the site. */
export function BatteryIcon() {
  return (
    <svg className="battery" viewBox="0 0 32 24" aria-hidden="true">
      <rect x="1.500" y="3.500" width="25" height="17" rx="4.500" fill="currentColor" />
      <rect x="28" y="8.500" width="2.800" height="7" rx="1.400" fill="currentColor" />
      <path d="m8.500 12.200 4 4 7.500-8" {...stroke} stroke="var(--surface)" strokeWidth="2.800" />
    </svg>
  );
}

const SHAPES: Readonly<Record<CheckStatus | "checking", string>> = {
  passed: "m6.500 12.500 3.700 3.700 7.300-8",
  failed: "m7.500 7.500 9 9m0-9-9 9",
  unavailable: "M9 9.200a3 3 0 1 1 4.600 2.600c-1 .6-1.600 1.200-1.600 2.300m0 3.200v.1",
  pending: "M12 6.800V12l3.400 2",
  checking: "M12 4.500a7.500 7.500 0 1 1-7.500 7.500",
};

/** Says the same as the words beside it: shape and colour are for the quick eye only. */
export function StatusIcon({ status }: { readonly status: CheckStatus | "checking" }) {
  return (
    <svg className={`status ${status}`} viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="12" />
      <path d={SHAPES[status]} {...stroke} />
    </svg>
  );
}
