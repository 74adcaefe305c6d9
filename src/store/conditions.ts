import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { conditionOf, type Condition, type DayCells } from "../vision/condition.js";
import { finalFrom, unpublishedSql } from "../vision/finality.js";
import { absentCells, type AbsentCells } from "./absent-cells.js";
import { namesOf, type AdmittedCells } from "./admitted-cells.js";
import { dayRows, type DayRows } from "./day-rows.js";
import { DuckDBDateValue } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import { emptyDays, type Days } from "./empty-days.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";

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
const NO_DAYS: Days = new Set<Day>();
const NOTHING_EXPECTED = { expected: 0, lacking: 0 };

/**
 * The condition of each day of a span, for the cells that a query admits.
 *
 * @throws StoreError when the file can't be read
 */
export async function dayConditions(store: Store, admitted: AdmittedCells): Promise<DayCondition[]> {
  try {
    const rows = await dayRows(store, admitted);
    const absent = await absentCells(store, admitted, rows);
    const empty = rows.every(({ available }) => available > 0) ? NO_DAYS : await emptyDays(store, admitted.now);
    const conditions: DayCondition[] = [];
    const { finality } = store.dataset;
    for (let day = admitted.from; day <= admitted.to; day++) {
      const { probed, available, due, early } = rows[day - admitted.from] ?? NO_ROWS;
      const { pending, unknownSymbols } = absent.get(day) ?? NONE_ABSENT;
      const { expected, lacking } =
        early > 0 ? await comparedWithLastPublished(store, admitted, conditions, day) : NOTHING_EXPECTED;
      const listed = admitted.listedAt !== undefined && admitted.listedAt >= finalFrom(finality, day);
      const unknown = unknownSymbols.length;
      const isEmpty = empty.has(day);
      const cells: DayCells = { probed, available, due, pending, unknown, empty: isEmpty, expected, lacking, listed };
      // Spreading objects took 20 ms for six years.
      conditions.push(Object.assign(cells, { day, unknownSymbols, condition: conditionOf(cells) }));
    }
    return conditions;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
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
    { day: new DuckDBDateValue(day), published: new DuckDBDateValue(published), symbols: namesOf(admitted.symbols) },
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
    { first: new DuckDBDateValue(first), symbols: namesOf(admitted.symbols) },
  );
  const [last] = row;
  if (typeof last !== "number") return undefined;
  const [condition] = await dayConditions(store, { ...admitted, from: last, to: last, cells: undefined });
  return condition?.condition === "unpublished" ? await publishedBefore(store, admitted, last) : last;
}
