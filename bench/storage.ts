/**
 * Storage: the same rows in every variant, their sizes and how long a snapshot and a timeline take.
 *
 *     npm run bench -- storage
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBDateValue, DuckDBInstance } from "../src/store/duckdb.js";
import { writeBackfill, writeDailyUpdates } from "./backfilled.js";
import { benchRows, median, type BenchRows } from "./rows.js";

/** Options of {@link run}. */
export interface StorageBenchOptions {
  /** Default 327. */
  symbols?: number;
  /** Default 2,240. */
  days?: number;
  /** Takes a line of the report. */
  print: (line: string) => void;
}

const COLUMNS = "date, symbol, available, file_size_bytes, last_modified, url, status_code, probe_timestamp";

interface Variant {
  name: string;
  /** Before anything else, and after. */
  settings?: [before: string, after: string];
  table: string;
  indexes?: string[];
  attach?: string;
  order?: string;
}

const PLAIN = `date DATE NOT NULL, symbol VARCHAR NOT NULL, available BOOLEAN NOT NULL, file_size_bytes BIGINT,
  last_modified TIMESTAMP, url VARCHAR NOT NULL, status_code INTEGER NOT NULL, probe_timestamp TIMESTAMP NOT NULL`;

const VARIANTS: readonly Variant[] = [
  {
    name: "uncompressed, key, two indexes",
    settings: ["SET force_compression = 'uncompressed'", "SET force_compression = 'auto'"],
    table: `${PLAIN}, PRIMARY KEY (date, symbol)`,
    indexes: ["symbol", "available"],
  },
  {
    name: "the seed's literal DDL",
    table: `date DATE NOT NULL, symbol VARCHAR NOT NULL USING COMPRESSION dictionary, available BOOLEAN NOT NULL,
      file_size_bytes BIGINT USING COMPRESSION bitpacking, last_modified VARCHAR USING COMPRESSION dictionary,
      url VARCHAR NOT NULL USING COMPRESSION dictionary, status_code INTEGER NOT NULL USING COMPRESSION bitpacking,
      probe_timestamp TIMESTAMP NOT NULL, PRIMARY KEY (date, symbol)`,
  },
  { name: "automatic, key", table: `${PLAIN}, PRIMARY KEY (date, symbol)` },
  { name: "automatic, no key", table: PLAIN },
  { name: "automatic, no key, by symbol", table: PLAIN, order: "symbol, date" },
];

