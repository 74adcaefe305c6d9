import { DAY_MS, type Day } from "../calendar/day.js";
import { gapsBetween, type Span } from "../calendar/span.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { conditionOf, type Condition, type DayCells } from "../vision/condition.js";
import {
  finalFrom,
  holeFinalFrom,
  openHoleSql,
  probedBySql,
  provisionalSql,
  unpublishedSql,
} from "../vision/finality.js";
import { dormantSymbols } from "./dormant.js";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import { holesAmong } from "./holes.js";
import type { Store } from "./open.js";
import { probedSpans, symbolRows } from "./probed.js";
import { lastSweep } from "./runs.js";

/** A symbol that a question admits, as far as the listings of the bucket tell. */
export interface AdmittedSymbol {
  symbol: string;
  /** When the last complete listing without it was made, ms since the Unix epoch; undefined when there was none. */
  absentAt: number | undefined;
}

/** What a question admits, and when it is asked. */
export interface Asked extends Span {
  symbols: readonly AdmittedSymbol[];
  /** When the bucket was last listed for its symbols, ms since the Unix epoch; undefined when it never was. */
  listedAt: number | undefined;
  /** ms since the Unix epoch. */
  now: number;
}

/** The condition of a day's cells, and what it follows from. */
export interface DayCondition extends DayCells {
  day: Day;
  condition: Condition;
  /** Symbols whose cell was never probed, by name. */
  unknownSymbols: readonly string[];
  /** Latest upload time of a file, ms since the Unix epoch. */
  latestUpload: number | undefined;
}

/** Consecutive days in the same condition. */
export interface ConditionSpan extends Span {
  condition: Condition;
}

/** The conditions of consecutive days as spans. */
export function conditionSpans(days: readonly DayCondition[]): ConditionSpan[] {
  const spans: ConditionSpan[] = [];
  for (const { day, condition } of days) {
    const last = spans.at(-1);
    if (last !== undefined && last.condition === condition && last.to === day - 1) last.to = day;
    else spans.push({ condition, from: day, to: day });
  }
  return spans;
}

/** Rows of a day, counted. */
interface DayRows {
  probed: number;
  available: number;
  due: number;
  /** Missing files by a probe from before a day counts as published. */
  early: number;
  latestUpload: number | undefined;
}

const NO_ROWS: DayRows = { probed: 0, available: 0, due: 0, early: 0, latestUpload: undefined };

/**
 * The condition of each day of a span, for the cells that a question admits.
 *
 * @throws StoreError when the file can't be read
 */
