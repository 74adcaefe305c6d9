import { join } from "node:path";
import { parseDay } from "../src/calendar/day.js";
import { openAvailability } from "../src/open-availability.js";
import { openReader, type Store } from "../src/store/open.js";
import { select } from "../src/store/prepared.js";
import { writeBackfill } from "./backfilled.js";
import { askingSide, cpuTime, ROUNDS } from "./frame/asking.js";
import type { Bench, BenchContext, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { quantile } from "./frame/statistics.js";
import { measured } from "./output/format.js";
import { benchRows, withoutSettled } from "./rows.js";
import { buildVariant, openVariant, SEED_BEFORE, SEED_ROWS } from "./storage/variants.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "duckdb", label: "in DuckDB", unit: "ms", better: "lower" },
  { id: "rows", label: "with rows in JavaScript", unit: "ms", better: "lower" },
];
const WARM_UP = 10;
/** The seed's target for reading the counts table, ms, and its target speed-up. */
const SEED_MS = 2;
const SEED_TIMES = 50;

const COUNT_DAYS = `SELECT epoch_ms(date)::DOUBLE, count(*) FILTER (available)::INTEGER, count(*)::INTEGER`;
const READ_DAYS = "SELECT epoch_ms(date)::DOUBLE, available_count, probed_count FROM daily_symbol_counts";
const LAST_DAYS = 30;
/** Number of symbols whose whole history has ten million rows. */
const MANY_SYMBOLS = 4_500;
const GROUPED = "GROUP BY on the seed's rows";
const TABLE = "counts table, in SQL";
const LIBRARY = "counts with conditions, through the library";

/** Reading the counts table compared with counting the rows, both in SQL only. */
export const countsBench: Bench = async ({ quick, folder, compare }) => {
  const history = benchRows(quick ? 40 : SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS);
  const [file, before] = [join(folder, "ours.duckdb"), join(folder, "before.duckdb")];
  await writeBackfill(file, history);
  await buildVariant(before, SEED_BEFORE, file);
  const stores = { ours: await openReader(file), before: await openVariant(before) };
  try {
    const comparisons: Comparison[] = [];
    const last = `WHERE date > DATE '1970-01-01' + ${history.from + history.days - 1 - LAST_DAYS}`;
    for (const [title, where] of [
      ["Counts of every day", ""],
      [`Counts of the last ${LAST_DAYS} days`, last],
    ] as const) {
      comparisons.push(
        await compare({
          title,
          method: `${history.rows} rows of ${history.days} days; statements prepared, one thread; ${ROUNDS} times per run.`,
          metrics: METRICS,
          sides: [
            side(
              "GROUP BY on the seed's table",
              stores.before,
              `${COUNT_DAYS} FROM daily_availability ${where} GROUP BY date`,
            ),
            side("GROUP BY on ours", stores.ours, `${COUNT_DAYS} FROM availability ${where} GROUP BY date`),
            side("counts table", stores.ours, `${READ_DAYS} ${where}`),
          ],
        }),
      );
    }
    const many = await compareMany(folder, quick, compare);
    return { comparisons: [...comparisons, many], targets: targetsOf(comparisons[0], many), notes: [] };
  } finally {
    await Promise.all(Object.values(stores).map((store) => store.close()));
  }
};

/** The same for ten million rows, where DuckDB's share of the time is larger, compared with the library's answer. */
async function compareMany(folder: string, quick: boolean, compare: BenchContext["compare"]): Promise<Comparison> {
  const history = withoutSettled(benchRows(quick ? 60 : MANY_SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS));
  const [file, rows] = [join(folder, "many.duckdb"), join(folder, "many-rows.duckdb")];
  await writeBackfill(file, history);
  await buildVariant(rows, SEED_ROWS, file);
  const [db, ours, seed] = [await openAvailability(file), await openReader(file), await openVariant(rows)];
  const days = "SELECT (date - DATE '1970-01-01')::INTEGER";
  const bySql = (store: Store, sql: string) => async () => {
    const found = await select(store, sql);
    return () => found;
  };
  try {
    return await compare({
      title: "Counts of every day over many rows, with conditions",
      method: `${history.rows} rows of ${history.days} days; statements prepared, one thread; ${ROUNDS} queries per run; CPU time of all threads.`,
      metrics: [
        { id: "median", label: "a query, CPU", unit: "ms", better: "lower" },
        { id: "slow", label: "95th percentile", unit: "ms", better: "lower" },
      ],
      sides: [
        askingSide(
          GROUPED,
          "peer",
          cpuTime,
          bySql(
            seed,
            `${days}, count(*) FILTER (available)::INTEGER, count(*)::INTEGER FROM daily_availability GROUP BY date ORDER BY date`,
          ),
        ),
        askingSide(
          TABLE,
          "ours",
          cpuTime,
          bySql(ours, `${days}, available_count, probed_count FROM daily_symbol_counts ORDER BY date`),
        ),
        askingSide(LIBRARY, "ours", cpuTime, async () => {
          const { rows } = await db.counts();
          return () => rows.map((row) => [parseDay(row.date), row.available_count, row.probed_count]);
        }),
      ],
    });
  } finally {
    await Promise.all([db, ours, seed].map((opened) => opened.close()));
  }
}

function side(name: string, { connection }: Store, sql: string): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      const statement = await connection.prepare(sql);
      const times: Record<"duckdb" | "rows", number[]> = { duckdb: [], rows: [] };
      let rows: unknown[][] = [];
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        const startedAt = performance.now();
        const chunks = await (await statement.run()).fetchAllChunks();
        const answeredAt = performance.now();
        rows = chunks.flatMap((chunk) => chunk.getRows());
        if (round < WARM_UP) continue;
        times.duckdb.push(answeredAt - startedAt);
        times.rows.push(performance.now() - startedAt);
      }
      rows.sort((a, b) => Number(a[0]) - Number(b[0]));
      return { values: { duckdb: medianTime(times.duckdb), rows: medianTime(times.rows) }, work: JSON.stringify(rows) };
    },
  };
}

function medianTime(times: number[]): number {
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  );
}

function targetsOf(comparison: Comparison | undefined, many: Comparison): Target[] {
  if (comparison === undefined) return [];
  const took = medianOf(comparison, "counts table", "rows") ?? NaN;
  const times = (side: string) => (medianOf(many, GROUPED) ?? NaN) / (medianOf(many, side) ?? NaN);
  const faster = (side: string) => ({
    what: `seed: ${side}, is faster than counting ten million rows`,
    wanted: `${SEED_TIMES}×`,
    measured: `${measured(times(side))}×`,
    met: times(side) >= SEED_TIMES,
  });
  return [
    { what: "seed: counts in", wanted: `${SEED_MS} ms`, measured: `${measured(took)} ms`, met: took <= SEED_MS },
    faster(TABLE),
    faster(LIBRARY),
  ];
}
