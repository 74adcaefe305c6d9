import { closest, distance } from "fastest-levenshtein";

/** The name closest to a word, if it is close enough to be what was meant. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const found = closest(word, names);
  return distance(word, found) <= Math.max(1, Math.floor(word.length / 3)) ? found : undefined;
}
