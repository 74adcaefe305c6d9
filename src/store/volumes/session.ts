import type { VolumeUnit } from "../../rows/volume-unit.js";
import type { VolumeWriter } from "./commit.js";

/**
 * Number of bars that are committed together, about 90 bytes each until then: 16 row groups, so that the bars of many
 * years fill each block of days with at least one. They then need no compaction, which took a tenth of the CPU time of a
 * whole history.
 */
const COMMIT_BARS = 131_072;

/** Time after which fewer bars are committed, ms: the most work that a crash can lose. A whole history takes 5 to 60 s. */
const COMMIT_AFTER_MS = 10_000;

/** Totals of the volumes that a run wrote. */
export interface VolumeTotals {
  unitsWritten: number;
  rowsWritten: number;
  /** Number of values in which a monthly and a daily file differ. */
  differences: number;
  /** Time spent in transactions, ms. */
  writeMs: number;
}

/** The totals of a run that found nothing new. */
export const NO_VOLUMES: VolumeTotals = { unitsWritten: 0, rowsWritten: 0, differences: 0, writeMs: 0 };

/** Commits the units of volumes of one run in groups. Calls must not overlap: await one before the next. */
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

  /** Adds a unit, and commits when there are enough bars. */
  async add(unit: VolumeUnit): Promise<void> {
    this.units.push(unit);
    this.barCount += unit.bars.count;
    if (this.barCount >= COMMIT_BARS) await this.commit();
  }

  /** Commits units that have waited too long at `now`, a time from `performance.now()`. */
  async commitIfDue(now: number): Promise<void> {
    if (now - this.lastCommit >= COMMIT_AFTER_MS) await this.commit();
  }

  /** Commits all remaining units. */
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
