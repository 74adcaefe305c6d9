/**
 * Queries of the library on the whole history, prepared and warm, and the counts table against the GROUP BY it replaces.
 *
 *     npm run bench -- query
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counts } from "../src/query/counts.js";
import { snapshot } from "../src/query/snapshot.js";
import { timeline } from "../src/query/timeline.js";
import { universe } from "../src/query/universe.js";
import { openReader, type Store } from "../src/store/open.js";
import { writeBackfill } from "./backfilled.js";
import { benchRows, median, type BenchRows } from "./rows.js";

/** Options of {@link run}. */
export interface QueryBenchOptions {
  /** Default 327. */
  symbols?: number;
  /** Default 2,240. */
  days?: number;
  /** Takes a line of the report. */
  print: (line: string) => void;
}

const ROUNDS = 150;
const WARM_UP = 20;

/** The history's counts as they would have to be made without the table. */
const GROUP_BY = `SELECT date, count(*) FILTER (available) AS available_count, count(*) AS probed_count
  FROM availability GROUP BY date`;

/** Measures each query and reports medians against their targets. */
export function run(options: QueryBenchOptions): Promise<void> {
  return onHistory(options, reportQueries);
}

/** Measures the counts table beside the GROUP BY that it replaces, both in DuckDB alone, and reports. */
export function runCounts(options: QueryBenchOptions): Promise<void> {
  return onHistory(options, reportCounts);
}

type Line = (name: string, ms: number, remark: string) => void;

async function onHistory(
  { symbols = 327, days = 2_240, print }: QueryBenchOptions,
  report: (store: Store, history: BenchRows, line: Line) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bfa-bench-query-"));
  try {
    const history = benchRows(symbols, days);
    const file = join(folder, "a.duckdb");
    await writeBackfill(file, history);
    const store = await openReader(file);
    print(`${history.rows} rows; medians of ${ROUNDS - WARM_UP} rounds, ms`);
    await report(store, history, (name, ms, remark) => {
      print(`${name}: ${ms.toFixed(2)} ms${remark === "" ? "" : ` (${remark})`}`);
    });
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function reportQueries(store: Store, { symbols, from, days }: BenchRows, line: Line): Promise<void> {
  const asked = Math.min(400, days - 1);
  const day = (round: number) => from + asked + ((round * 97) % (days - asked));
  const symbol = (round: number) => symbols[(round * 31) % symbols.length] ?? "";
  line("snapshot", await timed((round) => snapshot(store, day(round))), "target 1");
  line("timeline", await timed((round) => timeline(store, symbol(round))), "target 2");
  line("counts of the whole history", await timed(() => counts(store)), "target 1");
  line("universe, 90 days old", await timed((round) => universe(store, day(round), { minAgeDays: 90 })), "target 5");
}

async function reportCounts(store: Store, _history: BenchRows, line: Line): Promise<void> {
  const groupBy = await store.connection.prepare(GROUP_BY);
  const table = await store.connection.prepare("SELECT date, available_count, probed_count FROM daily_symbol_counts");
  const fromTable = await timed(async () => (await table.run()).fetchAllChunks());
  const fromRows = await timed(async () => (await groupBy.run()).fetchAllChunks());
  line("counts table", fromTable, "");
  line("the GROUP BY it replaces", fromRows, `${(fromRows / fromTable).toFixed(1)} × as long; the seed claims 50 ×`);
}

async function timed(ask: (round: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await ask(round);
    if (round >= WARM_UP) times.push(performance.now() - started);
  }
  return median(times);
}