export async function dayConditions(store: Store, asked: Asked): Promise<DayCondition[]> {
  try {
    const rows = await dayRows(store, asked);
    const absent = await absentCells(store, asked, rows);
    const empty = await emptyDays(store, asked);
    const conditions: DayCondition[] = [];
    const { finality } = store.dataset;
    for (let day = asked.from; day <= asked.to; day++) {
      const { early, latestUpload, ...counted } = rows.get(day) ?? NO_ROWS;
      const { pending, unknownSymbols } = absent(day);
      const cells: DayCells = {
        ...counted,
        pending,
        unknown: unknownSymbols.length,
        listed: asked.listedAt !== undefined && asked.listedAt >= finalFrom(finality, day),
        empty: empty.has(day),
        ...(early > 0 ? await comparedWithLastPublished(store, asked, conditions, day) : { expected: 0, lacking: 0 }),
      };
      conditions.push({ ...cells, day, condition: conditionOf(cells), unknownSymbols, latestUpload });
    }
    return conditions;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** SQL: the admitted symbols, as a table of parameters. */
const ADMITTED = "(SELECT unnest($symbols))";

function admittedNames({ symbols }: Asked) {
  return [{ symbols: listValue(symbols.map(({ symbol }) => symbol)) }, { symbols: LIST(VARCHAR) }] as const;
}

async function dayRows(store: Store, asked: Asked): Promise<Map<Day, DayRows>> {
  const { finality } = store.dataset;
  const found = await store.connection.runAndReadAll(
    `SELECT ${dayNumber("date")}, count(*)::INTEGER, count(*) FILTER (available)::INTEGER,
        count(*) FILTER (${provisionalSql(finality)})::INTEGER,
        count(*) FILTER (NOT available AND ${unpublishedSql(finality)})::INTEGER,
        epoch_ms(max(last_modified)::TIMESTAMP)::DOUBLE
      FROM availability
      WHERE date BETWEEN ${dateLiteral(asked.from)} AND ${dateLiteral(asked.to)} AND symbol IN ${ADMITTED}
        AND ${probedBySql(asked.now)}
      GROUP BY date`,
    ...admittedNames(asked),
  );
  const rows = new Map<Day, DayRows>();
  for (const [day, probed, available, due, early, latestUpload] of found.getRows()) {
    rows.set(Number(day), {
      probed: Number(probed),
      available: Number(available),
      due: Number(due),
      early: Number(early),
      latestUpload: latestUpload === null ? undefined : Number(latestUpload),
    });
  }
  for (const { day } of await dueHoles(store, asked)) {
    const ofDay = rows.get(day);
    if (ofDay !== undefined) ofDay.due++;
  }
  return rows;
}

/**
 * The days on which nothing at all is there, though files came before them: Binance has not published them. Only a sweep
 * made so long after a day that holes are believed takes its emptiness for the truth.
 */
async function emptyDays({ connection, dataset }: Store, { from, to, now }: Asked): Promise<Set<Day>> {
  const found = await connection.runAndReadAll(
    `SELECT ${dayNumber("date")} FROM daily_symbol_counts
      WHERE date BETWEEN ${dateLiteral(from)} AND ${dateLiteral(to)} AND available_count = 0
        AND date > (SELECT min(date) FROM daily_symbol_counts WHERE available_count > 0)`,
  );
  if (found.currentRowCount === 0) return new Set();
  const swept = await lastSweep(connection, now);
  const days = found.getRows().map(([day]) => Number(day));
  return new Set(days.filter((day) => swept === undefined || swept < holeFinalFrom(dataset.finality, day)));
}

/** Holes that are due, apart from those that are so by their age alone. */
async function dueHoles(store: Store, asked: Asked): Promise<{ symbol: string; day: Day }[]> {
  const found = await store.connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("date")} FROM availability
      WHERE date BETWEEN ${dateLiteral(asked.from)} AND ${dateLiteral(asked.to)} AND NOT available
        AND ${openHoleSql(store.dataset.finality)} AND ${probedBySql(asked.now)}
        AND symbol IN ${ADMITTED}`,
    ...admittedNames(asked),
  );
  return await holesAmong(
    store,
    found.getRows().map(([symbol, day]) => ({ symbol: String(symbol), day: Number(day) })),
    asked.now,
  );
}

/** What is known of the cells of a day that have no row. */
interface AbsentCells {
  pending: number;
  unknownSymbols: string[];
}

/** Finds the cells without a row, as a function of the day. */
async function absentCells(
  store: Store,
  asked: Asked,
  rows: ReadonlyMap<Day, DayRows>,
): Promise<(day: Day) => AbsentCells> {
  const { symbols, from, to } = asked;
  let isWhole = true;
  for (let day = from; day <= to; day++) isWhole &&= rows.get(day)?.probed === symbols.length;
  if (isWhole) return () => ({ pending: 0, unknownSymbols: [] });
  const known = await symbolRows(store, asked, asked.now);
  const broken = symbols.filter(({ symbol }) => {
    const facts = known.get(symbol);
    return facts !== undefined && facts.count < facts.last - facts.first + 1;
  });
  const probed = await probedSpans(
    store,
    broken.map(({ symbol }) => symbol),
    asked,
    asked.now,
  );
  const dormant = await dormantSymbols(store, known, asked.now);
  const { dormantEveryDays } = store.dataset.finality;
  const gaps = symbols.map((admitted) => {
    const facts = known.get(admitted.symbol);
    const whole = facts === undefined || facts.count === 0 ? [] : [{ from: facts.first, to: facts.last }];
    return { admitted, gaps: gapsBetween(probed.get(admitted.symbol) ?? whole, asked) };
  });
  const awaitsLook = (symbol: string, day: Day): boolean => {
    const last = dormant.get(symbol);
    return last !== undefined && last < day && day <= last + dormantEveryDays;
  };
  return (day) => {
    const absent: AbsentCells = { pending: 0, unknownSymbols: [] };
    for (const { admitted, gaps: ofSymbol } of gaps) {
      if (!ofSymbol.some((gap) => gap.from <= day && day <= gap.to)) continue;
      if (isProvedMissing(admitted, day) || awaitsLook(admitted.symbol, day)) absent.pending++;
      else absent.unknownSymbols.push(admitted.symbol);
    }
    return absent;
  };
}

/** Whether a complete listing of the bucket, made when the day was over, lacked the symbol. */
function isProvedMissing({ absentAt }: AdmittedSymbol, day: Day): boolean {
  return absentAt !== undefined && (day + 1) * DAY_MS <= absentAt;
}

/** Compares a day with the last one before it that was published. */
async function comparedWithLastPublished(
  store: Store,
  asked: Asked,
  before: readonly DayCondition[],
  day: Day,
): Promise<Pick<DayCells, "expected" | "lacking">> {
  const published =
    before.findLast(({ available, condition }) => available > 0 && condition !== "unpublished")?.day ??
    (await publishedBefore(store, asked, before[0]?.day ?? day));
  if (published === undefined) return { expected: 0, lacking: 0 };
  const found = await store.connection.runAndReadAll(
    `WITH today AS (
        SELECT symbol, NOT available AND ${unpublishedSql(store.dataset.finality)} AS lacking
        FROM availability WHERE date = ${dateLiteral(day)}
      )
      SELECT count(*)::INTEGER, count(*) FILTER (lacking)::INTEGER
      FROM availability LEFT JOIN today USING (symbol)
      WHERE date = ${dateLiteral(published)} AND available AND symbol IN ${ADMITTED}`,
    ...admittedNames(asked),
  );
  const [expected, lacking] = found.getRows()[0] ?? [];
  return { expected: Number(expected ?? 0), lacking: Number(lacking ?? 0) };
}

/**
 * The last published day before a span: as long as a day before it may not count as published yet, its own condition
 * decides.
 */
async function publishedBefore(store: Store, asked: Asked, first: Day): Promise<Day | undefined> {
  const found = await store.connection.runAndReadAll(
    `SELECT ${dayNumber("max(date)")} FROM availability
      WHERE date < ${dateLiteral(first)} AND available AND symbol IN ${ADMITTED}`,
    ...admittedNames(asked),
  );
  const last = found.getRows()[0]?.[0];
  if (typeof last !== "number") return undefined;
  const [condition] = await dayConditions(store, { ...asked, from: last, to: last });
  return condition?.condition === "unpublished" ? await publishedBefore(store, asked, last) : last;
}
