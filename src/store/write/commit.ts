import type { DuckDBConnection } from "@duckdb/node-api";
import type { RowBatch } from "../../rows/batch.js";
import { isFinal, type Finality } from "../../vision/finality.js";
import type { Span } from "../../calendar/span.js";
import { formatDay, type Day } from "../../calendar/day.js";
import { DuckDBDateValue } from "../duckdb.js";
import { toStoreError } from "../duckdb-error.js";
import type { Store } from "../open.js";
import { AVAILABILITY_COLUMNS } from "../schema/migrate.js";
import { dateLiteral, dateOfDay, dayNumber } from "../../calendar/sql.js";
import { appendToStage, createIncoming, resetStage } from "./stage.js";
import { inTransaction } from "../transaction.js";

/** Rows of one unit, whole: for HEAD a day, for LIST a symbol. */
export interface WholeUnit {
  source: "head" | "list";
  by: "day" | "symbol";
  /** The day, or the index of the symbol. */
  key: number;
  /** Any number of rows, those of a day in ascending order of symbol, those of a symbol in ascending order of day. */
  rows: RowBatch;
}

/** What a commit did. */
export interface CommitSummary {
  unitsWritten: number;
  rowsWritten: number;
  /** Files that were available before and now have another size or upload time, or are gone. */
  replaced: number;
  /** Days written with a probe from before they are final, ascending. */
  provisional: Day[];
  /** Days left out because no symbol is published yet, ascending. */
  unpublished: Day[];
}

/** Writes whole units, several a transaction. There is one writer for a file. */
export class UnitWriter {
  /** Names with rows in the table, once asked for; undefined when that isn't known. */
  private symbolsWithRows: Set<string> | undefined;

  private constructor(
    private readonly store: Store,
    private readonly runId: number,
    private readonly symbols: readonly string[],
  ) {}

  /**
   * Prepares a store for the units of one run.
   *
   * @param run `symbols` is what the symbol indices of the units' rows mean; no name may stand twice.
   */
  static async create(store: Store, run: { runId: number; symbols: readonly string[] }): Promise<UnitWriter> {
    if (new Set(run.symbols).size < run.symbols.length) throw new RangeError("a symbol stands twice in the run's list");
    await createIncoming(store.connection, run.symbols);
    return new UnitWriter(store, run.runId, run.symbols);
  }

  /**
   * Writes units with their counts, replacements and journal in one transaction: all of it, or nothing.
   *
   * @throws StoreError when the file can't take them; RangeError on a mistake of the caller: units of both kinds, a
   *   unit twice, or a row that isn't in its unit or out of order.
   */
  async commit(units: readonly WholeUnit[]): Promise<CommitSummary> {
    checkUnits(units, this.symbols.length);
    const { connection, file } = this.store;
    try {
      const unpublished = await findUnpublished(this.store, units);
      const written = units.filter((unit) => unit.by === "symbol" || !unpublished.has(unit.key));
      const summary: CommitSummary = {
        unitsWritten: written.length,
        rowsWritten: written.reduce((rows, unit) => rows + unit.rows.count, 0),
        replaced: 0,
        provisional: provisionalDays(this.store.dataset.finality, written),
        unpublished: [...unpublished].sort((a, b) => a - b),
      };
      if (written.length > 0) {
        // Before the transaction: rows that it has not committed itself are read by one thread only.
        await resetStage(connection);
        await appendToStage(
          connection,
          written.map((unit) => unit.rows),
        );
        await inTransaction(connection, async () => {
          const mayMatch = await this.mayMatch(written);
          summary.replaced = await mergeStage(connection, dayRange(written), mayMatch, this.runId);
          await this.journal(written);
        });
      }
      for (const unit of written) this.remember(unit);
      return summary;
    } catch (error) {
      throw toStoreError(file, error);
    }
  }

  /** Gives back the memory of the last commit; the store stays open. */
  async close(): Promise<void> {
    await resetStage(this.store.connection);
  }

