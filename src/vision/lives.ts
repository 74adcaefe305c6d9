import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { Traded } from "./traded.js";

/** Days without a file after which the same name is another contract. */
export const RELISTED_AFTER_DAYS = 30;

/** Days without a traded file after which a name with a settled folder is another contract. */
export const QUIET_AFTER_DAYS = 28;

/**
 * Files below this many bytes are flat: a day on which nothing was traded has about 8 kB, a live one 49 kB (median).
 */
export const FLAT_BELOW_BYTES = 10_000;

/** From the first to the last file of a contract. */
export interface LifeSpan extends Span {
  /**
   * Days before the first file on whose lack of traded files it hangs that the life begins there: as long as one of
   * them is not known, the life may have begun earlier.
   */
  quietDays: number;
}

/** The files of a settled folder, as the spans of days that they form, ascending. */
export type SettledFolder = readonly Span[];

/** A file as far as lives go. */
export interface LifeFile {
  day: Day;
  /** Bytes. */
  size: number;
  /**
   * What is known of the trades of the day.
   *
   * @default "not known"
   */
  traded?: Traded;
}

/** Whether a file's day was traded: by its volumes where they are known, else by the size of the file. */
function isTraded({ size, traded = "not known" }: LifeFile): boolean {
  return traded === "not known" ? size >= FLAT_BELOW_BYTES : traded === "traded";
}

/**
 * The lives of a name: the times from a contract's first to its last file, ascending. Binance lists contracts again
 * under an old name, and moves the files of the old contract into a settled folder (`LITUSDTSETTLED`), often without a
 * gap of its own. A new life begins at the first file after
 *
 * - {@link RELISTED_AFTER_DAYS} days without files;
 * - {@link QUIET_AFTER_DAYS} days whose files are absent or not traded, if the ticker has a settled folder by then; a file
 *   whose volumes are not known is traded unless it is flat;
 * - a shorter gap that starts the day after the last file that a settled folder has by then.
 *
 * In the first and the third case that is any file; in the second it is the first traded one, since flat files go on
 * for months after a contract has ended. Nothing after a file decides whether it begins a life, so that a
 * later day never changes an earlier answer.
 *
 * @param files of the name, ascending by day
 * @param settled the settled folders of the ticker
 * @example
 * ```ts
 * // 11 empty days after the last file of BNXUSDTSETTLED
 * livesOf(filesOfBnx, [[{ from: dayOf("2022-04-01"), to: dayOf("2023-02-11") }]]); // two lives
 * ```
 */
export function livesOf(files: Iterable<LifeFile>, settled: readonly SettledFolder[]): LifeSpan[] {
  const lives: LifeSpan[] = [];
  /** The last day with a traded file of the life, as far as there is one. */
  let lastTraded: Day | undefined;
  for (const file of files) {
    const { day } = file;
    const life = lives.at(-1);
    const traded = isTraded(file);
    if (life === undefined || separatesLives(life.to, day, settled) || (traded && wasQuiet(lastTraded, day, settled))) {
      lives.push({ from: day, to: day, quietDays: quietDaysBefore(life?.to, day, settled) });
      lastTraded = undefined;
    } else {
      life.to = day;
    }
    if (traded) lastTraded = day;
  }
  return lives;
}

/**
 * Whether the days between two files that follow each other separate two lives, whatever the files hold.
 *
 * @param settled as for {@link livesOf}
 */
export function separatesLives(previous: Day, day: Day, settled: readonly SettledFolder[]): boolean {
  const absent = day - previous - 1;
  return absent >= RELISTED_AFTER_DAYS || (absent > 0 && settled.some((folder) => endsBetween(folder, previous, day)));
}

/** Whether the last file that a folder has by a day is of an earlier one: what it gets later decides nothing here. */
function endsBetween(folder: SettledFolder, previous: Day, day: Day): boolean {
  return folder.findLast(({ from }) => from <= day)?.to === previous;
}

/** The days before the first file of a life that separate it from the one before, of which `previous` is the last. */
function quietDaysBefore(previous: Day | undefined, day: Day, settled: readonly SettledFolder[]): number {
  if (previous === undefined) return RELISTED_AFTER_DAYS;
  return separatesLives(previous, day, settled) ? Math.min(RELISTED_AFTER_DAYS, day - previous - 1) : QUIET_AFTER_DAYS;
}

function wasQuiet(lastTraded: Day | undefined, day: Day, settled: readonly SettledFolder[]): boolean {
  return (
    lastTraded !== undefined &&
    day - lastTraded - 1 >= QUIET_AFTER_DAYS &&
    settled.some(([first]) => first !== undefined && first.from < day)
  );
}
