import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { DuckDBDateValue, LIST, listValue, VARCHAR } from "./duckdb.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { readRows } from "./read-rows.js";

/** Last time that DuckDB knows, ms since the Unix epoch. */
export const MAX_TIME = 9_223_372_036_854_000;

/** The latest probe of files that can't change while they are open: their readers keep every writer out. */
const kept = new WeakMap<Store, number>();

/** Whether there are rows that say they were probed later than now, ms since the Unix epoch: they are believed only then. */
export async function hasRowsOfLater(store: Store, now: number): Promise<boolean> {
  const latest = kept.get(store) ?? (await latestProbe(store));
  if (store.access === "read") kept.set(store, latest);
  return latest > now;
}

async function latestProbe(store: Store): Promise<number> {
  // DuckDB knows it without a look at the rows.
  const [rows] = await readRows(store, "SELECT max(probe_timestamp) FROM availability", { latest: "number?" });
  return rows?.latest ?? -Infinity;
}

/** What the table knows of a symbol. */
export interface SymbolRows {
  /** Its rows in the span asked about: their number, first and last day. */
  count: number;
  first: Day;
  last: Day;
  /** Last day with a file, of any day. */
  lastFile: Day | undefined;
  /** Last day with a row, of any day. */
  lastProbed: Day;
}

/** Rows that {@link symbolRows} looks at; all of them by default. */
export interface RowsSeen {
  /** Of these symbols. */
  symbols?: readonly string[];
  /** Of this day or later. */
  since?: Day;
  /** Those that don't say they were probed later, ms since the Unix epoch. */
  probedUntil?: number;
}

/** Whether every row lies in a span. DuckDB knows the first and the last day without a look at the rows. */
async function holdsOnly(store: Store, { from, to }: Span): Promise<boolean> {
  const [days] = await select(store, `SELECT ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM availability`);
  const [first, last] = days ?? [];
  return typeof first === "number" && typeof last === "number" && first >= from && last <= to;
}

/** What the table knows of each symbol with a row. */
export async function symbolRows(
  store: Store,
  { from, to }: Span,
  { symbols, since = 0, probedUntil = MAX_TIME }: RowsSeen = {},
): Promise<Map<string, SymbolRows>> {
  // A filter for each of three aggregates takes half of the time, and a run mostly asks for all days.
  const asked = (await holdsOnly(store, { from, to })) ? "" : "FILTER (date BETWEEN $from AND $to)";
  const found = await select(
    store,
    `SELECT symbol, count(*) ${asked}::INTEGER, ${dayNumber(`min(date) ${asked}`)}, ${dayNumber(`max(date) ${asked}`)},
        ${dayNumber("max(date) FILTER (available)")}, ${dayNumber("max(date)")}
      FROM availability
      WHERE date >= $since AND ${probedBySql("$until::BIGINT")} ${symbols === undefined ? "" : "AND symbol IN (SELECT unnest($symbols))"}
      GROUP BY symbol`,
    {
      ...(asked === "" ? {} : { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) }),
      since: new DuckDBDateValue(since),
      until: probedUntil,
      ...(symbols === undefined ? {} : { symbols }),
    },
  );
  return new Map(
    found.map(([symbol, count, first, last, lastFile, lastProbed]) => [
      String(symbol),
      {
        count: Number(count),
        first: Number(first),
        last: Number(last),
        lastFile: lastFile === null ? undefined : Number(lastFile),
        lastProbed: Number(lastProbed),
      },
    ]),
  );
}

/**
 * The spans of days that have rows, of symbols whose rows are not one span.
 *
 * @param probedUntil leaves out rows that say they were probed later, ms since the Unix epoch
 */
export async function probedSpans(
  { connection }: Store,
  symbols: readonly string[],
  { from, to }: Span,
  probedUntil = MAX_TIME,
): Promise<Map<string, Span[]>> {
  const spans = new Map<string, Span[]>();
  if (symbols.length === 0) return spans;
  // Days of a symbol that follow each other without a gap have the same difference of day and rank.
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM (
        SELECT symbol, date, date - row_number() OVER (PARTITION BY symbol ORDER BY date)::INTEGER AS island
        FROM availability
        WHERE date BETWEEN ${dateLiteral(from)} AND ${dateLiteral(to)} AND symbol IN (SELECT unnest($symbols))
          AND ${probedBySql(probedUntil)}
      ) GROUP BY symbol, island ORDER BY 1, 2`,
    { symbols: listValue([...symbols]) },
    { symbols: LIST(VARCHAR) },
  );
  for (const [symbol, first, last] of found.getRows()) {
    const ofSymbol = spans.get(String(symbol)) ?? [];
    ofSymbol.push({ from: Number(first), to: Number(last) });
    spans.set(String(symbol), ofSymbol);
  }
  return spans;
}
