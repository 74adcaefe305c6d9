import { PROBE_ROWS, type ProbeRows } from "../../rows/columns.js";
import type { WholeUnit } from "../../rows/unit.js";
import { toStoreError } from "../duckdb-error.js";
import type { Store } from "../open.js";
import { inTransaction } from "../transaction.js";
import { journalUnits } from "./journal.js";
import { createIncoming, mergeIncoming } from "./merge.js";
import { Overlap } from "./overlap.js";
import { NO_CHANGES, type ChangeCounts } from "./changes.js";
import { Stage } from "./stage.js";
import { countAsCompacted, fillBlocks, inFileOrder } from "./order.js";
import { checkUnits, rowsOf, spanOf } from "./units.js";

/** Result of a commit. */
export interface CommitSummary {
  unitsWritten: number;
  rowsWritten: number;
  /** Journaled changes of files. */
  changes: ChangeCounts;
}

/** The facts about a run that its commits need: its id in the journal, and the symbols behind their indexes. */
export interface CommitRun {
  runId: number;
  symbols: readonly string[];
}

/** Commits complete units, several in one transaction. There is only one writer per file. */
export class UnitWriter {
  private constructor(
    private readonly store: Store,
    private readonly run: CommitRun,
    private readonly stage: Stage<ProbeRows>,
    private readonly overlap: Overlap,
  ) {}

  /**
   * Prepares a store for the units of one run.
   *
   * @throws RangeError when a symbol appears twice
   */
  static async create(store: Store, run: CommitRun): Promise<UnitWriter> {
    if (new Set(run.symbols).size < run.symbols.length)
      throw new RangeError("a symbol appears twice in the run's list");
    const stage = new Stage(store.connection, PROBE_ROWS);
    await stage.reset();
    await createIncoming(store.connection, run.symbols);
    return new UnitWriter(store, run, stage, new Overlap(store, run.symbols));
  }

  /**
   * Writes units with their counts, changes and journal in one transaction: all of it, or nothing.
   *
   * @throws StoreError when the file can't be written; RangeError for a bug in the caller: units of both kinds, a
   *   duplicate unit, or a row that is in the wrong unit or out of order.
   */
  async commit(units: readonly WholeUnit[]): Promise<CommitSummary> {
    checkUnits(units, this.run.symbols.length);
    try {
      return {
        unitsWritten: units.length,
        rowsWritten: rowsOf(units),
        changes: units.length > 0 ? await this.write(units) : NO_CHANGES,
      };
    } catch (error) {
      throw toStoreError(this.store.file, error);
    }
  }

  /** Frees the memory of the last commit; the store stays open. */
  async close(): Promise<void> {
    await this.stage.reset();
  }

  private async write(units: readonly WholeUnit[]): Promise<ChangeCounts> {
    const { connection, dataset } = this.store;
    // Before the transaction, because DuckDB reads a transaction's uncommitted rows with only one thread.
    await this.stage.reset();
    const ordered = fillBlocks(units);
    await this.stage.append(
      ordered ? inFileOrder(PROBE_ROWS, units, this.run.symbols) : units.map((unit) => unit.rows),
    );
    const changes = await inTransaction(connection, async () => {
      const mayMatch = await this.overlap.isPossible(units);
      const { finality } = dataset;
      const merged = await mergeIncoming(connection, spanOf(units), mayMatch, { runId: this.run.runId, finality });
      await journalUnits(connection, units, this.run);
      if (ordered && !mayMatch) await countAsCompacted(connection, rowsOf(units));
      return merged;
    });
    this.overlap.committed(units);
    return changes;
  }
}
