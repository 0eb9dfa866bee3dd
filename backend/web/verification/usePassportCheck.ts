import { useCallback, useEffect, useState } from "react";
import { PageTrouble } from "../server/pageTrouble.ts";
import type { Verify, VerifyAnswer, VerifyRequest } from "./verify.ts";

/** Where a check stands. Nothing but `judged` carries a verdict. */
export type PassportCheck =
  | { readonly is: "checking" }
  | { readonly is: "stopped"; readonly trouble: PageTrouble }
  | { readonly is: "judged"; readonly answer: VerifyAnswer };

const CHECKING: PassportCheck = { is: "checking" };

/**
 * Collects what a check needs and runs it, again whenever `collect` changes or `again` is called. Every way that it can
 * end badly ends as `stopped`.
 *
 * @param collect memoised by the caller; null while there is nothing to check
 */
export function usePassportCheck(verify: Verify, collect: (() => Promise<VerifyRequest>) | null) {
  const [check, setCheck] = useState(CHECKING);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further attempt is a reason of its own
  useEffect(() => {
    if (collect === null) return;
    let current = true;
    setCheck(CHECKING);
    collect()
      .then(verify)
      .then((answer): PassportCheck => ({ is: "judged", answer }))
      .catch((thrown: unknown): PassportCheck => ({ is: "stopped", trouble: PageTrouble.of(thrown) }))
      .then((outcome) => {
        if (current) setCheck(outcome);
      });
    return () => {
      current = false;
    };
  }, [verify, collect, attempt]);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  return { check, again };
}
