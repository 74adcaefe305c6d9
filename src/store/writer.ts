import type { Span } from "../calendar/span.js";
import type { ProbeBatch } from "../rows/batch.js";
import type { Counters } from "../rows/counters.js";
import type { StepUnits } from "../rows/unit.js";
import type { VolumeKnowledge, VolumeUnit } from "../rows/volume-unit.js";
import { conditionSpans, dayConditions, type ConditionSpan } from "./conditions.js";
import {
  announcedDelistings,
  captureNews,
  knownCaptures,
  recordCapture,
  type AnnouncedDelisting,
  type CaptureNews,
  type ContractCapture,
} from "./contracts.js";
import { dueCells, type DueCells, type WantedCells } from "./due.js";
import { adoptEndpoints, knownEndpoints, type Endpoints } from "./endpoints.js";
import type { WritableStore } from "./database.js";
import { maintain } from "./maintain.js";
import { fileSpans, newsSince, NO_NEWS, type FileSpans, type News } from "./news.js";
import { RunFile } from "./run-file.js";
import { beginRun, endRun, type RunEnd, type RunStart } from "./runs.js";
import { believedListing, knownSymbols, recordDiscovery, type KnownSymbol } from "./symbols.js";
import { VolumeWriter } from "./volumes/commit.js";
import { hasVolumes, volumeKnowledge } from "./volumes/knowledge.js";
import { NO_VOLUMES, VolumeSession, type VolumeTotals } from "./volumes/session.js";
import { UnitWriter } from "./write/commit.js";
import { NOTHING_WRITTEN, WriteSession, type WriteTotals } from "./write/session.js";

/** Symbols and days whose conditions a run asks for. */
export interface ConditionsWanted extends Span {
  symbols: readonly string[];
  /** ms since the Unix epoch. */
  now: number;
}

/** Facts about a file that are needed to plan a run. */
export interface StoreFacts {
  symbols: KnownSymbol[];
  /** When the bucket's symbols were last listed, ms since the Unix epoch. */
  discoveredAt: number | undefined;
  /** The last capture of the exchange's contracts, ms since the Unix epoch; undefined when there is none. */
  capturedAt: number | undefined;
  /** The servers that filled it; undefined if no run has recorded them yet. */
  endpoints: Endpoints | undefined;
  /** Whether it has any volumes. */
  hasVolumes: boolean;
  /** What the user should know about the file, as text. */
  notices: readonly string[];
}

/** A run that was announced but is not finished. */
interface Announced {
  run: RunStart;
  symbols: readonly string[];
  counters: Counters;
}

/**
 * Writes one run to a file: `open`; then, for a run that probes, `begin`, steps of `beginStep`, any number of `receive`
 * and `endStep`, then `finish`; and finally `close`. Calls must not overlap, except that rows are received while an
 * `endStep` waits for them. The file is copied only when there is something to write.
 */
export class Writer {
  private announced: Announced | undefined;
  private run: RunStart | undefined;
  private runId: number | undefined;
  private filesBefore: FileSpans = new Map();
  private session: WriteSession | undefined;
  private volumes: VolumeSession | undefined;
  /** Rows that abandoned shards send after the last commit are dropped. */
  private readonly isFinished = { rows: false, volumes: false };
  private cellsAwaited = Infinity;
  private announceReceived: () => void = () => undefined;

  private constructor(private readonly file: RunFile) {}

  /**
   * Opens a file for a run, and creates it if necessary.
   *
   * @throws StoreError like `openStore`
   */
  static async open(file: string): Promise<Writer> {
    return new Writer(await RunFile.open(file));
  }

  async facts(): Promise<StoreFacts> {
    const { store, notices } = this.file;
    return {
      ...(await knownSymbols(store)),
      capturedAt: (await knownCaptures(store)).at(-1)?.at,
      endpoints: await knownEndpoints(store),
      hasVolumes: await hasVolumes(store),
      notices,
    };
  }

  /** Records a complete listing of the bucket's symbols, made at `now` (ms since the Unix epoch). */
  async recordDiscovery(names: readonly string[], now: number): Promise<{ added: string[]; gone: string[] }> {
    return await recordDiscovery(await this.file.forWriting(), names, now);
  }

  /** Adds a capture of the exchange's contracts; a known one changes nothing. */
  async recordCapture(capture: ContractCapture): Promise<CaptureNews> {
    const { news } = await captureNews(this.file.store, capture);
    return news.isNew ? await recordCapture(await this.file.forWriting(), capture) : news;
  }

  /** The announced delistings that are still in the future at `now` (ms since the Unix epoch). */
  announcedDelistings(now: number): Promise<AnnouncedDelisting[]> {
    return announcedDelistings(this.file.store, now);
  }

  /** Records which servers fill the file from now on. */
  async adopt(endpoints: Endpoints): Promise<void> {
    await adoptEndpoints(await this.file.forWriting(), endpoints);
  }

  /** The cells that are due at `now` (ms since the Unix epoch). */
  due(wanted: WantedCells, now: number): Promise<DueCells> {
    return dueCells(this.file.store, wanted, now);
  }

  /** The conditions of days, for given symbols. */
  async conditions({ symbols, ...wanted }: ConditionsWanted): Promise<ConditionSpan[]> {
    const { store } = this.file;
    const { symbols: known, discoveredAt } = await knownSymbols(store);
    const names = new Set(symbols);
    const admitted = known.filter(({ symbol }) => names.has(symbol));
    // Symbols that no listing has found were named by the user.
    for (const { symbol } of admitted) names.delete(symbol);
    const unlisted = [...names].map((symbol) => ({ symbol, absentAt: undefined }));
    const listedAt = admitted.length === 0 ? wanted.now : believedListing(discoveredAt, wanted.now);
    return conditionSpans(await dayConditions(store, { ...wanted, symbols: [...admitted, ...unlisted], listedAt }));
  }

