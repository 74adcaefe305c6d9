/** Bytes of a {@link Phrase}'s word. */
const WORD = 8;

/**
 * A text of at least 8 bytes as words to compare with: one comparison for 8 bytes, and the last word is that of the last
 * 8 bytes, however far it reaches into the one before. Words are floating-point numbers since those cost no memory to
 * read. A word that is not a number equals nothing, so a text with such bytes, which UTF-8 has not, would never be found.
 */
export interface Phrase {
  words: Float64Array;
  last: number;
  length: number;
}

/** A text as a phrase. */
export function phraseOf(text: string): Phrase {
  const bytes = Buffer.from(text);
  return {
    words: Float64Array.from({ length: Math.floor(bytes.length / WORD) }, (_, i) => bytes.readDoubleLE(i * WORD)),
    last: bytes.readDoubleLE(bytes.length - WORD),
    length: bytes.length,
  };
}

/** The position after a phrase; -1 when something else is at the position. */
export function after(view: DataView, at: number, { words, last, length }: Phrase): number {
  const end = at + length;
  if (end > view.byteLength) return -1;
  for (let i = 0; i < words.length; i++) if (view.getFloat64(at + i * WORD, true) !== words[i]) return -1;
  return view.getFloat64(end - WORD, true) === last ? end : -1;
}
