import { DuckDBInstance } from "@duckdb/node-api";
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatDay } from "../src/calendar/day.js";
import { openForWriting } from "../src/store/database.js";
import { openReader, openStore, type WritableStore } from "../src/store/open.js";
import { beginRun } from "../src/store/runs.js";
import { UnitWriter } from "../src/store/write/commit.js";
import { writeBackfill } from "./backfilled.js";
import { runCli } from "./child/run-cli.js";
import { dayDigest, tableDigest } from "./child/table-digest.js";
import type { Bench, BenchContext } from "./frame/bench.js";
import type { Comparison, Metric, Side } from "./frame/comparison.js";
import { quantile } from "./frame/statistics.js";
import { benchRows, dayAfter, type BenchRows } from "./rows.js";
import { startReplicaProcess } from "./servers/replica.js";
import type { BenchServer } from "./servers/server.js";
import { FULL_DAYS, lastDay, perpetuals, QUICK_DAYS, SYMBOLS } from "./universe.js";

const COPY_METRICS: [Metric, ...Metric[]] = [
  { id: "elapsed", label: "open, write a day, close", unit: "ms", better: "lower" },
  { id: "cpu", label: "CPU", unit: "ms", better: "lower" },
  { id: "size", label: "size of the file", unit: "MiB", better: "lower" },
];

const READER_METRICS: [Metric, ...Metric[]] = [
  { id: "updates", label: "ten updates", unit: "ms", better: "lower" },
  { id: "question", label: "open, query, close (median)", unit: "ms", better: "lower" },
  { id: "slowest", label: "slowest of these", unit: "ms", better: "lower" },
  { id: "questions", label: "queries answered", unit: "times", better: "higher" },
];

const UPDATES = 10;

/** Delay between two queries, ms: a reader without pauses would measure the machine's cores. */
const PAUSE_MS = 50;

/** Number of queries of a reader that runs alone. */
const QUESTIONS_ALONE = 100;

/** Size of a user's own table in the file, which is copied as well, MiB. */
const USER_TABLE_MIB = 300;

/** The cost of working in a copy, and whether runs and readers wait for each other. */
export const fileBench: Bench = async ({ quick, folder, compare }) => {
  const history = benchRows(quick ? 40 : SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS);
  const [plain, large] = [join(folder, "plain.duckdb"), join(folder, "large.duckdb")];
  await writeBackfill(plain, history);
  copyFileSync(plain, large);
  await addTable(large, quick ? 30 : USER_TABLE_MIB);
  const comparisons: Comparison[] = [];
  for (const [title, before] of [
    ["The price of a working copy", plain],
    ["The price of a working copy, with a large table of the user's", large],
  ] as const) {
    comparisons.push(
      await compare({
        title,
        method: `A day of ${history.symbols.length} symbols into a file of ${Math.round(mebibytes(before))} MiB, without maintenance. In place, a reader or the run would have to wait.`,
        metrics: COPY_METRICS,
        sides: [
          writingSide("in place", history, before, openInPlace),
          writingSide("in a copy (default)", history, before, openStore),
        ],
      }),
    );
  }
  comparisons.push(await readersAndUpdates(folder, quick ? 40 : SYMBOLS, compare));
  return { comparisons, targets: [], notes: [] };
};

async function addTable(file: string, mib: number): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  // A UUID takes 16 bytes and can't be compressed.
  await connection.run(`CREATE TABLE beside AS SELECT uuid() AS id FROM range(${mib * 65_536})`);
  connection.closeSync();
  instance.closeSync();
}

async function openInPlace(file: string): Promise<WritableStore> {
  const scratch = mkdtempSync(`${file}-`);
  const store = await openForWriting({ file, path: file, scratch, isReplaceable: false });
  const close = async () => {
    await store.close();
    rmSync(scratch, { recursive: true });
  };
  return { ...store, close };
}

