import { join } from "node:path";
import { formatDay, type Day } from "../src/calendar/day.js";
import { openAvailability } from "../src/open-availability.js";
import { date } from "../src/query/select.js";
import { openReader } from "../src/store/open.js";
import { select } from "../src/store/prepared.js";
import { TRADED } from "../src/vision/traded.js";
import { writeBackfill } from "./backfilled.js";
import { writeBars } from "./bars.js";
import { askingSide, cpuTime, ROUNDS } from "./frame/asking.js";
import type { Bench } from "./frame/bench.js";
import { medianOf } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { benchRows, withoutSettled } from "./rows.js";
import { FULL_DAYS, QUICK_DAYS } from "./universe.js";

/** Number of symbols whose whole history has 660,000 files, as the bucket has. */
const SYMBOLS = 562;
const WINDOW = 30;
const WANTED_MS = 5;
const OURS = "ours, through the library";

/** The symbols of a day by quote volume: our query, and an SQL statement for the same on the same file. */
export const topBench: Bench = async ({ quick, folder, compare }) => {
  const history = withoutSettled(benchRows(SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS));
  const file = join(folder, "a.duckdb");
  await writeBackfill(file, history);
  const bars = await writeBars(file, history);
  const db = await openAvailability(file);
  const store = await openReader(file);
  // Days are far apart, so that no answer is stored next to the previous one.
  const first = Math.min(400, history.days >> 1);
  const dayOfRound = (round: number): Day => history.from + first + ((round * 97) % (history.days - first));
  try {
    const comparison = await compare({
      title: `The symbols of a day by the quote volume of ${WINDOW} days`,
      method: `${bars} bars; ${ROUNDS} queries per run, each about a different day, on an open file after a warm-up; CPU time of all threads.`,
      metrics: [
        { id: "median", label: "a query, CPU", unit: "ms", better: "lower" },
        { id: "slow", label: "95th percentile", unit: "ms", better: "lower" },
      ],
      sides: [
        askingSide(OURS, "ours", cpuTime, async (round) => {
          const { rows } = await db.top({ date: formatDay(dayOfRound(round)), window: WINDOW, stat: "sum" });
          return () => rows.map(({ symbol, value }) => [symbol, value]);
        }),
        askingSide("SQL, first days of symbols included", "peer", cpuTime, async (round) => {
          const end = date(dayOfRound(round) - 1);
          const rows = await select(store, RANKING, { end, from: date(dayOfRound(round) - WINDOW) });
          return () => rows.map(([symbol, value]) => [String(symbol), Number(value)]);
        }),
      ],
    });
    const took = medianOf(comparison, OURS) ?? NaN;
    const target = {
      what: "top of a day",
      wanted: `${WANTED_MS} ms`,
      measured: `${measured(took)} ms`,
      met: took <= WANTED_MS,
    };
    return { comparisons: [comparison], targets: [target], notes: [] };
  } finally {
    await db.close();
    await store.close();
  }
};

/**
 * The same in SQL. It uses a symbol's first file instead of its contract's, which makes no difference to a sum: the
 * previous contract ended more than a window earlier.
 */
const RANKING = `
  WITH listed AS (SELECT symbol, min(date) AS first FROM availability WHERE available AND date <= $end GROUP BY symbol),
    bars AS (SELECT symbol, date, quote_volume, trade_count FROM daily_volumes WHERE date BETWEEN $from AND $end),
    traded AS (
      SELECT symbol, first FROM listed SEMI JOIN (SELECT symbol FROM bars WHERE date = $end AND ${TRADED}) USING (symbol)
        SEMI JOIN (SELECT symbol FROM availability WHERE available AND date = $end) USING (symbol)
    ),
    days AS (
      SELECT symbol, unnest(generate_series(greatest(first, $from), $end::TIMESTAMP, INTERVAL 1 DAY))::DATE AS date FROM traded
    )
  SELECT symbol, sum(coalesce(quote_volume, 0)) AS value FROM days LEFT JOIN bars USING (symbol, date)
  GROUP BY symbol ORDER BY value DESC, symbol`;