  /**
   * Whether the table may have cells of these units: for days, the counts say so; for symbols, the names that the table
   * had when the first such unit came and those written since. Cells are only looked for when it may, since that reads
   * much of the table.
   */
  private async mayMatch(units: readonly WholeUnit[]): Promise<boolean> {
    const { connection } = this.store;
    if (units[0]?.by === "day") {
      const days = units.map((unit) => dateLiteral(unit.key)).join(", ");
      return (await numberOf(connection, `SELECT count(*) FROM daily_symbol_counts WHERE date IN (${days})`)) > 0;
    }
    if (this.symbolsWithRows === undefined) {
      const names = await connection.runAndReadAll("SELECT DISTINCT symbol FROM availability");
      this.symbolsWithRows = new Set(names.getRows().map(([name]) => String(name)));
    }
    const known = this.symbolsWithRows;
    return units.some((unit) => known.has(this.symbols[unit.key] ?? ""));
  }

  private remember(unit: WholeUnit): void {
    if (unit.by === "symbol") this.symbolsWithRows?.add(this.symbols[unit.key] ?? "");
    else this.symbolsWithRows = undefined;
  }

  private async journal(units: readonly WholeUnit[]): Promise<void> {
    const appender = await this.store.connection.createAppender("units");
    try {
      for (const unit of units) {
        const range = dayRange([unit]);
        appender.appendInteger(this.runId);
        appender.appendVarchar(unit.source);
        appender.appendVarchar(unit.by === "day" ? formatDay(unit.key) : (this.symbols[unit.key] ?? ""));
        appender.appendDate(new DuckDBDateValue(range.from));
        appender.appendDate(new DuckDBDateValue(range.to));
        appender.appendInteger(unit.rows.count);
        appender.endRow();
      }
    } finally {
      appender.closeSync();
    }
  }
}

/**
 * Merges `incoming` into the table: cells that are there are updated in place, which keeps the order of the rows,
 * others are appended; then the counts of the touched days are brought up to date. Gives the number of replacements.
 *
 * @param mayMatch false when the table is known to have none of the cells
 */
async function mergeStage(
  connection: DuckDBConnection,
  range: Span,
  mayMatch: boolean,
  runId: number,
): Promise<number> {
  const matched = mayMatch ? await matchStage(connection, range) : 0;
  const replaced = matched > 0 ? await updateMatched(connection, runId) : 0;
  await connection.run(
    `INSERT INTO availability
      SELECT ${AVAILABILITY_COLUMNS} FROM incoming ${matched > 0 ? "ANTI JOIN temp.matched USING (date, symbol)" : ""}`,
  );
  await updateCounts(connection, matched > 0);
  return replaced;
}

/**
 * Adds what the stage brings to the counts of its days and takes off what the matched rows were. Counting the days anew
 * would read the whole table for a unit by symbol, and so cost more with every commit of a backfill.
 */
async function updateCounts(connection: DuckDBConnection, withMatched: boolean): Promise<void> {
  const before = `UNION ALL
    SELECT date, -count(*) FILTER (old_available), -count(*) FROM temp.matched GROUP BY date`;
  await connection.run(
    `INSERT INTO daily_symbol_counts
      SELECT date, sum(available), sum(probed) FROM (
        SELECT ${dateOfDay("day")} AS date, count(*) FILTER (status = 200) AS available, count(*) AS probed
          FROM temp.stage GROUP BY day
        ${withMatched ? before : ""}
      ) GROUP BY date
      ON CONFLICT DO UPDATE SET available_count = available_count + excluded.available_count,
        probed_count = probed_count + excluded.probed_count`,
  );
}

/** Finds the rows of the table that the stage brings anew, and gives their number. */
async function matchStage(connection: DuckDBConnection, range: Span): Promise<number> {
  return numberOf(
    connection,
    `CREATE OR REPLACE TEMP TABLE matched AS
      SELECT old.rowid AS row_id, incoming.*, old.available AS old_available,
        old.file_size_bytes AS old_size_bytes, old.last_modified AS old_last_modified
      FROM incoming JOIN availability AS old USING (date, symbol)
      WHERE old.date BETWEEN ${dateLiteral(range.from)} AND ${dateLiteral(range.to)}`,
  );
}

