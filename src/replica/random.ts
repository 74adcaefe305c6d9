/**
 * A number from 0 (included) to 1 (excluded) that depends on nothing but its arguments. Every chance in the replica is
 * drawn this way rather than from a running generator, so that a draw doesn't move when another one is added: a longer
 * history keeps its earlier days, and a fault doesn't depend on the order in which requests arrive.
 */
export function chance(seed: number, purpose: number, a: number, b = 0): number {
  let hash = mix(seed ^ 0x9e3779b9);
  hash = mix(hash ^ Math.imul(purpose, 0x85ebca6b));
  hash = mix(hash ^ Math.imul(a, 0xc2b2ae35));
  hash = mix(hash ^ Math.imul(b, 0x27d4eb2f));
  return (hash >>> 0) / 0x1_0000_0000;
}

/** A whole number from `least` to `most`, both included, out of a {@link chance}. */
export function between(least: number, most: number, drawn: number): number {
  return least + Math.floor(drawn * (most - least + 1));
}

/** 32 bits out of a text (FNV-1a over its UTF-16 units). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Spreads every bit of a 32-bit number over all of them (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
