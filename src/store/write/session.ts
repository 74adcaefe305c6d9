import type { ProbeBatch } from "../../rows/batch.js";
import { PROBE_ROWS, type ProbeRows } from "../../rows/columns.js";
import type { StepUnits, WholeUnit } from "../../rows/unit.js";
import { UnitAssembler } from "./assemble.js";
import { NO_CHANGES, type ChangeCounts } from "./changes.js";
import type { UnitWriter } from "./commit.js";

/**
 * Rows of whole units that are committed together. The rows of so many symbols lie in the file almost as if it were
 * compacted: of 732,480 rows it takes 8.1 MiB, 9.8 by commits of 122,880, 7.6 compacted.
 */
export const COMMIT_ROWS = 491_520;

/**
 * Time after which whole units are committed even if they are few, ms: what a crash may cost. A backfill by LIST brings
 * so many rows in it that they need no compaction.
 */
export const COMMIT_AFTER_MS = 2000;

/** What a session wrote. */
export interface WriteTotals {
  unitsWritten: number;
  rowsWritten: number;
  changes: ChangeCounts;
  /** Time spent in transactions, ms. */
  writeMs: number;
}

/** The totals of a run that has nothing to write. */
export const NOTHING_WRITTEN: WriteTotals = { unitsWritten: 0, rowsWritten: 0, changes: NO_CHANGES, writeMs: 0 };

/**
 * From batches to commits: assembles the rows of one run into whole units and commits them in groups. Calls must not
 * overlap: await one before the next.
 */
export class WriteSession {
  private assembler: UnitAssembler<ProbeRows> | undefined;
  private whole: WholeUnit[] = [];
  private wholeRows = 0;
  private cellCount = 0;
  private lastCommit = performance.now();
  private readonly totals: WriteTotals = { ...NOTHING_WRITTEN };

  /** @param onCommit called after each commit with what it wrote */
  constructor(
    private readonly writer: UnitWriter,
    private readonly onCommit: (units: number, rows: number) => void,
  ) {}

  /** Cells of the step taken in so far, failed ones included. */
  get cellsReceived(): number {
    return this.cellCount;
  }

  /** Expects the units of a step, after committing the last of the step before; what that left unfinished is dropped. */
  async beginStep(step: StepUnits): Promise<void> {
    await this.commit();
    this.assembler = new UnitAssembler(PROBE_ROWS, step);
    this.cellCount = 0;
  }

  /** Takes in a batch of the step, and commits when enough is whole. */
  async add(batch: ProbeBatch): Promise<void> {
    if (this.assembler === undefined) throw new Error("rows came before a step began");
    this.cellCount += batch.count;
    this.assembler.add(batch);
    for (const unit of this.assembler.takeWhole()) {
      this.whole.push(unit);
      this.wholeRows += unit.rows.count;
    }
    if (this.wholeRows >= COMMIT_ROWS) await this.commit();
  }

  /** Commits what has waited for too long at `now`, a time as `performance.now()` gives it. */
  async commitIfDue(now: number): Promise<void> {
    if (now - this.lastCommit >= COMMIT_AFTER_MS) await this.commit();
  }

  /** Commits every whole unit; what is not whole by now is dropped. */
  async finish(): Promise<WriteTotals> {
    await this.commit();
    await this.writer.close();
    return this.totals;
  }

  private async commit(): Promise<void> {
    this.lastCommit = performance.now();
    if (this.whole.length === 0) return;
    const units = this.whole;
    this.whole = [];
    this.wholeRows = 0;
    const startedAt = performance.now();
    const { unitsWritten, rowsWritten, changes } = await this.writer.commit(units);
    const { totals } = this;
    totals.writeMs += performance.now() - startedAt;
    totals.unitsWritten += unitsWritten;
    totals.rowsWritten += rowsWritten;
    totals.changes = {
      late: totals.changes.late + changes.late,
      replaced: totals.changes.replaced + changes.replaced,
      removed: totals.changes.removed + changes.removed,
    };
    this.onCommit(unitsWritten, rowsWritten);
  }
}
