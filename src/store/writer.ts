import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { ProbeBatch } from "../rows/batch.js";
import type { Counters } from "../rows/counters.js";
import type { StepUnits } from "../rows/unit.js";
import { gaps, lastFinalDay } from "./gaps.js";
import { maintain } from "./maintain.js";
import { openStore, type Store } from "./open.js";
import { beginRun, endRun, type RunEnd, type RunStart } from "./runs.js";
import { knownSymbols, recordDiscovery, type KnownSymbol } from "./symbols.js";
import { UnitWriter } from "./write/commit.js";
import { WriteSession, type WriteTotals } from "./write/session.js";

/** What must be known of a file to plan a run. */
export interface StoreFacts {
  symbols: KnownSymbol[];
  /** When the bucket was last listed for symbols, ms since the Unix epoch. */
  discoveredAt: number | undefined;
  lastFinalDay: Day | undefined;
}

/**
 * Writes one run into a file: `open`, then for a run that probes `begin`, steps of `beginStep`, any number of `receive`
 * and `endStep`, then `finish`; at last `close`. Calls must not overlap, except that rows are received while an
 * `endStep` waits for them.
 */
export class Writer {
  private runId: number | undefined;
  private session: WriteSession | undefined;
  private cellsAwaited = Infinity;
  private announceReceived: () => void = () => undefined;

  private constructor(private readonly store: Store) {}

  /**
   * Opens a file for writing, creating it when it does not exist.
   *
   * @throws StoreError as `openStore` does
   */
  static async open(file: string): Promise<Writer> {
    return new Writer(await openStore(file));
  }

  async facts(): Promise<StoreFacts> {
    return { ...(await knownSymbols(this.store)), lastFinalDay: await lastFinalDay(this.store) };
  }

  /** Records a whole listing of the bucket's symbols, made at an instant (ms since the Unix epoch). */
  recordDiscovery(names: readonly string[], now: number): Promise<{ added: string[]; gone: string[] }> {
    return recordDiscovery(this.store, names, now);
  }

  /** The due days of each symbol, in the symbols' order. */
  gaps(wanted: { symbols: readonly string[] } & Span): Promise<Span[][]> {
    return gaps(this.store, wanted);
  }

  /**
   * Begins a run in the journal.
   *
   * @param symbols what the symbol indexes of the rows mean
   * @param counters get what is committed
   */
  async begin(run: RunStart, symbols: readonly string[], counters: Counters): Promise<void> {
    this.runId = await beginRun(this.store, run);
    const units = await UnitWriter.create(this.store, { runId: this.runId, symbols });
    this.session = new WriteSession(units, (unitCount, rowCount) => {
      counters.add("unitsWritten", unitCount);
      counters.add("rowsWritten", rowCount);
    });
  }

  /** Expects the units of a step. */
  async beginStep(step: StepUnits): Promise<void> {
    this.cellsAwaited = Infinity;
    await this.begun().beginStep(step);
  }

  /** Takes rows in. Outside of a run they are dropped: an abandoned run may leave some on their way. */
  async receive(batch: ProbeBatch): Promise<void> {
    await this.session?.add(batch);
    this.checkReceived();
  }

  /** Commits the whole units that have waited long enough. */
  async commitIfDue(): Promise<void> {
    await this.session?.commitIfDue();
  }

  /** Resolves when so many cells of the step were received; units that are not whole then are dropped. */
  endStep(cellCount: number): Promise<void> {
    this.cellsAwaited = cellCount;
    return new Promise((resolve) => {
      this.announceReceived = resolve;
      this.checkReceived();
    });
  }

  /** Commits every whole unit and ends the writing. */
  async finish(): Promise<WriteTotals> {
    const session = this.begun();
    this.session = undefined;
    return await session.finish();
  }

  /**
   * Closes the file.
   *
   * @param end ends the run in the journal, and has the file tidied up; without it a run stays unfinished
   */
  async close(end?: RunEnd): Promise<void> {
    this.session = undefined;
    try {
      if (end !== undefined && this.runId !== undefined) {
        await endRun(this.store, this.runId, end);
        await maintain(this.store);
      }
    } finally {
      await this.store.close();
    }
  }

  private checkReceived(): void {
    if (this.session !== undefined && this.session.cellsReceived >= this.cellsAwaited) this.announceReceived();
  }

  private begun(): WriteSession {
    if (this.session === undefined) throw new Error("the writer was called outside of a run");
    return this.session;
  }
}
