/**
 * What a browser remembers between visits. Storage may be forbidden (a page from a file, a private window): then
 * everything works, and nothing is remembered.
 */
export function recall(name: "language" | "rpcs"): string | null {
  try {
    return localStorage.getItem(`battery-passport.${name}`);
  } catch {
    return null;
  }
}

/** Null forgets. */
export function remember(name: "language" | "rpcs", value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`battery-passport.${name}`);
    else localStorage.setItem(`battery-passport.${name}`, value);
  } catch {
    // see above
  }
}
