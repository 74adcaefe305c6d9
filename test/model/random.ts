/** Random numbers that a seed reproduces exactly. */
export interface Draw {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number;
  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the values, drawn by their weights. */
  weighted<T>(choices: readonly (readonly [number, T])[]): T;
}

/** Random numbers for a seed (mulberry32). */
export function drawsOf(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() < probability,
    weighted: (choices) => {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of choices) {
        left -= weight;
        if (left < 0) return value;
      }
      throw new RangeError("nothing to choose from");
    },
  };
}

/** A hash of the parts below 2^32, for random numbers that don't depend on the order of calls. */
export function mixed(...parts: readonly (string | number)[]): number {
  let hash = 2_166_136_261;
  for (const character of parts.join("|")) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