/** Journals the replacements among the matched rows, then updates them; gives the number of replacements. */
async function updateMatched(connection: DuckDBConnection, runId: number): Promise<number> {
  const replaced = await numberOf(
    connection,
    `INSERT INTO replacements
      SELECT date, symbol, old_size_bytes, file_size_bytes, old_last_modified, last_modified, probe_timestamp, ${runId}
      FROM temp.matched
      WHERE old_available AND (file_size_bytes IS DISTINCT FROM old_size_bytes
        OR last_modified IS DISTINCT FROM old_last_modified)`,
  );
  await connection.run(
    `UPDATE availability AS old
      SET available = matched.available, file_size_bytes = matched.file_size_bytes,
        last_modified = matched.last_modified, status_code = matched.status_code,
        probe_timestamp = matched.probe_timestamp
      FROM temp.matched WHERE old.rowid = matched.row_id`,
  );
  return replaced;
}

/** Days that no symbol of a unit has, probed too early to say that none will, and of which the file has no file yet. */
async function findUnpublished({ connection, dataset }: Store, units: readonly WholeUnit[]): Promise<Set<Day>> {
  const empty = units.filter(
    (unit) => unit.by === "day" && isProvisional(dataset.finality, unit.rows) && !hasAvailable(unit.rows),
  );
  const days = new Set(empty.map((unit) => unit.key));
  if (days.size === 0) return days;
  const list = [...days].map((day) => dateLiteral(day)).join(", ");
  const published = await connection.runAndReadAll(
    `SELECT ${dayNumber("date")} FROM daily_symbol_counts WHERE available_count > 0 AND date IN (${list})`,
  );
  for (const [day] of published.getRows()) days.delete(Number(day));
  return days;
}

/** The one number that a statement gives: for one that writes, that of its rows. */
async function numberOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const result = await connection.runAndReadAll(sql);
  return Number(result.getRows()[0]?.[0] ?? 0);
}

/** First and last day of units whose rows passed {@link checkUnits}. */
function dayRange(units: readonly WholeUnit[]): Span {
  const range = { from: Infinity, to: -Infinity };
  for (const { by, key, rows } of units) {
    range.from = Math.min(range.from, by === "day" ? key : (rows.day[0] ?? Infinity));
    range.to = Math.max(range.to, by === "day" ? key : (rows.day[rows.count - 1] ?? -Infinity));
  }
  return range;
}

function hasAvailable(rows: RowBatch): boolean {
  return rows.status.subarray(0, rows.count).includes(200);
}

function isProvisional(finality: Finality, rows: RowBatch): boolean {
  for (let row = 0; row < rows.count; row++) {
    if (!isFinal(finality, rows.day[row] ?? 0, rows.probedAt[row] ?? 0)) return true;
  }
  return false;
}

function provisionalDays(finality: Finality, units: readonly WholeUnit[]): Day[] {
  const days = new Set<Day>();
  for (const { rows } of units) {
    for (let row = 0; row < rows.count; row++) {
      const day = rows.day[row] ?? 0;
      if (!isFinal(finality, day, rows.probedAt[row] ?? 0)) days.add(day);
    }
  }
  return [...days].sort((a, b) => a - b);
}

/**
 * That no (date, symbol) comes twice in a commit: units of one kind, each key once, and within a unit the other
 * coordinate strictly ascending.
 */
function checkUnits(units: readonly WholeUnit[], symbolCount: number): void {
  const by = units[0]?.by;
  const keys = new Set<number>();
  for (const unit of units) {
    const name = `${unit.by} ${unit.key}`;
    if (unit.by !== by) throw new RangeError(`${name} in one commit with units by ${by ?? "nothing"}`);
    if (keys.has(unit.key)) throw new RangeError(`${name} stands twice in one commit`);
    keys.add(unit.key);
    const [own, other] = by === "day" ? [unit.rows.day, unit.rows.symbol] : [unit.rows.symbol, unit.rows.day];
    if (unit.rows.count === 0) throw new RangeError(`${name} has no rows`);
    for (let row = 0; row < unit.rows.count; row++) {
      if (own[row] !== unit.key) throw new RangeError(`${name} has a row of ${unit.by} ${own[row] ?? "nothing"}`);
      if (row > 0 && (other[row] ?? 0) <= (other[row - 1] ?? 0)) throw new RangeError(`${name} has rows out of order`);
      if ((unit.rows.symbol[row] ?? 0) >= symbolCount) throw new RangeError(`${name} has a row of an unknown symbol`);
    }
  }
}
