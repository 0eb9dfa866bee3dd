/**
 * Characters that people at a label, and cameras, take for one another. Each group is written as its first character;
 * letters in either case count as one.
 */
const GROUPS = ["0OQ", "1IL", "2Z", "5S", "8B"];
const FOLDED = new Map(GROUPS.flatMap(([first = "", ...others]) => others.map((other) => [other, first] as const)));

/**
 * What an identifier looks like: two identifiers with one look are *look-alikes*. The rule of this project is to warn of
 * them and never to refuse or fold one into the other, because a serial counter that uses letters is lawful and both
 * batteries may exist. (Letters of other scripts, which no reader can tell apart at all, are refused: `uid-non-ascii`.)
 * @param uid ASCII, normalised
 */
export function lookAlikeOf(uid: string): string {
  return uid.toUpperCase().replace(/[OQILZSB]/g, (letter) => FOLDED.get(letter) ?? letter);
}
