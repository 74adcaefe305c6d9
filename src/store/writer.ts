import type { Span } from "../calendar/span.js";
import type { ProbeBatch } from "../rows/batch.js";
import type { Counters } from "../rows/counters.js";
import type { StepUnits } from "../rows/unit.js";
import { conditionSpans, dayConditions, type ConditionSpan } from "./conditions.js";
import { dueCells, type DueCells, type WantedCells } from "./due.js";
import { adoptEndpoints, knownEndpoints, type Endpoints } from "./endpoints.js";
import { maintain } from "./maintain.js";
import { fileSpans, newsSince, type FileSpans, type News } from "./news.js";
import { openStore, type Store } from "./open.js";
import { beginRun, endRun, type RunEnd, type RunStart } from "./runs.js";
import { knownSymbols, recordDiscovery, type KnownSymbol } from "./symbols.js";
import { UnitWriter } from "./write/commit.js";
import { WriteSession, type WriteTotals } from "./write/session.js";

/** Symbols and days whose conditions a run wants to know. */
export interface ConditionsWanted extends Span {
  symbols: readonly string[];
  /** ms since the Unix epoch. */
  now: number;
}

/** What must be known of a file to plan a run. */
export interface StoreFacts {
  symbols: KnownSymbol[];
  /** When the bucket was last listed for symbols, ms since the Unix epoch. */
  discoveredAt: number | undefined;
  /** The servers that filled it; undefined when no run has said so yet. */
  endpoints: Endpoints | undefined;
}

/**
 * Writes one run into a file: `open`, then for a run that probes `begin`, steps of `beginStep`, any number of `receive`
 * and `endStep`, then `finish`; at last `close`. Calls must not overlap, except that rows are received while an
 * `endStep` waits for them.
 */
export class Writer {
  private runId: number | undefined;
  private filesBefore: FileSpans = new Map();
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
    return { ...(await knownSymbols(this.store)), endpoints: await knownEndpoints(this.store) };
  }

  /** Records a whole listing of the bucket's symbols, made at an instant (ms since the Unix epoch). */
  recordDiscovery(names: readonly string[], now: number): Promise<{ added: string[]; gone: string[] }> {
    return recordDiscovery(this.store, names, now);
  }

  /** Notes which servers fill the file from now on. */
  adopt(endpoints: Endpoints): Promise<void> {
    return adoptEndpoints(this.store, endpoints);
  }

  /** The cells that are due at an instant (ms since the Unix epoch). */
  due(wanted: WantedCells, now: number): Promise<DueCells> {
    return dueCells(this.store, wanted, now);
  }

  /** The conditions of some symbols' days. */
  async conditions({ symbols, ...asked }: ConditionsWanted): Promise<ConditionSpan[]> {
    const { symbols: known, discoveredAt } = await knownSymbols(this.store);
    const names = new Set(symbols);
    const admitted = known.filter(({ symbol }) => names.has(symbol));
    // Symbols that no listing has shown were named by the user.
    for (const { symbol } of admitted) names.delete(symbol);
    const unlisted = [...names].map((symbol) => ({ symbol, absentAt: undefined }));
    const listedAt = admitted.length === 0 ? asked.now : discoveredAt;
    return conditionSpans(await dayConditions(this.store, { ...asked, symbols: [...admitted, ...unlisted], listedAt }));
  }

  /**
   * Begins a run in the journal.
   *
   * @param symbols what the symbol indexes of the rows mean
   * @param counters get what is committed
   */
  async begin(run: RunStart, symbols: readonly string[], counters: Counters): Promise<void> {
    // While the probers connect, so that nothing waits for it.
    this.filesBefore = await fileSpans(this.store);
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

  /** What the run found that was not known before it. */
  async news(): Promise<News> {
    if (this.runId === undefined) throw new Error("the writer was called outside of a run");
    return await newsSince(this.store, this.filesBefore, this.runId);
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
