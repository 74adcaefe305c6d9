import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatDay } from "../src/calendar/day.js";
import { dateLiteral } from "../src/calendar/sql.js";
import { openAvailability } from "../src/open-availability.js";
import { textLiteral } from "../src/store/instance.js";
import { maintain } from "../src/store/maintain.js";
import { openReader, openStore } from "../src/store/open.js";
import { recordDiscovery } from "../src/store/symbols.js";
import { writeBackfill } from "./backfilled.js";
import type { Bench } from "./frame/bench.js";
import { medianOf, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { hasPandas, PANDAS_INSTALL, pandasSide } from "./peers/pandas.js";
import { benchRows, withoutSettled, type BenchRows } from "./rows.js";

/** CPU time comes first, because elapsed time says little on a shared machine. */
const METRICS: [Metric, ...Metric[]] = [
  { id: "cpu", label: "from the closed file to the rows, CPU", unit: "ms", better: "lower" },
  { id: "elapsed", label: "the same, elapsed", unit: "ms", better: "lower" },
];
const OURS = "ours, through the library";
const WANTED_TIMES = 5;
/** Six years, with a limited number of days per symbol: 660,000 day rows for 1,000 symbols. */
const SIZES = {
  full: { symbols: 1_000, days: 2_192, life: 1_294 },
  quick: { symbols: 150, days: 400, life: 200 },
};
const RULE = { top: 100, buffer: 20, window: 30, minAge: 90 };

/** A daily universe over six years with the library, compared with pandas on a Parquet file. */
export const universeOverBench: Bench = async ({ quick, folder, compare }) => {
  const { symbols, days, life } = quick ? SIZES.quick : SIZES.full;
  const [file, parquet] = [join(folder, "ours.duckdb"), join(folder, "bars.parquet")];
  const history = shortLives(withoutSettled(benchRows(symbols, days)), life);
  await writeBackfill(file, history);
  const bars = await writeBars(file, parquet, history);
  const [from, to] = [formatDay(history.from + RULE.window + 1), formatDay(history.from + days - 1)];
  const pandas = await hasPandas();
  const comparison = await compare({
    title: "A daily universe over time",
    method: `${bars} day rows of ${history.symbols.length} symbols; the top ${RULE.top} by the median quote volume of ${RULE.window} days, a buffer of ${RULE.buffer}, ${RULE.minAge} days old, chosen anew on each of ${days - RULE.window - 1} days. Each side opens its file, and ends with the rows in memory. Same rows, compared by their SHA-256.`,
    metrics: METRICS,
    sides: [...(pandas ? [pandasSide({ file: parquet, from, to, ...RULE })] : []), ourSide(file, from, to)],
    skipped: pandas ? [] : [{ name: "pandas", why: `not installed: ${PANDAS_INSTALL}` }],
  });
  const times = (medianOf(comparison, "pandas, from Parquet") ?? NaN) / (medianOf(comparison, OURS) ?? NaN);
  const target = {
    what: "a daily universe is faster than with pandas",
    wanted: `${WANTED_TIMES}×`,
    measured: `${measured(times)}×`,
    met: times >= WANTED_TIMES,
  };
  const notes = [
    `Ours also reads ${history.rows} probed cells, which determine files, ages and what is not known, and hashes its rows; pandas takes files and ages from the bars.`,
  ];
  return { comparisons: [comparison], targets: pandas ? [target] : [], notes };
};

/** Number of symbols whose whole history is kept, so that every day has a file. */
const WHOLE = 10;

/** Limits the number of days with files of each other symbol, spread over the history. */
function shortLives(history: BenchRows, life: number): BenchRows {
  for (const [symbol, { rows }] of history.units.entries()) {
    if (symbol < WHOLE) continue;
    const from = Math.floor(((history.days - life) * ((symbol * 7_919) % history.units.length)) / history.units.length);
    const { status, size, lastModified } = rows.columns;
    for (let day = 0; day < history.days; day++) {
      if (day >= from && day < from + life) continue;
      [status[day], size[day], lastModified[day]] = [404, 0, 0];
    }
  }
  return history;
}

/** Writes a bar for each file, also to a Parquet file, and returns the number of bars. */
async function writeBars(file: string, parquet: string, { symbols, from, days }: BenchRows): Promise<number> {
  const store = await openStore(file);
  try {
    await recordDiscovery(store, symbols, Date.now());
    // Pseudo-random volumes between 1,000 and 10^9, by symbol and day.
    await store.connection.run(
      `INSERT INTO daily_volumes
        SELECT date, symbol, 10, 10, 10, 10, quote / 10, quote, 1 + (quote // 100)::BIGINT, quote / 20, quote / 2, 'bench'
        FROM (
          SELECT date, symbol, (1e9 * pow(hash(symbol) % 10_000 / 10_000, 4) + 1_000)
            * (0.5 + hash(symbol || date::VARCHAR) % 1_000 / 1_000) AS quote
          FROM availability WHERE available
        ) ORDER BY symbol, date`,
    );
    await store.connection.run(
      `INSERT INTO volume_spans SELECT DISTINCT symbol, ${dateLiteral(from)}, ${dateLiteral(from + days - 1)},
        epoch_ms(0)::TIMESTAMP FROM availability`,
    );
    // As at the end of a run.
    await maintain(store);
  } finally {
    await store.close();
  }
  const reader = await openReader(file, { output: parquet });
  try {
    const columns = "date, symbol, quote_volume, trade_count";
    const written = await reader.connection.runAndReadAll(
      `COPY (SELECT ${columns} FROM daily_volumes ORDER BY date, symbol) TO ${textLiteral(parquet)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return Number(written.getRows()[0]?.[0]);
  } finally {
    await reader.close();
  }
}

function ourSide(file: string, from: string, to: string): Side {
  return {
    name: OURS,
    role: "ours",
    run: async () => {
      const [startedAt, before] = [performance.now(), process.cpuUsage()];
      await using db = await openAvailability(file);
      const { rows } = await db.universeOver({ from, to, by: "quote_volume", ...RULE });
      const elapsed = performance.now() - startedAt;
      const { user, system } = process.cpuUsage(before);
      const digest = createHash("sha256");
      for (const { date, symbol, rank, value, age_days } of rows) {
        digest.update(`${date},${symbol},${rank},${age_days}\n`);
        // Its bytes: languages round decimals that lie halfway in different ways.
        digest.update(new Float64Array([value ?? NaN]));
      }
      return { values: { cpu: (user + system) / 1000, elapsed }, work: `${rows.length} rows, ${digest.digest("hex")}` };
    },
  };
}
