import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { passes, type SymbolFilter } from "./symbol-filter.js";
import { DAY, date, dateText, select } from "./select.js";
import { requireWritten } from "./condition.js";

/** Options of {@link universe}. */
export interface UniverseOptions extends SymbolFilter {
  /** Days since the first file, at least. */
  minAgeDays: number;
  /** Leaves out files smaller than this, bytes: flat files of dead contracts have about 8 kB, live ones mostly 49 kB. */
  minBytes?: number;
  /** Only symbols that had a file on this later day too. It lets the future leak into the answer, so it is off unless asked for. */
  aliveUntil?: Day;
}

/** A symbol that a backtest may hold on the day. */
export interface UniverseRow {
  symbol: string;
  first_date: string;
  /** Days from the first file to the day asked about. */
  age_days: number;
  file_size_bytes: number;
}

/**
 * The point-in-time universe of a day: the symbols that had a file on it and had their first one long enough before.
 * Nothing after the day is looked at, unless `aliveUntil` asks for it.
 *
 * @throws NotWrittenError when the day, or one that its answer depends on, isn't in the file.
 */
export async function universe(store: Store, day: Day, options: UniverseOptions): Promise<UniverseRow[]> {
  const { minAgeDays, minBytes = 0, aliveUntil } = options;
  await requireWritten(store, day, day);
  const youngest = day - minAgeDays;
  if (minAgeDays > 0 && youngest >= store.dataset.firstPeriod) await requireWritten(store, youngest, youngest);
  if (aliveUntil !== undefined) await requireWritten(store, aliveUntil, aliveUntil);
  const firstDays = await firstDaysOf(store);
  const files = (await select(
    store,
    `SELECT symbol, file_size_bytes::DOUBLE FROM availability
      WHERE date = $day AND available AND file_size_bytes >= $minBytes`,
    { day: date(day), minBytes },
  )) as [string, number][];
  const rows = files
    .map(([symbol, size]) => [symbol, firstDays.get(symbol) ?? day, size] as const)
    .filter(([, first]) => first <= youngest)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const alive = aliveUntil === undefined ? undefined : await availableOn(store, aliveUntil);
  return rows
    .filter(([symbol]) => passes(symbol, options) && alive?.has(symbol) !== false)
    .map(([symbol, first, size]) => ({
      symbol,
      first_date: dateText(first),
      age_days: day - first,
      file_size_bytes: size,
    }));
}

/** First days of symbols in a file that can't change while it is open: its readers keep every writer out. */
const kept = new WeakMap<Store, Map<string, Day>>();

/** The first day with a file of each symbol. It is the costly part of the answer and the same for every day asked about. */
async function firstDaysOf(store: Store): Promise<Map<string, Day>> {
  const known = kept.get(store);
  if (known !== undefined) return known;
  const rows = await select(store, `SELECT symbol, min(${DAY}) FROM availability WHERE available GROUP BY symbol`);
  const found = new Map(rows as [string, Day][]);
  if (store.access === "read") kept.set(store, found);
  return found;
}

async function availableOn(store: Store, day: Day): Promise<Set<string>> {
  const rows = await select(store, "SELECT symbol FROM availability WHERE date = $day AND available", {
    day: date(day),
  });
  return new Set(rows.map(([symbol]) => String(symbol)));
}
