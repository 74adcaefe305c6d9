/** How unequal the parts of a whole are. Shares are from 0 to 1; null when the whole is 0. */
export interface Concentration {
  total: number;
  /** Share of the `largest` largest parts together. */
  share: (largest: number) => number | null;
  /** Herfindahl index: the sum of the squares of all shares. */
  herfindahl: number | null;
}

/**
 * How concentrated volumes are. They are added from the largest to the smallest, so that the result doesn't depend on
 * their order.
 *
 * @param volumes non-negative
 * @example
 * ```ts
 * const { share, herfindahl } = concentration([3, 1]);
 * share(1); // 0.75
 * herfindahl; // 0.625
 * ```
 */
export function concentration(volumes: readonly number[]): Concentration {
  const sorted = Float64Array.from(volumes).sort().reverse();
  const sumOf = (parts: Float64Array) => parts.reduce((sum, part) => sum + part, 0);
  const total = sumOf(sorted);
  if (total === 0) return { total, share: () => null, herfindahl: null };
  return {
    total,
    share: (largest) => sumOf(sorted.subarray(0, largest)) / total,
    // Rounding can give slightly more than 1.
    herfindahl: Math.min(1, sumOf(sorted.map((volume) => (volume / total) ** 2))),
  };
}
