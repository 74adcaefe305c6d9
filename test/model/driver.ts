import type { RunOutcome } from "../../src/run/outcome.js";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import * as product from "../../src/index.js";
import { formatDay, type Day } from "../../src/calendar/day.js";
import { CLOCK_PRELOAD } from "./clock.js";
import { openAnswers } from "./driver-answers.js";
import type { Change, ChangeKind } from "./oracle/journal.js";
import type { Answers, Circumstances, Product, RunEnd, RunRequest, Stored, StoredCell } from "./product.js";

/**
 * All parts of the model that depend on how the product is called and on the names of its tables. The rest of the model
 * is independent of both.
 */

/** The built product, on a database file. */
export class BuiltProduct implements Product {
  private readonly folder = mkdtempSync(join(tmpdir(), "bfa-model-"));
  private readonly db = join(this.folder, "a.duckdb");

  async run(request: RunRequest, { now, locked, killer }: Circumstances): Promise<RunEnd> {
    if (killer !== undefined) return await runAsProcess(this.db, request, now, killer);
    if (!locked) return await runInProcess(this.db, request);
    const release = await holdFile(this.db);
    try {
      return await runInProcess(this.db, request);
    } finally {
      await release();
    }
  }

  stored(): Promise<Stored> {
    return readStored(this.db);
  }

  async answers(now: number): Promise<Answers | undefined> {
    return existsSync(this.db) ? await openAnswers(this.db, now) : undefined;
  }

  close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}

/** Runs a command in this process. Its threads have the model's clock. */
async function runInProcess(db: string, request: RunRequest): Promise<RunEnd> {
  const { command, endpoint, listEndpoint, source, symbols, quote, from, to, lookback } = request;
  const options = {
    db,
    endpoint,
    listEndpoint,
    source,
    threads: 1,
    // The clock stands still, so a delay before a retry would never end.
    retries: 0,
    // The outcome of a run is compared, whatever it is.
    reject: false,
    ...(symbols !== undefined && { symbols }),
    ...(quote !== undefined && { quote }),
  };
  try {
    switch (command) {
      case "update": {
        const date = to === undefined ? {} : { date: formatDay(to) };
        const summary = await product.update({ ...options, ...date, ...(lookback !== undefined && { lookback }) });
        return { type: "ended", outcome: ended(summary.outcome) };
      }
      case "backfill": {
        const span = {
          ...(from !== undefined && { from: formatDay(from) }),
          ...(to !== undefined && { to: formatDay(to) }),
        };
        const summary = await product.backfill({ ...options, ...span });
        return { type: "ended", outcome: ended(summary.outcome) };
      }
      case "sweep": {
        const summary = await product.sweep({ db, endpoint, listEndpoint, threads: 1, retries: 0, reject: false });
        return { type: "ended", outcome: ended(summary.outcome) };
      }
      case "discover":
        await product.discover({ db, endpoint, listEndpoint, threads: 1, retries: 0 });
        return { type: "ended", outcome: "whole" };
    }
  } catch (error) {
    if (!(error instanceof product.BfaError)) throw error;
    const code: unknown = error.code;
    return { type: "refused", code: String(code), message: error.message };
  }
}

/** The command built with the modules that the tests load, which may be those of a mutant. */
const CLI = join(
  process.env["BFA_MODEL_DIST"] ?? fileURLToPath(new URL("../../dist/src/", import.meta.url)),
  "cli/main.js",
);

/**
 * Runs a command as a separate process.
 *
 * @param now the machine's time, ms
 * @param onStart receives a function that kills it
 */
async function runAsProcess(
  db: string,
  request: RunRequest,
  now: number,
  onStart: (kill: () => void) => void,
): Promise<RunEnd> {
  const { command, endpoint, listEndpoint, source, symbols, quote, from, to, lookback } = request;
  const args = [
    command,
    "--json",
    "--db",
    db,
    "--endpoint",
    endpoint,
    "--list-endpoint",
    listEndpoint,
    "--retries",
    "0",
  ];
  if (command !== "discover" && command !== "sweep") args.push("--source", source);
  if (symbols !== undefined) args.push("--symbols", symbols.join(","));
  if (quote !== undefined) args.push("--quote", quote);
  if (command === "backfill" && from !== undefined) args.push("--from", formatDay(from));
  if (to !== undefined) args.push(command === "update" ? "--date" : "--to", formatDay(to));
  if (lookback !== undefined) args.push("--lookback", String(lookback));
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, NODE_OPTIONS: `--require ${CLOCK_PRELOAD}`, BFA_MODEL_CLOCK: String(now) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  onStart(() => child.kill("SIGKILL"));
  await once(child, "close");
  if (child.signalCode !== null) return { type: "killed" };
  // A run that fails before it begins prints no summary.
  if (stdout !== "") return { type: "ended", outcome: ended((JSON.parse(stdout) as { outcome: RunOutcome }).outcome) };
  return { type: "refused", code: `EXIT_${String(child.exitCode)}`, message: stderr.slice(-500) };
}

