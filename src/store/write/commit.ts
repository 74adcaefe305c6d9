import type { Day } from "../../calendar/day.js";
import { PROBE_ROWS, type ProbeRows } from "../../rows/columns.js";
import type { WholeUnit } from "../../rows/unit.js";
import { toStoreError } from "../duckdb-error.js";
import type { Store } from "../open.js";
import { inTransaction } from "../transaction.js";
import { journalUnits } from "./journal.js";
import { createIncoming, mergeIncoming } from "./merge.js";
import { Overlap } from "./overlap.js";
import { unpublishedDays } from "./publication.js";
import { Stage } from "./stage.js";
import { checkUnits, provisionalDays, spanOf } from "./units.js";

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

/** A run as the units of its commits need it: its id in the journal, and what their symbol indexes mean. */
export interface CommitRun {
  runId: number;
  symbols: readonly string[];
}

/** Commits whole units, several in one transaction. There is one writer for a file. */
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
   * Writes units with their counts, replacements and journal in one transaction: all of it, or nothing.
   *
   * @throws StoreError when the file can't take them; RangeError on a mistake of the caller: units of both kinds, a
   *   unit twice, or a row that is not in its unit or out of order.
   */
  async commit(units: readonly WholeUnit[]): Promise<CommitSummary> {
    checkUnits(units, this.run.symbols.length);
    const { dataset, file } = this.store;
    try {
      const unpublished = await unpublishedDays(this.store, units);
      const written = units.filter((unit) => unit.by === "symbol" || !unpublished.has(unit.key));
      const replaced = written.length > 0 ? await this.write(written) : 0;
      return {
        unitsWritten: written.length,
        rowsWritten: written.reduce((rows, unit) => rows + unit.rows.count, 0),
        replaced,
        provisional: provisionalDays(dataset.finality, written),
        unpublished: [...unpublished].sort((a, b) => a - b),
      };
    } catch (error) {
      throw toStoreError(file, error);
    }
  }

  /** Gives back the memory of the last commit; the store stays open. */
  async close(): Promise<void> {
    await this.stage.reset();
  }

  private async write(units: readonly WholeUnit[]): Promise<number> {
    const { connection } = this.store;
    // Before the transaction: rows that it has not committed itself are read by one thread only.
    await this.stage.reset();
    await this.stage.append(units.map((unit) => unit.rows));
    const replaced = await inTransaction(connection, async () => {
      const mayMatch = await this.overlap.isPossible(units);
      const files = await mergeIncoming(connection, spanOf(units), mayMatch, this.run.runId);
      await journalUnits(connection, units, this.run);
      return files;
    });
    this.overlap.committed(units);
    return replaced;
  }
}
