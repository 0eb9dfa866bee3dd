/** Waits for a condition instead of sleeping; fails with its name when it does not come true in time. */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 15_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain until: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
