/** A day is unpublished if at least this many of the symbols that had a file on the last published day lack one … */
const MIN_LACKING = 5;
/** … and at least this share of them. */
const MIN_LACKING_SHARE = 0.05;

/** What a day's files say about its publication. */
export interface PublishedCells {
  /** Whether no symbol at all has a file on the day, and that isn't final yet. */
  empty: boolean;
  /** Symbols with a file on the last published day before this one. */
  expected: number;
  /**
   * The expected symbols whose cell is missing according to a probe made too early for the day to count as published.
   */
  lacking: number;
}

/**
 * Whether Binance has not published a day yet, or only part of it: there are no files at all, or too many of the
 * symbols that had a file on the last published day lack one.
 */
export function isUnpublished({ empty, expected, lacking }: PublishedCells): boolean {
  return empty || (lacking >= MIN_LACKING && lacking >= expected * MIN_LACKING_SHARE);
}
