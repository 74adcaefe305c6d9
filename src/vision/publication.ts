/** Of the symbols that had a file on the last published day, so many must lack one for a day to be unpublished … */
const MIN_LACKING = 5;
/** … and this share of them. */
const MIN_LACKING_SHARE = 0.05;

/**
 * Whether Binance has not published a day yet, or only a part of it: nothing is there at all, or too many symbols lack a
 * file that had one on the last published day.
 */
export function isUnpublished(day: {
  /** Whether nothing at all is there, and that is not taken for the truth yet. */
  empty: boolean;
  /** Symbols with a file on the last published day. */
  expected: number;
  /** Those of them whose cell is missing by a probe from before a day counts as published. */
  lacking: number;
}): boolean {
  const { empty, expected, lacking } = day;
  return empty || (lacking >= MIN_LACKING && lacking >= expected * MIN_LACKING_SHARE);
}