/** Builds the variants, compares every cell, and reports. */
export async function run({ symbols = 327, days = 2_240, print }: StorageBenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bfa-bench-storage-"));
  try {
    const history = benchRows(symbols, days);
    print(`${history.rows} rows: ${history.symbols.length} symbols, ${days} days, ${history.available} available`);
    print(row("variant", "MiB", "snapshot ms", "timeline ms", "cells that differ"));
    const ours = join(folder, "ours.duckdb");
    await writeBackfill(ours, history);
    const lines = [await measured("ours, after a backfill", ours, ours, history)];
    for (const variant of VARIANTS) {
      const file = join(folder, "variant.duckdb");
      await build(file, variant, ours);
      print(await measured(variant.name, file, ours, history));
      rmSync(file);
    }
    for (const line of lines) print(line);
    let most = 0;
    for (let update = 0; update < 60; update++) {
      await writeDailyUpdates(ours, { ...history, days: days + update }, 1);
      most = Math.max(most, statSync(ours).size);
    }
    print(
      row("ours, after 60 daily updates", mebibytes(statSync(ours).size), ...(await queryTimes(ours, history)), ""),
    );
    print(row("  at most on the way", mebibytes(most), "", "", ""));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function build(file: string, variant: Variant, from: string): Promise<void> {
  const { name, settings, table, indexes = [], order = "date, symbol" } = variant;
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${from}' AS source (READ_ONLY); ATTACH '${file}' AS variant; USE variant`);
    if (settings !== undefined) await connection.run(settings[0]);
    await connection.run(`CREATE TABLE daily_availability (${table})`);
    for (const column of indexes)
      await connection.run(`CREATE INDEX ${column}_index ON daily_availability (${column})`);
    await connection.run(
      `INSERT INTO daily_availability SELECT ${COLUMNS} FROM source.daily_availability ORDER BY ${order}`,
    );
    await connection.run("CHECKPOINT; USE memory; DETACH variant; DETACH source");
  } catch (error) {
    throw new Error(`variant ${name} can't be built`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function measured(name: string, file: string, ours: string, history: BenchRows): Promise<string> {
  const different = file === ours ? await differencesFromHistory(file, history) : await differences(file, ours);
  return row(name, mebibytes(statSync(file).size), ...(await queryTimes(file, history)), String(different));
}

/** Cells in which a variant and our file differ, all eight columns compared as text. */
async function differences(file: string, ours: string): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${ours}' AS ours (READ_ONLY); ATTACH '${file}' AS variant (READ_ONLY)`);
    const cells = COLUMNS.split(", ").map(
      (column) => `(a.${column}::VARCHAR IS DISTINCT FROM b.${column}::VARCHAR)::INTEGER`,
    );
    const answer = await connection.runAndReadAll(
      `SELECT sum(${cells.join(" + ")}) FROM ours.daily_availability a FULL JOIN variant.daily_availability b
        ON a.date = b.date AND a.symbol = b.symbol`,
    );
    return Number(answer.getRows()[0]?.[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Cells of our file that differ from the rows that went in. */
async function differencesFromHistory(file: string, { symbols, units, rows }: BenchRows): Promise<number> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(
      `SELECT symbol, (date - DATE '1970-01-01')::INTEGER, status_code, coalesce(file_size_bytes, 0)::DOUBLE,
        coalesce(epoch_ms(last_modified), 0)::DOUBLE, epoch_ms(probe_timestamp)::DOUBLE, available
        FROM daily_availability ORDER BY symbol, date`,
    );
    const stored = result.getColumns();
    let different = stored[0]?.length === rows ? 0 : Infinity;
    const byName = units.map(({ rows: unit }, index) => ({ name: symbols[index] ?? "", unit }));
    byName.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    let at = 0;
    for (const { name, unit } of byName) {
      for (let day = 0; day < unit.count; day++, at++) {
        const cells = [
          name,
          unit.day[day],
          unit.status[day],
          unit.size[day],
          unit.lastModified[day],
          unit.probedAt[day],
        ];
        cells.push(unit.status[day] === 200 ? 1 : 0);
        cells.forEach((cell, column) => {
          const value = stored[column]?.[at];
          if ((typeof value === "boolean" ? Number(value) : value) !== cell) different++;
        });
      }
    }
    return different;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Medians of a snapshot and a timeline, prepared and warm, in ms. */
async function queryTimes(file: string, { symbols, from, days }: BenchRows): Promise<[string, string]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const snapshot = await connection.prepare(
      "SELECT symbol, file_size_bytes, last_modified FROM daily_availability WHERE date = $1 AND available",
    );
    const timeline = await connection.prepare(
      "SELECT date, available, file_size_bytes, last_modified FROM daily_availability WHERE symbol = $1",
    );
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < 120; round++) {
      snapshot.bindDate(1, new DuckDBDateValue(from + ((round * 97) % days)));
      timeline.bindVarchar(1, symbols[(round * 31) % symbols.length] ?? "");
      for (const [index, statement] of [snapshot, timeline].entries()) {
        const started = performance.now();
        await (await statement.run()).fetchAllChunks();
        if (round >= 20) times[index]?.push(performance.now() - started);
      }
    }
    return [median(times[0]).toFixed(2), median(times[1]).toFixed(2)];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(34)}${cells.map((cell) => cell.padStart(18)).join("")}`.trimEnd();
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(2);
}
