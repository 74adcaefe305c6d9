/** A day is unpublished if at least this many of the symbols that had a file on the last published day lack one … */
const MIN_LACKING = 5;
/** … and at least this share of them. */
const MIN_LACKING_SHARE = 0.05;

/**
 * Whether Binance has not published a day yet, or only part of it: there are no files at all, or too many of the
 * symbols that had a file on the last published day lack one.
 */
export function isUnpublished(day: {
  /** Whether no symbol at all has a file, and that isn't final yet. */
  empty: boolean;
  /** Symbols with a file on the last published day. */
  expected: number;
  /**
   * The expected symbols whose cell is missing according to a probe made too early for the day to count as published.
   */
  lacking: number;
}): boolean {
  const { empty, expected, lacking } = day;
  return empty || (lacking >= MIN_LACKING && lacking >= expected * MIN_LACKING_SHARE);
}
