/**
 * How many differing cells a comparison returns. Pure data, because the command line reads it before anything else is
 * loaded.
 */
export const DEFAULT_LIMIT = 20;

/** Minimum and maximum of `limit`. */
export const LIMIT_BOUNDS = [0, 10_000_000] as const;
