import type { VolumeUnit } from "../../rows/volume-unit.js";
import type { VolumeWriter } from "./commit.js";

/**
 * Bars that are committed together, some 90 bytes each until then: 16 row groups, so that those of many years fill each
 * block of days with one. They need no compaction then, which took a tenth of the CPU time of a whole history.
 */
const COMMIT_BARS = 131_072;

/** Time after which fewer are committed, ms: what a crash may cost. A whole history comes in 5 to 60 seconds. */
const COMMIT_AFTER_MS = 10_000;

/** What a run wrote of volumes. */
export interface VolumeTotals {
  unitsWritten: number;
  rowsWritten: number;
  /** Values in which a month's file and a day's disagree. */
  differences: number;
  /** Time spent in transactions, ms. */
  writeMs: number;
}

/** The totals of a run that found nothing new. */
export const NO_VOLUMES: VolumeTotals = { unitsWritten: 0, rowsWritten: 0, differences: 0, writeMs: 0 };

/** From units of volumes to commits of several. Calls must not overlap: await one before the next. */
export class VolumeSession {
  private units: VolumeUnit[] = [];
  private barCount = 0;
  private lastCommit = performance.now();
  private readonly totals: VolumeTotals = { ...NO_VOLUMES };

  /** @param onCommit called after each commit with what it wrote */
  constructor(
    private readonly writer: VolumeWriter,
    private readonly onCommit: (units: number, rows: number) => void,
  ) {}

  /** Takes a unit in, and commits when enough is there. */
  async add(unit: VolumeUnit): Promise<void> {
    this.units.push(unit);
    this.barCount += unit.bars.count;
    if (this.barCount >= COMMIT_BARS) await this.commit();
  }

  /** Commits what has waited for too long at `now`, a time as `performance.now()` gives it. */
  async commitIfDue(now: number): Promise<void> {
    if (now - this.lastCommit >= COMMIT_AFTER_MS) await this.commit();
  }

  /** Commits every unit. */
  async finish(): Promise<VolumeTotals> {
    await this.commit();
    await this.writer.close();
    return this.totals;
  }

  private async commit(): Promise<void> {
    this.lastCommit = performance.now();
    if (this.units.length === 0) return;
    const { units, barCount, totals } = this;
    this.units = [];
    this.barCount = 0;
    const startedAt = performance.now();
    totals.differences += await this.writer.commit(units);
    totals.writeMs += performance.now() - startedAt;
    totals.unitsWritten += units.length;
    totals.rowsWritten += barCount;
    this.onCommit(units.length, barCount);
  }
}
