/** Bytes of a {@link Phrase}'s word. */
const WORD = 8;

/**
 * A text of at least 8 bytes, split into 8-byte words so that each takes one comparison. The last word covers the last
 * 8 bytes, even if it overlaps the one before. Words are doubles, because reading those allocates nothing. A NaN equals
 * nothing, so a text with such bytes would never match; valid UTF-8 has none.
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

/** The position after a phrase; -1 when the phrase is not at the position. */
export function after(view: DataView, at: number, { words, last, length }: Phrase): number {
  const end = at + length;
  if (end > view.byteLength) return -1;
  for (let i = 0; i < words.length; i++) if (view.getFloat64(at + i * WORD, true) !== words[i]) return -1;
  return view.getFloat64(end - WORD, true) === last ? end : -1;
}
