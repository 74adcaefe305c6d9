import { freeBatches, type ProbeBatch } from "../../rows/batch.js";
import { PROBE_ROWS, type ProbeRows } from "../../rows/columns.js";
import type { StepUnits, WholeUnit } from "../../rows/unit.js";
import { UnitAssembler } from "./assemble.js";
import { NO_CHANGES, type ChangeCounts } from "./changes.js";
import type { UnitWriter } from "./commit.js";

/**
 * Rows of complete units that are committed together. Commits of this size leave the file almost as small as a
 * compacted one: 732,480 rows take 8.1 MiB, 9.8 with commits of 122,880, 7.6 compacted.
 */
export const COMMIT_ROWS = 491_520;

/**
 * Time after which complete units are committed even if they are few, ms: the most work that a crash can lose. In that
 * time, a backfill by LIST delivers so many rows that they need no compaction.
 */
export const COMMIT_AFTER_MS = 2000;

/** Totals of a session. */
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
 * Assembles the rows of one run into complete units and commits them in groups. Calls must not overlap: await one
 * before the next.
 */
export class WriteSession {
  private assembler: UnitAssembler<ProbeRows> | undefined;
  private whole: WholeUnit[] = [];
  private wholeRows = 0;
  private cellCount = 0;
  private lastCommit = performance.now();
  private readonly totals: WriteTotals = { ...NOTHING_WRITTEN };
  private writer: UnitWriter | undefined;

  /**
   * @param open opens the file for writing; called once
   * @param onCommit called after each commit with what it wrote
   */
  constructor(
    private readonly open: () => Promise<UnitWriter>,
    private readonly onCommit: (units: number, rows: number) => void,
  ) {}

  /** Cells of the step received so far, including failed ones. */
  get cellsReceived(): number {
    return this.cellCount;
  }

  /** Commits the remaining units of the previous step, drops incomplete ones, and starts a new step. */
  async beginStep(step: StepUnits): Promise<void> {
    await this.commit();
    this.assembler = new UnitAssembler(PROBE_ROWS, step);
    this.cellCount = 0;
  }

  /** Opens the file for writing, which the first commit would do otherwise. */
  async prepare(): Promise<UnitWriter> {
    return (this.writer ??= await this.open());
  }

  /** Adds a batch of the step, and commits when enough units are complete. */
  async add(batch: ProbeBatch): Promise<void> {
    if (this.assembler === undefined) throw new Error("rows arrived before a step began");
    this.cellCount += batch.count;
    this.assembler.add(batch);
    for (const unit of this.assembler.takeWhole()) {
      this.whole.push(unit);
      this.wholeRows += unit.rows.count;
    }
    if (this.wholeRows >= COMMIT_ROWS) await this.commit();
  }

  /** Commits units that have waited too long at `now`, a time from `performance.now()`. */
  async commitIfDue(now: number): Promise<void> {
    if (now - this.lastCommit >= COMMIT_AFTER_MS) await this.commit();
  }

  /** Commits all complete units and drops incomplete ones. */
  async finish(): Promise<WriteTotals> {
    await this.commit();
    await this.writer?.close();
    return this.totals;
  }

  private async commit(): Promise<void> {
    this.lastCommit = performance.now();
    if (this.whole.length === 0) return;
    const units = this.whole;
    this.whole = [];
    this.wholeRows = 0;
    const writer = await this.prepare();
    const startedAt = performance.now();
    const { unitsWritten, rowsWritten, changes } = await writer.commit(units);
    freeBatches(units.map(({ rows }) => rows));
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
