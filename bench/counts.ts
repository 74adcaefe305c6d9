import { join } from "node:path";
import { openReader, type Store } from "../src/store/open.js";
import { writeBackfill } from "./backfilled.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { quantile } from "./frame/statistics.js";
import { measured } from "./output/format.js";
import { benchRows } from "./rows.js";
import { buildVariant, openVariant, SEED_BEFORE } from "./storage/variants.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "duckdb", label: "in DuckDB", unit: "ms", better: "lower" },
  { id: "rows", label: "with rows for JavaScript", unit: "ms", better: "lower" },
];
const ROUNDS = 60;
const WARM_UP = 10;
/** Wanted of a read of the counts table by the seed, and how many times as fast as before it should be. */
const SEED_MS = 2;
const SEED_TIMES = 50;

const COUNT_DAYS = `SELECT epoch_ms(date)::DOUBLE, count(*) FILTER (available)::INTEGER, count(*)::INTEGER`;
const READ_DAYS = "SELECT epoch_ms(date)::DOUBLE, available_count, probed_count FROM daily_symbol_counts";
const LAST_DAYS = 30;

/** Reading the counts table against counting the rows, each by SQL alone. */
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
    return { comparisons, targets: targetsOf(comparisons[0]), notes: [] };
  } finally {
    await Promise.all(Object.values(stores).map((store) => store.close()));
  }
};

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

function targetsOf(comparison: Comparison | undefined): Target[] {
  if (comparison === undefined) return [];
  const took = medianOf(comparison, "counts table", "rows") ?? NaN;
  const ratio = comparison.sides.at(-1)?.ratio?.median ?? NaN;
  const onOurs = (medianOf(comparison, "GROUP BY on ours") ?? NaN) / (medianOf(comparison, "counts table") ?? NaN);
  return [
    { what: "seed: counts in", wanted: `${SEED_MS} ms`, measured: `${measured(took)} ms`, met: took <= SEED_MS },
    {
      what: "seed: the counts table is faster than counting",
      wanted: `${SEED_TIMES}×`,
      measured: `${measured(ratio)}×; than counting in our file ${measured(onOurs)}×`,
      met: ratio >= SEED_TIMES,
    },
  ];
}
