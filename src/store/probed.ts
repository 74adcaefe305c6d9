import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { DuckDBDateValue, LIST, listValue, VARCHAR } from "./duckdb.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { readRows } from "./read-rows.js";

/** The latest time in DuckDB, ms since the Unix epoch. */
export const MAX_TIME = 9_223_372_036_854_000;

/**
 * Whether there are rows probed later than `now` (ms since the Unix epoch), which are ignored before that time.
 */
export async function hasFutureRows(store: Store, now: number): Promise<boolean> {
  return (await latestProbe(store)) > now;
}

const latestProbe = oncePerReader(async (store: Store): Promise<number> => {
  // DuckDB knows it without reading the rows.
  const [rows] = await readRows(store, "SELECT max(probe_timestamp) FROM availability", { latest: "number?" });
  return rows?.latest ?? -Infinity;
});

/** Facts about the rows of a symbol. */
export interface SymbolRows {
  /** Number, first and last day of its rows in the requested span. */
  count: number;
  first: Day;
  last: Day;
  /** Last day with a file, even outside the span. */
  lastFile: Day | undefined;
  /** Last day with a row, even outside the span. */
  lastProbed: Day;
}

/** Rows that {@link symbolRows} considers; all by default. */
export interface RowsSeen {
  /** Only of these symbols. */
  symbols?: readonly string[];
  /** Only of this day or later. */
  since?: Day;
  /** Only rows probed by then, ms since the Unix epoch. */
  probedUntil?: number;
}

/** Whether all rows are in a span. DuckDB knows the first and the last day without reading the rows. */
async function holdsOnly(store: Store, { from, to }: Span): Promise<boolean> {
  const [days] = await select(store, `SELECT ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM availability`);
  const [first, last] = days ?? [];
  return typeof first === "number" && typeof last === "number" && first >= from && last <= to;
}

/** Facts about the rows of each symbol that has any. */
export async function symbolRows(
  store: Store,
  { from, to }: Span,
  { symbols, since = 0, probedUntil = MAX_TIME }: RowsSeen = {},
): Promise<Map<string, SymbolRows>> {
  // Filtering the three aggregates takes half of the time, and most runs need all days.
  const filter = (await holdsOnly(store, { from, to })) ? "" : "FILTER (date BETWEEN $from AND $to)";
  const found = await select(
    store,
    `SELECT symbol, count(*) ${filter}::INTEGER, ${dayNumber(`min(date) ${filter}`)}, ${dayNumber(`max(date) ${filter}`)},
        ${dayNumber("max(date) FILTER (available)")}, ${dayNumber("max(date)")}
      FROM availability
      WHERE date >= $since AND ${probedBySql("$until::BIGINT")} ${symbols === undefined ? "" : "AND symbol IN (SELECT unnest($symbols))"}
      GROUP BY symbol`,
    {
      ...(filter === "" ? {} : { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) }),
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
 * The spans of days with rows, for symbols whose rows form more than one span.
 *
 * @param probedUntil excludes rows probed later than this, ms since the Unix epoch
 */
export async function probedSpans(
  { connection }: Store,
  symbols: readonly string[],
  { from, to }: Span,
  probedUntil = MAX_TIME,
): Promise<Map<string, Span[]>> {
  const spans = new Map<string, Span[]>();
  if (symbols.length === 0) return spans;
  // Consecutive days of a symbol have the same difference between day and rank.
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
