import { dayAt, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { UsageError } from "../errors.js";
import { textLiteral } from "../store/instance.js";
import type { Store } from "../store/open.js";
import { readRows } from "../store/read-rows.js";
import { KNOWN_BY_NOW } from "../store/volume-spans.js";
import { admittedSymbols } from "./admission.js";
import { knownOf } from "./basis.js";
import { volumeRefusal } from "./refusal.js";
import { date } from "./select.js";
import { factsOf } from "./symbol-filter.js";

/** Calendar days over which changes of rank are computed. */
const CHANGES = [1, 7, 14, 30] as const;

/** Calendar days over which `days_available` counts bars. */
const AVAILABLE_DAYS = 30;

/** Number of days before a day that affect its rankings. */
const DAYS_BEFORE = Math.max(...CHANGES, AVAILABLE_DAYS - 1);

/** The default quote asset of the ranked symbols. */
const DEFAULT_QUOTE = "USDT";

/** Options of rankings; see `ExportOptions`. */
export interface RankingsOptions {
  from?: Day | undefined;
  to?: Day | undefined;
  symbols?: readonly string[] | undefined;
  quote?: string | undefined;
}

/**
 * SQL: the rank by quote volume of each symbol on each day, its changes, and related values, in thirteen columns with
 * the types of the Python system's file. Windows consist of calendar days and use the whole history, no matter which
 * days are requested. A ticker is ranked once per day, under its own name if that has a bar.
 *
 * @param now ms since the Unix epoch
 * @throws NotKnownError when a day or the volumes of a file are unknown; StoreError; UsageError when no symbol is
 *   admitted
 */
export async function rankingsSql(store: Store, options: RankingsOptions, now: number): Promise<string> {
  const { quote = DEFAULT_QUOTE } = options;
  const admits = { quote, contract: "perpetual" } as const;
  const symbols = (await admittedSymbols(store, admits)).map(({ symbol }) => symbol);
  const wanted = symbols.filter((symbol) => options.symbols?.includes(symbol) !== false);
  if (wanted.length === 0) {
    const asked = options.symbols === undefined ? "" : `${options.symbols.join(", ")}, `;
    throw new UsageError(`no symbol in the database is ${asked}quoted in ${quote}`);
  }
  const span = await spanOf(store, options, symbols, now);
  await knownOf(store, { days: [span], admits, unknownDays: "refuse" }, 0, now);
  await refuseUnknownVolumes(store, symbols, span, now);
  const windows = CHANGES.map(
    (days) => `before_${days}d AS (own RANGE BETWEEN ${days} PRECEDING AND ${days} PRECEDING)`,
  );
  const changes = CHANGES.map((days) => `(rank - max(rank) OVER before_${days}d)::SMALLINT AS rank_change_${days}d`);
  return `WITH bars AS (
      SELECT date, symbol, quote_volume, trade_count FROM daily_volumes AS bar
      WHERE date BETWEEN ${dateLiteral(Math.max(0, span.from - DAYS_BEFORE))} AND ${dateLiteral(span.to)}
        AND symbol IN (${symbols.map(textLiteral).join(", ")}) ${unlessShown(symbols)}
    ), ranks AS (
      SELECT *, dense_rank() OVER by_volume AS rank, percent_rank() OVER by_volume AS percentile,
        sum(quote_volume) OVER (PARTITION BY date) AS total
      FROM bars WINDOW by_volume AS (PARTITION BY date ORDER BY quote_volume DESC)
    ), changes AS (
      SELECT *, ${changes.join(", ")}, count(*) OVER available AS days_available
      FROM ranks WINDOW own AS (PARTITION BY symbol ORDER BY ${dayNumber("date")}), ${windows.join(", ")},
        available AS (own RANGE BETWEEN ${AVAILABLE_DAYS - 1} PRECEDING AND CURRENT ROW)
    )
    SELECT date, symbol, rank::USMALLINT AS rank, quote_volume AS quote_volume_usdt, trade_count::UBIGINT AS trade_count,
      ${CHANGES.map((days) => `rank_change_${days}d`).join(", ")}, (percentile * 100)::FLOAT AS percentile,
      (quote_volume / nullif(total, 0) * 100)::FLOAT AS market_share_pct, days_available::UTINYINT AS days_available,
      epoch_ms(${now})::TIMESTAMP AS generation_timestamp
    FROM changes WHERE date >= ${dateLiteral(span.from)} AND symbol IN (${wanted.map(textLiteral).join(", ")})
    ORDER BY date, changes.rank, symbol`;
}

/** The part of the requested days for which these symbols have bars. */
async function spanOf(
  store: Store,
  { from, to }: RankingsOptions,
  symbols: readonly string[],
  now: number,
): Promise<Span> {
  const [bars] = await readRows(
    store,
    `SELECT ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM daily_volumes
      WHERE symbol IN (SELECT unnest($symbols))`,
    { from: "day?", to: "day?" },
    { symbols },
  );
  const last = to ?? bars?.to ?? dayAt(now) - 1;
  const span = { from: from ?? bars?.from ?? last, to: last };
  if (bars === undefined || bars.from === null) throw volumeRefusal([...symbols].sort(), span, true);
  return span;
}

/** @throws NotKnownError when unknown volumes of a file could affect these days. */
async function refuseUnknownVolumes(
  store: Store,
  symbols: readonly string[],
  { from, to }: Span,
  now: number,
): Promise<void> {
  const unknown = await readRows(
    store,
    `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM availability AS file
      WHERE available AND date BETWEEN $from AND $to AND symbol IN (SELECT unnest($symbols))
        AND NOT EXISTS (FROM volume_spans WHERE symbol = file.symbol AND file.date BETWEEN from_date AND to_date AND ${KNOWN_BY_NOW})
      GROUP BY symbol ORDER BY symbol`,
    { symbol: "text", from: "day", to: "day" },
    { symbols, from: date(Math.max(0, from - DAYS_BEFORE)), to: date(to), now },
  );
  if (unknown.length === 0) return;
  const span = {
    from: Math.min(...unknown.map((one) => one.from)),
    to: Math.max(...unknown.map((one) => one.to)),
  };
  const names = unknown.map(({ symbol }) => symbol);
  throw volumeRefusal(names, span, names.length === symbols.length, false);
}

/** SQL: drops the bars of a settled name on days on which a preceding name of its ticker has one. */
function unlessShown(symbols: readonly string[]): string {
  const sorted = [...symbols].sort();
  const pairs = sorted.flatMap((symbol) => {
    const { class: kind, ticker } = factsOf(symbol);
    if (kind !== "settled") return [];
    return sorted
      .filter((other) => other < symbol && factsOf(other).ticker === ticker)
      .map((other) => `(${textLiteral(symbol)}, ${textLiteral(other)})`);
  });
  if (pairs.length === 0) return "";
  return `AND NOT EXISTS (FROM daily_volumes AS shown JOIN (VALUES ${pairs.join(", ")}) AS name(hidden, shown)
    ON shown.symbol = name.shown WHERE name.hidden = bar.symbol AND shown.date = bar.date)`;
}
