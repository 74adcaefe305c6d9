import { periodSpan } from "../../calendar/period.js";
import { BAR_ROWS, type BarRows } from "../../rows/columns.js";
import type { VolumeFile, VolumeUnit } from "../../rows/volume-unit.js";
import { forgetUnsettledDays } from "../counts.js";
import { DuckDBDateValue } from "../duckdb.js";
import { toStoreError } from "../duckdb-error.js";
import type { Store } from "../open.js";
import { timestamp } from "../runs.js";
import { inTransaction } from "../transaction.js";
import type { CommitRun } from "../write/commit.js";
import { countAsCompacted, fillBlocks, inFileOrder } from "../write/order.js";
import { Stage } from "../write/stage.js";
import { rowsOf } from "../write/units.js";
import { createVolumeStage, mergeVolumes, STAGED } from "./merge.js";

/** Commits units of volumes, several in one transaction. There is only one writer per file. */
export class VolumeWriter {
  private constructor(
    private readonly store: Store,
    private readonly run: CommitRun,
    private readonly stage: Stage<BarRows>,
    /** Symbols with files before the run. */
    private readonly stored: ReadonlySet<string>,
  ) {}

  /** Prepares a store for the units of one run. */
  static async create(store: Store, run: CommitRun): Promise<VolumeWriter> {
    const { connection } = store;
    const stage = new Stage(connection, BAR_ROWS, STAGED.bars);
    await stage.reset();
    await createVolumeStage(connection);
    const appender = await connection.createAppender(STAGED.symbols, "main", "temp");
    try {
      for (const [index, symbol] of run.symbols.entries()) {
        appender.appendUInteger(index);
        appender.appendVarchar(symbol);
        appender.endRow();
      }
    } finally {
      appender.closeSync();
    }
    const names = await connection.runAndReadAll("SELECT DISTINCT symbol FROM volume_files");
    return new VolumeWriter(store, run, stage, new Set(names.getRows().map(([name]) => String(name))));
  }

  /**
   * Writes units with their files, spans and journal in one transaction: all of it, or nothing.
   *
   * @returns the number of values in which a monthly and a daily file differ
   * @throws StoreError when the file can't be written
   */
  async commit(units: readonly VolumeUnit[]): Promise<number> {
    const { connection } = this.store;
    try {
      await this.stage.reset();
      const rows = units.map(({ symbolIndex, bars }) => ({ by: "symbol" as const, key: symbolIndex, rows: bars }));
      const ordered = fillBlocks(rows);
      await this.stage.append(ordered ? inFileOrder(BAR_ROWS, rows, this.run.symbols) : units.map(({ bars }) => bars));
      await this.stageFiles(units);
      await this.stageSpans(units);
      return await inTransaction(connection, async () => {
        const mayMatch = units.some(({ symbolIndex }) => this.stored.has(this.symbolOf(symbolIndex)));
        const now = Date.now();
        const differences = await mergeVolumes(connection, mayMatch, { runId: this.run.runId, now });
        await this.journal(units);
        if (ordered && !mayMatch) await countAsCompacted(connection, rowsOf(rows));
        await forgetUnsettledDays(connection);
        return differences;
      });
    } catch (error) {
      throw toStoreError(this.store.file, error);
    }
  }

  /** Frees the memory of the last commit; the store stays open. */
  async close(): Promise<void> {
    await this.stage.reset();
  }

  private symbolOf(index: number): string {
    return this.run.symbols[index] ?? "";
  }

  private async stageFiles(units: readonly VolumeUnit[]): Promise<void> {
    await this.store.connection.run(`DELETE FROM temp.${STAGED.files}`);
    const appender = await this.store.connection.createAppender(STAGED.files, "main", "temp");
    try {
      for (const { symbolIndex, files, knownAt } of units) {
        for (const file of files) {
          const { from, to } = periodSpan(file.cadence, file.period);
          appender.appendVarchar(this.symbolOf(symbolIndex));
          appender.appendVarchar(file.cadence);
          appender.appendDate(new DuckDBDateValue(from));
          appender.appendDate(new DuckDBDateValue(to));
          appender.appendBigInt(BigInt(file.size));
          appender.appendTimestamp(timestamp(file.lastModified));
          const etag = etagNumber(file);
          if (etag === 0n) appender.appendNull();
          else appender.appendUBigInt(etag);
          appender.appendBoolean(file.verified);
          appender.appendInteger(file.rowCount);
          appender.appendTimestamp(timestamp(knownAt));
          appender.endRow();
        }
      }
    } finally {
      appender.closeSync();
    }
  }

  private async stageSpans(units: readonly VolumeUnit[]): Promise<void> {
    await this.store.connection.run(`DELETE FROM temp.${STAGED.spans}`);
    const appender = await this.store.connection.createAppender(STAGED.spans, "main", "temp");
    try {
      for (const { symbolIndex, spans, knownAt } of units) {
        for (const { from, to } of spans) {
          appender.appendVarchar(this.symbolOf(symbolIndex));
          appender.appendDate(new DuckDBDateValue(from));
          appender.appendDate(new DuckDBDateValue(to));
          appender.appendTimestamp(timestamp(knownAt));
          appender.endRow();
        }
      }
    } finally {
      appender.closeSync();
    }
  }

  /** Journals the units that contain bars. */
  private async journal(units: readonly VolumeUnit[]): Promise<void> {
    const appender = await this.store.connection.createAppender("units");
    try {
      for (const { symbolIndex, bars } of units) {
        if (bars.count === 0) continue;
        const { day } = bars.columns;
        appender.appendInteger(this.run.runId);
        appender.appendVarchar("get");
        appender.appendVarchar(this.symbolOf(symbolIndex));
        appender.appendDate(new DuckDBDateValue(day[0] ?? 0));
        appender.appendDate(new DuckDBDateValue(day[bars.count - 1] ?? 0));
        appender.appendInteger(bars.count);
        appender.endRow();
      }
    } finally {
      appender.closeSync();
    }
  }
}

/** The first 8 bytes of a file's md5 as one number; 0 if it is unknown. */
function etagNumber({ etag }: VolumeFile): bigint {
  return (BigInt(etag.high) << 32n) | BigInt(etag.low);
}
