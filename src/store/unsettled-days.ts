import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dateOfDay, dayNumber } from "../calendar/sql.js";
import { openHoleSql, provisionalSql, unpublishedSql, type Finality } from "../vision/finality.js";
import { INTEGER, LIST, listValue } from "./duckdb.js";
import { openHoles } from "./holes.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { MAX_TIME } from "./probed.js";
import { readRows } from "./read-rows.js";
import { mayBeUnsettled } from "./unsettled.js";

/** Counts of the rows of a day that are not settled. */
export interface UnsettledDay {
  day: Day;
  /** Rows that must be probed again. */
  due: number;
  /** Files that were missing when probed before the day counts as published. */
  early: number;
}

/** SQL: conditions for rows. Rows that are due only because of the age of their probe are not doubtful. */
export const unsettledSql = (finality: Finality) => ({
  due: provisionalSql(finality),
  early: `NOT available AND ${unpublishedSql(finality)}`,
  doubtful: `NOT available AND ${openHoleSql(finality)}`,
});

/**
 * The unsettled days stored in the file, because finding them takes reading the rows of several months. Undefined if
 * none are stored: there are none, or rows have changed since.
 */
export async function storedUnsettledDays(store: Store): Promise<UnsettledDay[] | undefined> {
  const kept = await readRows(store, "SELECT date, due_count, early_count FROM unsettled_days", {
    day: "day",
    due: "number",
    early: "number",
  });
  return kept.length === 0 ? undefined : kept;
}

/** The unsettled days: the stored ones, otherwise found from the rows. */
export const unsettledDays = oncePerReader(
  async (store: Store): Promise<readonly UnsettledDay[]> =>
    (await storedUnsettledDays(store)) ?? (await allUnsettledDays(store)),
);

/** Stores the unsettled days in the file, unless they are stored already. */
export async function storeUnsettledDays(store: Store): Promise<void> {
  if ((await storedUnsettledDays(store)) !== undefined) return;
  const days = await allUnsettledDays(store);
  await store.connection.run(
    `INSERT INTO unsettled_days SELECT ${dateOfDay("unnest($days)")}, unnest($due), unnest($early)`,
    {
      days: listValue(days.map(({ day }) => day)),
      due: listValue(days.map(({ due }) => due)),
      early: listValue(days.map(({ early }) => early)),
    },
    { days: LIST(INTEGER), due: LIST(INTEGER), early: LIST(INTEGER) },
  );
}

/** The unsettled days of the whole file, found from its rows, ascending. */
export async function allUnsettledDays(store: Store): Promise<UnsettledDay[]> {
  const [days] = await readRows(store, "SELECT min(date), max(date) FROM availability", { from: "day?", to: "day?" });
  if (days === undefined || days.from === null || days.to === null) return [];
  return await findUnsettledDays(store, { from: days.from, to: days.to });
}

/** The unsettled days of a span, ascending. All rows count, even those probed later than now. */
async function findUnsettledDays(store: Store, span: Span): Promise<UnsettledDay[]> {
  const { finality } = store.dataset;
  const { due, early, doubtful } = unsettledSql(finality);
  const { sql, parameters } = mayBeUnsettled(span, finality);
  const found = await select(
    store,
    `SELECT ${dayNumber("date")}, count(*) FILTER (${due})::INTEGER, count(*) FILTER (${early})::INTEGER,
        count(*) FILTER (${doubtful})::INTEGER
      FROM (${sql}) WHERE ${due} OR ${doubtful} GROUP BY date ORDER BY date`,
    parameters,
  );
  const rows = found.map((row) => row.map(Number));
  const doubtfulDays = rows.flatMap(([day = 0, , , ofDoubtful = 0]) => (ofDoubtful > 0 ? [day] : []));
  const holes = new Map<Day, number>();
  const [from, to] = [doubtfulDays[0], doubtfulDays.at(-1)];
  if (from !== undefined && to !== undefined) {
    for (const { day } of await openHoles(store, { from, to }, MAX_TIME)) holes.set(day, (holes.get(day) ?? 0) + 1);
  }
  return rows
    .map(([day = 0, ofDue = 0, ofEarly = 0]) => ({ day, due: ofDue + (holes.get(day) ?? 0), early: ofEarly }))
    .filter(({ due, early }) => due + early > 0);
}
