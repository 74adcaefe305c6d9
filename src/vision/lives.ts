import type { Day } from "../calendar/day.js";
import { overlap, type Span } from "../calendar/span.js";
import type { Traded } from "./traded.js";

/** Days without a file after which the same name is a new contract. */
export const RELISTED_AFTER_DAYS = 30;

/** Days without a traded file after which a name with a settled folder is a new contract. */
export const QUIET_AFTER_DAYS = 28;

/**
 * Files smaller than this are flat: a day without trades has about 8 kB, an active one 49 kB (median).
 */
export const FLAT_BELOW_BYTES = 10_000;

/** From the first to the last file of a contract. */
export interface LifeSpan extends Span {
  /**
   * The life begins here only because this many days before its first file have no traded file. As long as one of them
   * is unknown, the life may have begun earlier.
   */
  quietDays: number;
}

/** The days with files in a settled folder, as ascending spans. */
export type SettledFolder = readonly Span[];

/** The facts about a file that decide lives. */
export interface LifeFile {
  day: Day;
  /** Bytes. */
  size: number;
  /**
   * Whether there were trades on the day.
   *
   * @default "not known"
   */
  traded?: Traded;
}

/** Whether a file's day was traded: by its volumes if they are known, otherwise by the size of the file. */
function isTraded({ size, traded = "not known" }: LifeFile): boolean {
  return traded === "not known" ? size >= FLAT_BELOW_BYTES : traded === "traded";
}

/**
 * The lives of a name, ascending: each spans the time from a contract's first to its last file. Binance reuses names
 * for new contracts and moves the files of the old contract into a settled folder (`LITUSDTSETTLED`), often without a
 * gap in between. A new life begins at the first file after
 *
 * - {@link RELISTED_AFTER_DAYS} days without files;
 * - {@link QUIET_AFTER_DAYS} days whose files are absent or not traded, if the ticker has a settled folder by then; a
 *   file with unknown volumes counts as traded unless it is flat;
 * - a shorter gap that starts the day after the last file in a settled folder at that time.
 *
 * In the first and third case any file begins the life; in the second, the first traded one does, because flat files
 * can continue for months after a contract has ended. Later files never decide whether a life begins, so a later day
 * never changes an earlier answer.
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
  /** The life's last day with a traded file, if any. */
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
 * Whether the days between two consecutive files separate two lives, regardless of the files' contents.
 *
 * @param settled as for {@link livesOf}
 */
export function separatesLives(previous: Day, day: Day, settled: readonly SettledFolder[]): boolean {
  const absent = day - previous - 1;
  return absent >= RELISTED_AFTER_DAYS || (absent > 0 && settled.some((folder) => endsBetween(folder, previous, day)));
}

/** Whether the last file of a folder up to `day` is that of `previous`. Later files of the folder don't count. */
function endsBetween(folder: SettledFolder, previous: Day, day: Day): boolean {
  return folder.findLast(({ from }) => from <= day)?.to === previous;
}

/** The days before the first file of a life that separate it from the previous life, whose last day is `previous`. */
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

/**
 * Whether a life in a settled folder is that of a separate contract. The folder usually repeats files that the contract
 * also has under its own name. It is separate only if its files don't overlap with those of that name and precede some
 * of them, or if that name has none.
 *
 * @param settled the life in the settled folder
 * @param own the lives of the ticker's own name
 */
export function isSeparateContract(settled: Span, own: readonly Span[]): boolean {
  return own.length === 0 || (!own.some((life) => overlap(settled, life)) && own.some(({ from }) => from > settled.to));
}
