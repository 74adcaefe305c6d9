/**
 * A pseudo-random number from 0 (inclusive) to 1 (exclusive) that depends only on its arguments. All randomness in the
 * replica comes from here rather than from a stateful generator, so that adding a draw doesn't change the others: a
 * longer history keeps its earlier days, and a fault doesn't depend on the order in which requests arrive.
 */
export function chance(seed: number, purpose: number, a: number, b = 0): number {
  let hash = mix(seed ^ 0x9e3779b9);
  hash = mix(hash ^ Math.imul(purpose, 0x85ebca6b));
  hash = mix(hash ^ Math.imul(a, 0xc2b2ae35));
  hash = mix(hash ^ Math.imul(b, 0x27d4eb2f));
  return (hash >>> 0) / 0x1_0000_0000;
}

/** Maps a {@link chance} to a whole number from `min` to `max`, both inclusive. */
export function between(min: number, max: number, drawn: number): number {
  return min + Math.floor(drawn * (max - min + 1));
}

/** A 32-bit hash of a text (FNV-1a over its UTF-16 units). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Mixes a 32-bit number so that every bit affects all others (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