  /**
   * Announces a run. It is journaled when it first writes.
   *
   * @param symbols the symbols behind the indexes of the rows
   * @param counters count what is committed
   */
  begin(run: RunStart, symbols: readonly string[], counters: Counters): void {
    this.run = run;
    this.announced = { run, symbols, counters };
  }

  /** Starts a step with its expected units. */
  async beginStep(step: StepUnits): Promise<void> {
    this.cellsAwaited = Infinity;
    this.session ??= this.startWriting(this.begun());
    await this.session.beginStep(step);
  }

  /** Makes the copy to write to, which the first commit would do otherwise. */
  async prepare(): Promise<void> {
    await this.session?.prepare();
  }

  /** Receives rows. Outside a run they are dropped: an abandoned run may leave some in transit. */
  async receive(batch: ProbeBatch): Promise<void> {
    if (this.announced === undefined || this.isFinished.rows) return;
    if (this.session === undefined) throw new Error("rows arrived before a step began");
    await this.session.add(batch);
    this.checkReceived();
  }

  /** Commits complete units that have waited long enough at `now`, a time from `performance.now()`. */
  async commitIfDue(now: number): Promise<void> {
    await this.session?.commitIfDue(now);
    await this.volumes?.commitIfDue(now);
  }

  /** Resolves when `cellCount` cells of the step have been received; then incomplete units are dropped. */
  endStep(cellCount: number): Promise<void> {
    this.cellsAwaited = cellCount;
    return new Promise((resolve) => {
      this.announceReceived = resolve;
      this.checkReceived();
    });
  }

  /** Commits all complete units; later rows are dropped. */
  async finish(): Promise<WriteTotals> {
    this.begun();
    const { session } = this;
    this.isFinished.rows = true;
    this.session = undefined;
    return (await session?.finish()) ?? NOTHING_WRITTEN;
  }

  /** What is known about the volumes of symbols at `now` (ms since the Unix epoch), in the order of the symbols. */
  volumeKnowledge(symbols: readonly string[], now: number): Promise<VolumeKnowledge[]> {
    return volumeKnowledge(this.file.store, symbols, now);
  }

  /** Receives a unit of volumes. Outside a run it is dropped: an abandoned run may leave some in transit. */
  async receiveVolumes(unit: VolumeUnit): Promise<void> {
    if (this.announced === undefined || this.isFinished.volumes) return;
    this.volumes ??= await this.startVolumes(this.announced);
    await this.volumes.add(unit);
  }

  /** Commits all units of volumes; later ones are dropped. */
  async finishVolumes(): Promise<VolumeTotals> {
    const { volumes } = this;
    this.isFinished.volumes = true;
    this.volumes = undefined;
    return (await volumes?.finish()) ?? NO_VOLUMES;
  }

  /**
   * What the run found that was not known before.
   *
   * @param now ms since the Unix epoch
   */
  async news(now: number): Promise<News> {
    if (this.run === undefined) throw new Error("the writer was called outside of a run");
    return this.runId === undefined ? NO_NEWS : await newsSince(this.file.store, this.filesBefore, this.runId, now);
  }

  /**
   * Publishes what was written and closes the file.
   *
   * @param end completes the run in the journal and maintains the file; without it, the run stays unfinished
   * @returns what the user should know, as text
   */
  async close(end?: RunEnd): Promise<string[]> {
    this.announced = undefined;
    this.session = undefined;
    this.volumes = undefined;
    const notices: string[] = [];
    try {
      if (end !== undefined && this.run !== undefined && this.file.store.access === "write") {
        const store = await this.file.forWriting();
        await endRun(store, (this.runId ??= await beginRun(store, this.run)), end);
        const notice = await maintain(store);
        if (notice !== undefined) notices.push(notice);
      }
    } finally {
      await this.file.close();
    }
    return notices;
  }

  private startWriting({ run, symbols, counters }: Announced): WriteSession {
    const open = async () => {
      const { store, runId } = await this.journal(run);
      return await UnitWriter.create(store, { runId, symbols });
    };
    return new WriteSession(open, (unitCount, rowCount) => {
      counters.add("unitsWritten", unitCount);
      counters.add("rowsWritten", rowCount);
    });
  }

  private async startVolumes({ run, symbols, counters }: Announced): Promise<VolumeSession> {
    const { store, runId } = await this.journal(run);
    const writer = await VolumeWriter.create(store, { runId, symbols });
    return new VolumeSession(writer, (unitCount, barCount) => {
      counters.add("symbolsWritten", unitCount);
      counters.add("barsWritten", barCount);
    });
  }

  /** Begins to write: journals the run, if it isn't yet. */
  private async journal(run: RunStart): Promise<{ store: WritableStore; runId: number }> {
    if (this.runId === undefined) this.filesBefore = await fileSpans(this.file.store, run.startedAt);
    const store = await this.file.forWriting();
    this.runId ??= await beginRun(store, run);
    return { store, runId: this.runId };
  }

  private checkReceived(): void {
    if (this.session !== undefined && this.session.cellsReceived >= this.cellsAwaited) this.announceReceived();
  }

  private begun(): Announced {
    if (this.announced === undefined) throw new Error("the writer was called outside of a run");
    return this.announced;
  }
}
