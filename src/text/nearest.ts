/** The name closest to a word, if it is close enough to be what was meant. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const [closest] = names
    .map((name) => ({ name, count: edits(word, name), start: commonStart(word, name) }))
    .filter(({ count }) => count <= limit)
    // Few typos are in the first letters.
    .sort((a, b) => a.count - b.count || b.start - a.start);
  return closest?.name;
}

/** The smallest number of letters to insert, remove, replace or swap with the next one to turn one word into another. */
function edits(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const counts = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      counts.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (counts[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[column - 2] ?? Infinity) + 1 : Infinity,
        ),
      );
    }
    [before, above] = [above, counts];
  }
  return above[to.length] ?? 0;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
