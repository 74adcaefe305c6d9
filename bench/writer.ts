import { rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "../src/store/duckdb.js";
import { attach } from "../src/store/attach.js";
import { openReader } from "../src/store/open.js";
import { dueCells } from "../src/store/due.js";
import { AVAILABILITY_COLUMNS } from "../src/store/schema/migrate.js";
import { writeBackfill, writeDailyUpdates } from "./backfilled.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { spreadOf } from "./frame/statistics.js";
import { measured } from "./output/format.js";
import { benchRows, type BenchRows } from "./rows.js";
import { cellsDigest } from "./storage/cells.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const RATE: Metric = { id: "rate", label: "rows", unit: "1/s", better: "higher" };
const METRICS: [Metric, ...Metric[]] = [
  RATE,
  { id: "written", label: "writing", unit: "ms", better: "lower" },
  { id: "maintained", label: "compaction", unit: "ms", better: "lower" },
];
const OURS = "our writer, with counts and journal";
const BOUND = "DuckDB's INSERT … SELECT";
const LARGE = { symbols: 1_000, days: 2_600 };
/** Rows for the seed's method, one prepared INSERT each: enough to measure its rate. */
const PREPARED_ROWS = 3_000;

/** The writer alone: rows as probers send them, into the final table, compared with DuckDB's maximum. */
export const writerBench: Bench = async ({ quick, folder, compare }) => {
  const history = benchRows(quick ? 40 : SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS);
  const source = join(folder, "source.duckdb");
  await writeBackfill(source, history);
  const file = join(folder, "written.duckdb");
  const writing = await compare({
    title: `Writing ${history.rows} rows`,
    method:
      "Into an empty file, until committed. The bounds copy the same rows from DuckDB's memory into the same table.",
    metrics: METRICS,
    sides: [oursSide(OURS, history, file), insertSelectSide(source, file), preparedSide(source, file)],
  });
  const comparisons = [writing];
  if (!quick) {
    comparisons.push(
      await compare({
        title: "Writing, by size of the history",
        method: "Empty file to committed rows and counts.",
        metrics: METRICS,
        sides: [
          oursSide(`${history.symbols.length} × ${history.days}`, history, file),
          oursSide(`${LARGE.symbols} × ${LARGE.days}`, benchRows(LARGE.symbols, LARGE.days), file, false),
        ],
      }),
    );
  }
  comparisons.push(
    await compare({
      title: "Writing a day into a full file",
      method: `${history.rows} rows are in the file. An update writes a day and rewrites the three days before it; its time is from opening to closing.`,
      metrics: [
        { id: "update", label: "an update", unit: "ms", better: "lower" },
        { id: "due", label: "finding what is due", unit: "ms", better: "lower" },
      ],
      sides: [dailySide(history, file)],
    }),
  );
  return { comparisons, targets: quick ? [] : targetsOf(writing), notes: [] };
};

function oursSide(name: string, history: BenchRows, file: string, compared = true): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      rmSync(file, { force: true });
      const { commitMs, maintainMs } = await writeBackfill(file, history);
      return {
        values: { rate: (history.rows / commitMs) * 1000, written: commitMs, maintained: maintainMs },
        work: compared ? await cellsDigest(file) : undefined,
      };
    },
  };
}

/** The writer's upper bound: one statement, no counts, no journal, no matching. */
function insertSelectSide(source: string, file: string): Side {
  return {
    name: BOUND,
    role: "bound",
    run: () =>
      withCopy(source, file, async (run) => {
        const startedAt = performance.now();
        const rows = await run("INSERT INTO target.availability SELECT * FROM cells");
        const written = performance.now() - startedAt;
        return { values: { rate: (rows / written) * 1000, written }, work: undefined };
      }),
  };
}

/** The seed's method of writing. */
function preparedSide(source: string, file: string): Side {
  return {
    name: `one prepared INSERT per row (${PREPARED_ROWS} rows)`,
    role: "peer",
    run: () =>
      withCopy(source, file, async (run) => {
        await run(`CREATE TEMP TABLE few AS FROM cells LIMIT ${PREPARED_ROWS}`);
        const startedAt = performance.now();
        await run("BEGIN");
        await run("PREPARE one AS INSERT INTO target.availability SELECT * FROM temp.few WHERE rowid = $1");
        for (let row = 0; row < PREPARED_ROWS; row++) await run(`EXECUTE one(${row})`);
        await run("COMMIT");
        const written = performance.now() - startedAt;
        return { values: { rate: (PREPARED_ROWS / written) * 1000, written }, work: undefined };
      }),
  };
}

/** Loads the source's rows into memory as `cells` and creates an empty table like ours; `run` returns row counts. */
async function withCopy<T>(
  source: string,
  file: string,
  use: (run: (sql: string) => Promise<number>) => Promise<T>,
): Promise<T> {
  rmSync(file, { force: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const run = async (sql: string) => (await connection.run(sql)).rowsChanged;
  try {
    await attach(connection, file, "target");
    await run(`ATTACH '${source}' AS source (READ_ONLY)`);
    await run(`CREATE TABLE cells AS SELECT ${AVAILABILITY_COLUMNS} FROM source.availability`);
    await run("CREATE TABLE target.availability AS FROM cells LIMIT 0");
    return await use(run);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function dailySide(history: BenchRows, file: string): Side {
  return {
    name: "ours",
    role: "ours",
    run: async () => {
      rmSync(file, { force: true });
      await writeBackfill(file, history);
      const store = await openReader(file);
      const { symbols, from, days } = history;
      const startedAt = performance.now();
      const { spans } = await dueCells(store, { symbols, from, to: from + days - 1, rest: true }, Date.now());
      const dueMs = performance.now() - startedAt;
      await store.close();
      const updates = await writeDailyUpdates(file, history, 10);
      return {
        values: { update: spreadOf(updates).median, due: dueMs },
        work: `${spans.flat().length} spans due, then ${await cellsDigest(file)}`,
      };
    },
  };
}

function targetsOf(writing: Comparison): Target[] {
  const rate = medianOf(writing, OURS) ?? NaN;
  const bound = medianOf(writing, BOUND) ?? NaN;
  const wanted = 1_000_000;
  return [
    { what: "rows per second", wanted: measured(wanted), measured: measured(Math.round(rate)), met: rate >= wanted },
    {
      what: "writing, relative to DuckDB's own INSERT … SELECT",
      wanted: "50 %",
      measured: `${measured((rate / bound) * 100)} %`,
      met: rate >= bound / 2,
    },
  ];
}