const HOLD = `
  const { DuckDBInstance } = require("@duckdb/node-api");
  DuckDBInstance.create(process.argv[1]).then(async (instance) => {
    globalThis.held = await instance.connect();
    console.log("held");
    setInterval(() => undefined, 1000);
  });
`;

/** Makes another process hold the file open for writing until the returned function is called. */
async function holdFile(db: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ["-e", HOLD, db], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return async () => {
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  };
}

/** Reads everything that the model compares from a file that nobody has open. */
async function readStored(db: string): Promise<Stored> {
  const stored: Stored = { cells: new Map(), duplicates: 0, wrongCounts: [], changes: [], discoveredAt: undefined };
  if (!existsSync(db)) return stored;
  const instance = await DuckDBInstance.create(db, { access_mode: "READ_ONLY", threads: "1" });
  const connection = await instance.connect();
  try {
    // The process that locked the file before the first run created an empty one.
    if (!(await hasColumn(connection, "daily_availability", "date"))) return stored;
    await readCells(connection, stored);
    stored.wrongCounts = await readWrongCounts(connection);
    stored.changes = await readChanges(connection);
    const [info] = await rowsOf(connection, "SELECT epoch_ms(symbols_discovered_at)::DOUBLE FROM store_info");
    stored.discoveredAt = numberOf(info?.[0]);
    return stored;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readCells(connection: DuckDBConnection, stored: Stored): Promise<void> {
  const rows = await rowsOf(
    connection,
    `SELECT symbol, (date - DATE '1970-01-01')::INTEGER, available, file_size_bytes::DOUBLE,
        epoch_ms(last_modified)::DOUBLE, etag::VARCHAR, epoch_ms(probe_timestamp)::DOUBLE
      FROM availability`,
  );
  for (const [symbol, day, available, size, modified, tag, probedAt] of rows) {
    const days = stored.cells.get(String(symbol)) ?? new Map<Day, StoredCell>();
    stored.cells.set(String(symbol), days);
    if (days.has(Number(day))) stored.duplicates++;
    days.set(Number(day), {
      available: available === true,
      size: numberOf(size),
      modified: numberOf(modified),
      etag: typeof tag === "string" ? hexOf(tag) : undefined,
      probedAt: Number(probedAt),
    });
  }
}

/** The ETag's first 8 bytes in hex, from text or from a big-endian unsigned number. */
function hexOf(tag: string): string {
  return /^\d+$/.test(tag) ? BigInt(tag).toString(16).padStart(16, "0") : tag.slice(0, 16);
}

async function readWrongCounts(connection: DuckDBConnection): Promise<string[]> {
  const rows = await rowsOf(
    connection,
    `SELECT coalesce(g.date, c.date)::VARCHAR FROM (
        SELECT date, count(*) FILTER (available) AS a, count(*) AS p FROM daily_availability GROUP BY date
      ) AS g FULL JOIN daily_symbol_counts AS c ON g.date = c.date
      WHERE g.a IS DISTINCT FROM c.available_count OR g.p IS DISTINCT FROM c.probed_count`,
  );
  return rows.map(([date]) => String(date));
}

async function readChanges(connection: DuckDBConnection): Promise<Change[]> {
  const rows = await rowsOf(connection, "SELECT symbol, (date - DATE '1970-01-01')::INTEGER, kind FROM changes");
  return rows.map(([symbol, day, what]) => ({
    symbol: String(symbol),
    day: Number(day),
    kind: String(what) as ChangeKind,
  }));
}

async function hasColumn(connection: DuckDBConnection, table: string, column: string): Promise<boolean> {
  const found = await rowsOf(
    connection,
    `SELECT 1 FROM duckdb_columns() WHERE table_name = '${table}' AND column_name = '${column}'`,
  );
  return found.length > 0;
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The model has fewer outcomes: nothing to do counts as whole, stopped early as interrupted, as both leave cells. */
function ended(outcome: RunOutcome): "whole" | "failed" | "interrupted" {
  switch (outcome) {
    case "nothing-to-do":
      return "whole";
    case "stopped-early":
      return "interrupted";
    case "whole":
    case "failed":
    case "interrupted":
      return outcome;
  }
}
