import { join } from "node:path";
import { openAvailability, type Availability } from "../src/open-availability.js";
import { date, DAY } from "../src/query/select.js";
import type { Store } from "../src/store/open.js";
import { select } from "../src/store/prepared.js";
import { formatDay, parseDay, type Day } from "../src/calendar/day.js";
import { writeBackfill } from "./backfilled.js";
import { askingSide, elapsed, ROUNDS } from "./frame/asking.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { benchRows, withoutSettled, type BenchRows } from "./rows.js";
import { buildVariant, openVariant, SEED_AFTER, SEED_BEFORE } from "./storage/variants.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "median", label: "a query", unit: "ms", better: "lower" },
  { id: "slow", label: "95th percentile", unit: "ms", better: "lower" },
];
const OURS = "ours, through the library";
const MIN_AGE_DAYS = 90;

type Rows = readonly (readonly unknown[])[];

/** A question about a file, varied from round to round. */
interface Question {
  title: string;
  /** Target for the library, ms. */
  wantedMs: number;
  /** Asks the library; the returned function converts the answer to rows, and its time isn't counted. */
  ours: (db: Availability, round: number) => Promise<() => Rows>;
  /** Asks the same in SQL on the seed's table. */
  seed: (store: Store, round: number) => Promise<Rows>;
}

/** The library's queries on a whole history, compared with SQL on the seed's tables. */
export const queryBench: Bench = async ({ quick, folder, compare }) => {
  const history = withoutSettled(benchRows(SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS));
  const [ours, before, after] = ["ours", "before", "after"].map((name) => join(folder, `${name}.duckdb`)) as [
    string,
    string,
    string,
  ];
  await writeBackfill(ours, history);
  await buildVariant(before, SEED_BEFORE, ours);
  await buildVariant(after, SEED_AFTER, ours);
  const stores = [await openVariant(before), await openVariant(after), await openAvailability(ours)] as const;
  try {
    const questions = questionsOf(history);
    const comparisons: Comparison[] = [];
    for (const { title, seed, ours } of questions) {
      const sql = (store: Store) => async (round: number) => {
        const rows = await seed(store, round);
        return () => rows;
      };
      comparisons.push(
        await compare({
          title,
          method: `${history.rows} rows; ${ROUNDS} different queries per run, statements prepared, rows as JavaScript values.`,
          metrics: METRICS,
          sides: [
            askingSide(SEED_BEFORE.name, "peer", elapsed, sql(stores[0])),
            askingSide(SEED_AFTER.name, "peer", elapsed, sql(stores[1])),
            askingSide(OURS, "ours", elapsed, (round) => ours(stores[2], round)),
          ],
        }),
      );
    }
    return { comparisons, targets: targetsOf(questions, comparisons), notes: [] };
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
};

function questionsOf({ symbols, from, days }: BenchRows): Question[] {
  // Days and symbols are far apart, so that no answer is stored next to the previous one.
  const first = Math.min(400, days >> 1);
  const day = (round: number): Day => from + first + ((round * 97) % (days - first));
  const symbol = (round: number): string => symbols[(round * 31) % symbols.length] ?? "";
  return [
    {
      title: "Snapshot of a day",
      wantedMs: 1,
      ours: async (db, round) => {
        const { rows } = await db.snapshot({ date: formatDay(day(round)) });
        return () => rows.map((row) => [row.symbol, row.file_size_bytes, Date.parse(row.last_modified)]);
      },
      seed: (store, round) =>
        select(
          store,
          `SELECT symbol, file_size_bytes::DOUBLE, epoch_ms(last_modified::TIMESTAMP)::DOUBLE FROM daily_availability
            WHERE date = $day AND available ORDER BY symbol`,
          { day: date(day(round)) },
        ),
    },
    {
      title: "Timeline of a symbol",
      wantedMs: 2,
      ours: async (db, round) => {
        const { rows } = await db.timeline({ symbol: symbol(round) });
        return () =>
          rows.map((row) => [
            parseDay(row.date),
            row.available,
            row.file_size_bytes,
            row.last_modified === null ? null : Date.parse(row.last_modified),
          ]);
      },
      seed: (store, round) =>
        select(
          store,
          `SELECT ${DAY}, available, file_size_bytes::DOUBLE, epoch_ms(last_modified::TIMESTAMP)::DOUBLE
            FROM daily_availability WHERE symbol = $symbol ORDER BY date`,
          { symbol: symbol(round) },
        ),
    },
    {
      title: "Counts of the whole history",
      wantedMs: 1,
      ours: async (db) => {
        const { rows } = await db.counts();
        return () => rows.map((row) => [parseDay(row.date), row.available_count, row.probed_count]);
      },
      seed: (store) =>
        select(
          store,
          `SELECT ${DAY}, count(*) FILTER (available)::INTEGER, count(*)::INTEGER FROM daily_availability
            GROUP BY date ORDER BY date`,
        ),
    },
    {
      title: `Universe of a day, at least ${MIN_AGE_DAYS} days old`,
      wantedMs: 5,
      ours: async (db, round) => {
        const { rows } = await db.universe({ date: formatDay(day(round)), minAge: MIN_AGE_DAYS });
        return () => rows.map((row) => [row.symbol, row.age_days, row.file_size_bytes]);
      },
      seed: (store, round) =>
        select(
          store,
          `SELECT symbol, ($day - first)::INTEGER, file_size_bytes::DOUBLE FROM daily_availability
            JOIN (SELECT symbol, min(date) AS first FROM daily_availability WHERE available AND date <= $youngest
              GROUP BY symbol) USING (symbol)
            WHERE date = $day AND available ORDER BY symbol`,
          { day: date(day(round)), youngest: date(day(round) - MIN_AGE_DAYS) },
        ),
    },
  ];
}

function targetsOf(questions: readonly Question[], comparisons: readonly Comparison[]): Target[] {
  return questions.map(({ title, wantedMs }, index) => {
    const comparison = comparisons[index];
    const took = (comparison && medianOf(comparison, OURS)) ?? NaN;
    return {
      what: title.toLowerCase(),
      wanted: `${wantedMs} ms`,
      measured: `${measured(took)} ms`,
      met: took <= wantedMs,
    };
  });
}