function writingSide(
  name: string,
  { symbols, from, days }: BenchRows,
  before: string,
  open: (file: string) => Promise<WritableStore>,
): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      const file = `${before}.written`;
      copyFileSync(before, file);
      const cpu = process.cpuUsage();
      const startedAt = performance.now();
      const store = await open(file);
      const run = { command: "update", from, to: from + days, symbolCount: symbols.length, startedAt: Date.now() };
      const writer = await UnitWriter.create(store, { runId: await beginRun(store, run), symbols });
      await writer.commit([dayAfter(symbols, from + days, Date.now())]);
      await writer.close();
      await store.close();
      const elapsed = performance.now() - startedAt;
      const { user, system } = process.cpuUsage(cpu);
      const values = { elapsed, cpu: (user + system) / 1000, size: mebibytes(file) };
      const work = await tableDigest(file);
      rmSync(file);
      return { values, work };
    },
  };
}

/** Ten runs of `bfa update` with two readers: one stays open, the other opens the file for each query. */
async function readersAndUpdates(
  folder: string,
  symbolCount: number,
  compare: BenchContext["compare"],
): Promise<Comparison> {
  const to = lastDay();
  const server = await startReplicaProcess(
    ...["--through", formatDay(to), "--days", "30", "--symbols", String(symbolCount)],
  );
  try {
    const symbolsFile = join(folder, "symbols.txt");
    writeFileSync(symbolsFile, perpetuals(to, symbolCount).join("\n"));
    const named = ["--symbols-file", symbolsFile, "--unlisted", "--source", "head"];
    const before = join(folder, "before.duckdb");
    await runCli(server, before, ["update", "--date", formatDay(to - UPDATES), "--lookback", "10", ...named]);
    const updates = (name: string, isRead: boolean): Side => ({
      name,
      role: "ours",
      run: async () => {
        const db = join(folder, "beside.duckdb");
        copyFileSync(before, db);
        const question = formatDay(to - UPDATES);
        const over = new AbortController();
        const reading = isRead ? askUntil(over.signal, db, question) : Promise.resolve([]);
        const startedAt = performance.now();
        await update(server, db, to, named);
        const values = { updates: performance.now() - startedAt };
        over.abort();
        const times = await reading;
        const work = await dayDigest(db, to);
        return { values: isRead ? { ...values, ...timesOf(times) } : values, work };
      },
    });
    const alone: Side = {
      name: "a reader alone",
      role: "ours",
      run: async () => ({
        values: timesOf(await ask(before, formatDay(to - UPDATES), QUESTIONS_ALONE)),
        work: undefined,
      }),
    };
    return await compare({
      title: "A reader and ten updates at the same time",
      method: `Ten times \`bfa update\` of a day of ${symbolCount} symbols, one after the other, while a reader stays open and another opens the file every ${PAUSE_MS} ms to query a day. Neither waits for the other; they only share the machine.`,
      metrics: READER_METRICS,
      sides: [updates("ten updates alone", false), updates("ten updates beside readers", true), alone],
    });
  } finally {
    await server.close();
  }
}

async function update(server: BenchServer, db: string, to: number, named: readonly string[]): Promise<void> {
  for (let day = to - UPDATES + 1; day <= to; day++) {
    await runCli(server, db, ["update", "--date", formatDay(day), "--lookback", "1", ...named]);
  }
}

/** Queries until the signal aborts, while another reader stays open. */
async function askUntil(signal: AbortSignal, db: string, day: string): Promise<number[]> {
  const kept = await openReader(db);
  try {
    const times: number[] = [];
    while (!signal.aborted) times.push(...(await ask(db, day, 1)));
    return times;
  } finally {
    await kept.close();
  }
}

/** Times to open the file, query a day and close it, ms. */
async function ask(db: string, day: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let question = 0; question < count; question++) {
    const startedAt = performance.now();
    const reader = await openReader(db);
    await reader.connection.runAndReadAll(
      `SELECT symbol FROM daily_availability WHERE date = DATE '${day}' AND available`,
    );
    await reader.close();
    times.push(performance.now() - startedAt);
    await sleep(PAUSE_MS);
  }
  return times;
}

function timesOf(times: readonly number[]) {
  const ascending = [...times].sort((a, b) => a - b);
  return { question: quantile(ascending, 0.5), slowest: quantile(ascending, 1), questions: times.length };
}

function mebibytes(file: string): number {
  return statSync(file).size / 2 ** 20;
}
