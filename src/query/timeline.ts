import { NotWrittenError } from "../errors.js";
import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import type { SymbolClass } from "../vision/symbol.js";
import { factsOf } from "./symbol-filter.js";
import { DAY, dateText, ms, select } from "./select.js";

/** One day of a symbol. Size and upload time are null when no file was there. */
export interface TimelineRow {
  date: string;
  available: boolean;
  file_size_bytes: number | null;
  last_modified: Date | null;
}

/** Dates from `from` to `to`, both included. */
export interface DateRange {
  from: string;
  to: string;
  days: number;
}

/** The whole history of a symbol. */
export interface Timeline {
  symbol: string;
  class: SymbolClass;
  /** First and last day with a file; undefined when there was none on any day probed. */
  first: string | undefined;
  last: string | undefined;
  daysAvailable: number;
  /** Missing days between the first and the last. */
  holes: DateRange[];
  /** Days between the first and the last day of `rows` that are not in the database. */
  notWritten: DateRange[];
  /** Every day probed, ascending. */
  rows: TimelineRow[];
}

/**
 * A symbol's days, one by one.
 *
 * @throws NotWrittenError when no day of the symbol is in the file.
 */
export async function timeline(store: Store, symbol: string): Promise<Timeline> {
  // Sorting here is quicker than ORDER BY: the rows come almost in order already.
  const cells = (await select(
    store,
    `SELECT ${DAY}, available, file_size_bytes::DOUBLE, ${ms("last_modified")} FROM availability
      WHERE symbol = $symbol`,
    { symbol },
  )) as [Day, boolean, number | null, number | null][];
  if (cells.length === 0) {
    throw new NotWrittenError(`no day of ${symbol} is in the database: is it a symbol? \`bfa discover\` lists them`);
  }
  cells.sort((a, b) => a[0] - b[0]);
  const there = cells.filter((cell) => cell[1]);
  const first = there[0]?.[0];
  const last = there.at(-1)?.[0];
  const inLife = cells.filter(([day]) => first !== undefined && last !== undefined && day >= first && day <= last);
  return {
    symbol,
    class: factsOf(symbol).class,
    first: first === undefined ? undefined : dateText(first),
    last: last === undefined ? undefined : dateText(last),
    daysAvailable: there.length,
    holes: ranges(inLife.filter((cell) => !cell[1]).map(([day]) => day)),
    notWritten: between(cells.map(([day]) => day)),
    rows: cells.map(([day, available, size, uploaded]) => ({
      date: dateText(day),
      available,
      file_size_bytes: size,
      last_modified: uploaded === null ? null : new Date(uploaded),
    })),
  };
}

/** Ascending days as ranges of days that follow each other. */
function ranges(days: readonly Day[]): DateRange[] {
  const found: DateRange[] = [];
  let start = 0;
  for (let end = 1; end <= days.length; end++) {
    if (days[end] === (days[end - 1] ?? NaN) + 1) continue;
    found.push(dateRange(days[start] ?? 0, days[end - 1] ?? 0));
    start = end;
  }
  return found;
}

/** The days that lie between those of an ascending list. */
function between(days: readonly Day[]): DateRange[] {
  return days.flatMap((day, index) => {
    const previous = days[index - 1];
    return previous === undefined || day === previous + 1 ? [] : [dateRange(previous + 1, day - 1)];
  });
}

function dateRange(from: Day, to: Day): DateRange {
  return { from: dateText(from), to: dateText(to), days: to - from + 1 };
}
