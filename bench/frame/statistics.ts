/** Quartiles, minimum and maximum of the values of several runs. */
export interface Spread {
  median: number;
  /** First and third quartile. */
  q1: number;
  q3: number;
  min: number;
  max: number;
  /** Value of each run, in order. */
  values: number[];
}

/**
 * Maximum interquartile range as a share of the median; above it, runs count as noisy. On an idle machine it is 1 to 5
 * % here.
 */
const NOISY_ABOVE = 0.15;

/** @throws RangeError without values */
export function spreadOf(values: readonly number[]): Spread {
  const ascending = [...values].sort((a, b) => a - b);
  return {
    median: quantile(ascending, 0.5),
    q1: quantile(ascending, 0.25),
    q3: quantile(ascending, 0.75),
    min: quantile(ascending, 0),
    max: quantile(ascending, 1),
    values: [...values],
  };
}

/**
 * The value below which a given share of the values lies, interpolated between neighbours (the default in R and NumPy).
 *
 * @param ascending at least one value, sorted
 * @param share 0 (the least) to 1 (the greatest)
 * @throws RangeError without values
 */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const place = (ascending.length - 1) * share;
  const below = ascending[Math.floor(place)];
  const above = ascending[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("no values, no quantile");
  return below + (above - below) * (place - Math.floor(place));
}

/** `of[i] / to[i]` for each run i, so that disturbances affecting both sides of a pair cancel out. */
export function pairRatios(of: readonly number[], to: readonly number[]): number[] {
  return of.slice(0, to.length).map((value, run) => value / (to[run] ?? NaN));
}

/** Whether the runs differ so much that the median says little. */
export function isNoisy({ q1, q3, median }: Spread): boolean {
  return q3 - q1 > NOISY_ABOVE * Math.abs(median);
}
