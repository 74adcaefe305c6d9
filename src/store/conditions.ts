import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { conditionOf, type Condition, type DayCells } from "../vision/condition.js";
import { finalFrom, holeFinalFrom, unpublishedSql } from "../vision/finality.js";
import { absentCells, type AbsentCells } from "./absent-cells.js";
import type { AdmittedCells } from "./admitted-cells.js";
import { dayRows, type DayRows } from "./day-rows.js";
import { DuckDBDateValue } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { readRows } from "./read-rows.js";
import { lastSweep } from "./runs.js";

/** The condition of a day's cells, and the counts behind it. */
export interface DayCondition extends DayCells {
  day: Day;
  condition: Condition;
  /** Symbols whose cell was never probed, by name. */
  unknownSymbols: readonly string[];
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

const NO_ROWS: DayRows = { probed: 0, available: 0, due: 0, early: 0 };
const NONE_ABSENT: AbsentCells = { pending: 0, unknownSymbols: [] };
const NOTHING_EXPECTED = { expected: 0, lacking: 0 };

/**
 * The condition of each day of a span, for the cells that a query admits.
 *
 * @throws StoreError when the file can't be read
 */
export async function dayConditions(store: Store, admitted: AdmittedCells): Promise<DayCondition[]> {
  try {
    const rows = await dayRows(store, { ...admitted, symbols: namesOf(admitted) });
    const absent = await absentCells(store, admitted, rows);
    const empty = await emptyDays(store, admitted, rows);
    const conditions: DayCondition[] = [];
    const { finality } = store.dataset;
    for (let day = admitted.from; day <= admitted.to; day++) {
      const { probed, available, due, early } = rows.get(day) ?? NO_ROWS;
      const { pending, unknownSymbols } = absent.get(day) ?? NONE_ABSENT;
      const { expected, lacking } =
        early > 0 ? await comparedWithLastPublished(store, admitted, conditions, day) : NOTHING_EXPECTED;
      const listed = admitted.listedAt !== undefined && admitted.listedAt >= finalFrom(finality, day);
      const unknown = unknownSymbols.length;
      // List every value: spreading objects took 20 ms for six years.
      const cells = { probed, available, due, pending, unknown, empty: empty.has(day), expected, lacking, listed };
      const condition = conditionOf(cells);
      conditions.push({
        day,
        condition,
        unknownSymbols,
        probed,
        available,
        due,
        pending,
        unknown,
        empty: cells.empty,
        expected,
        lacking,
        listed,
      });
    }
    return conditions;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

function namesOf({ symbols }: AdmittedCells): string[] {
  return symbols.map(({ symbol }) => symbol);
}

/**
 * The days without any file, although earlier days have files: Binance has not published them. Only a sweep made so
 * late that holes are final makes an empty day final.
 */
async function emptyDays(
  store: Store,
  { from, to, now }: AdmittedCells,
  rows: ReadonlyMap<Day, DayRows>,
): Promise<ReadonlySet<Day>> {
  let hasFiles = true;
  for (let day = from; day <= to; day++) hasFiles &&= (rows.get(day)?.available ?? 0) > 0;
  if (hasFiles) return new Set();
  const without = await readRows(
    store,
    "SELECT date FROM daily_symbol_counts WHERE date BETWEEN $from AND $to AND available_count = 0",
    { day: "day" },
    { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) },
  );
  if (without.length === 0) return new Set();
  const [files] = await readRows(store, "SELECT min(date) FROM daily_symbol_counts WHERE available_count > 0", {
    first: "day?",
  });
  const first = files?.first ?? Infinity;
  const swept = await lastSweep(store.connection, now);
  const days = without.map(({ day }) => day).filter((day) => day > first);
  return new Set(days.filter((day) => swept === undefined || swept < holeFinalFrom(store.dataset.finality, day)));
}

/** Compares each day with the last published day before it. */
async function comparedWithLastPublished(
  store: Store,
  admitted: AdmittedCells,
  before: readonly DayCondition[],
  day: Day,
): Promise<Pick<DayCells, "expected" | "lacking">> {
  const published =
    before.findLast(({ available, condition }) => available > 0 && condition !== "unpublished")?.day ??
    (await publishedBefore(store, admitted, before[0]?.day ?? day));
  if (published === undefined) return { expected: 0, lacking: 0 };
  const [row = []] = await select(
    store,
    `WITH today AS (
        SELECT symbol, NOT available AND ${unpublishedSql(store.dataset.finality)} AS lacking
        FROM availability WHERE date = $day
      )
      SELECT count(*)::INTEGER, count(*) FILTER (lacking)::INTEGER
      FROM availability LEFT JOIN today USING (symbol)
      WHERE date = $published AND available AND symbol IN (SELECT unnest($symbols))`,
    { day: new DuckDBDateValue(day), published: new DuckDBDateValue(published), symbols: namesOf(admitted) },
  );
  const [expected, lacking] = row;
  return { expected: Number(expected ?? 0), lacking: Number(lacking ?? 0) };
}

/**
 * The last published day before a span. Earlier days that have files but whose own condition is unpublished are skipped.
 */
async function publishedBefore(store: Store, admitted: AdmittedCells, first: Day): Promise<Day | undefined> {
  const [row = []] = await select(
    store,
    `SELECT ${dayNumber("max(date)")} FROM availability
      WHERE date < $first AND available AND symbol IN (SELECT unnest($symbols))`,
    { first: new DuckDBDateValue(first), symbols: namesOf(admitted) },
  );
  const [last] = row;
  if (typeof last !== "number") return undefined;
  const [condition] = await dayConditions(store, { ...admitted, from: last, to: last, cells: undefined });
  return condition?.condition === "unpublished" ? await publishedBefore(store, admitted, last) : last;
}
