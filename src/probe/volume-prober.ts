import type { Day } from "../calendar/day.js";
import { periodSpan } from "../calendar/period.js";
import { groupNear, type Span } from "../calendar/span.js";
import type { Failure } from "../rows/failure.js";
import type { ShardResult, VolumeShard } from "../rows/shard.js";
import type { VolumeSink } from "../rows/sink.js";
import type { VolumeFile } from "../rows/volume-unit.js";
import type { Dataset } from "../vision/dataset.js";
import { UM_DAILY_KLINES_1D, UM_MONTHLY_KLINES_1D } from "../vision/datasets/um-klines-1d.js";
import { KEYS_PER_PERIOD, PAGE_DAYS } from "../vision/list-limits.js";
import { fileKey } from "../vision/object-key.js";
import { BarTable } from "./bar-table.js";
import type { GetContext } from "./get.js";
import type { ListContext } from "./list.js";
import { fileAt, listFiles } from "./list-files.js";
import type { ProberContext } from "./prober-context.js";
import { readVolumeFile } from "./volume-file.js";
import { daysToList, knownSpans, newFiles, sameSpans, type ListedFile } from "./volume-plan.js";

/** Number of files of one symbol fetched concurrently, each with its checksum. All symbols share the thread's sockets. */
const CONCURRENT_FILES = 8;

/** Shared state of the volume shards of one thread. */
export interface VolumeContext {
  prober: ProberContext;
  list: ListContext;
  get: GetContext;
  sink: VolumeSink;
}

/** The run was abandoned: nothing of the symbol is sent. */
class Abandoned extends Error {}

/**
 * Reads the new 1d klines of one symbol and sends them as one unit, if there are any. A failed file is reported, its days
 * stay unknown, and the symbol's other files are sent; a failed LIST fails the whole symbol. Never rejects.
 */
export async function runVolumeShard(context: VolumeContext, shard: VolumeShard): Promise<ShardResult> {
  if (context.prober.traffic.isAbandoned) return { cellCount: 0, failureCount: 0 };
  const work = new SymbolVolumes(context, shard);
  try {
    await work.run();
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
  }
  return { cellCount: 0, failureCount: work.failureCount };
}

/** A failed LIST, with the days that it was to cover. */
class ListFailed extends Error {
  constructor(
    readonly failure: Failure,
    readonly span: Span,
  ) {
    super(failure.message);
  }
}

/** Reads the volumes of one symbol. */
class SymbolVolumes {
  failureCount = 0;
  private readonly symbol: string;
  private readonly within: Span;
  private readonly files: VolumeFile[] = [];
  private readonly bars: BarTable;

  constructor(
    private readonly context: VolumeContext,
    private readonly shard: VolumeShard,
  ) {
    this.symbol = context.prober.symbols[shard.symbolIndex] ?? "";
    this.bars = new BarTable(shard.symbolIndex);
    this.within = { from: UM_DAILY_KLINES_1D.firstPeriod, to: shard.through };
  }

  async run(): Promise<void> {
    try {
      await this.readAll();
    } catch (error) {
      if (!(error instanceof ListFailed)) throw error;
      const { from, to } = error.span;
      this.report(from, to - from + 1, error.failure);
    }
  }

  private async readAll(): Promise<void> {
    const { known, symbolIndex } = this.shard;
    const knownAt = Date.now();
    const monthsListed = await this.list(UM_MONTHLY_KLINES_1D, [
      { from: UM_MONTHLY_KLINES_1D.firstPeriod, to: this.within.to },
    ]);
    // A month that hasn't ended can't have a file; ignore any that claims to.
    const over = monthsListed.filter(({ period }) => periodSpan("monthly", period).to <= this.within.to);
    const failedMonths = await this.read(UM_MONTHLY_KLINES_1D, over);
    const months = {
      read: this.files.map(({ period }) => period).sort((a, b) => a - b),
      barDays: this.bars.days(),
      failed: failedMonths.sort((a, b) => a - b),
    };

    const wanted = daysToList(known, this.within, months);
    const days = { listed: wanted, read: [] as Day[], failed: [] as Day[] };
    const first = months.barDays[0] ?? -Infinity;
    const listed = [
      // A symbol rarely has files before its first month, and a whole page would list days that are known by now.
      ...(await this.list(
        UM_DAILY_KLINES_1D,
        wanted.filter(({ to }) => to < first),
        KEYS_PER_PERIOD,
      )),
      ...(await this.list(
        UM_DAILY_KLINES_1D,
        wanted.filter(({ to }) => to >= first),
      )),
    ];
    days.failed = (await this.read(UM_DAILY_KLINES_1D, listed)).sort((a, b) => a - b);
    const failed = new Set(days.failed);
    days.read = listed.map(({ period }) => period).filter((day) => !failed.has(day));

    const spans = knownSpans(known, months, days, UM_DAILY_KLINES_1D, knownAt);
    this.context.prober.counters.add("symbolsAsked");
    if (this.files.length === 0 && sameSpans(spans, known.spans)) return;
    await this.context.sink.send({ symbolIndex, bars: this.bars.sorted(), files: this.files, spans, knownAt });
  }

  /**
   * The files of some days, by ascending period.
   *
   * @param firstKeys as for `listFiles`
   */
  private async list(dataset: Dataset, spans: readonly Span[], firstKeys?: number): Promise<ListedFile[]> {
    const found: ListedFile[] = [];
    for (const group of groupNear(spans, PAGE_DAYS)) {
      const [first, last] = [group[0] as Span, group.at(-1) as Span];
      const reach = { from: first.from, to: last.to };
      const { prober, list } = this.context;
      const outcome = await listFiles(prober, list, dataset, this.symbol, reach, firstKeys);
      if (outcome.type === "abandoned") throw new Abandoned();
      if (outcome.type === "failed") throw new ListFailed(outcome.failure, reach);
      for (const [place, period] of outcome.files.days.entries()) {
        const isWanted = group.some(({ from, to }) => period >= from && period <= to);
        if (isWanted) found.push({ period, ...fileAt(outcome.files, place) });
      }
    }
    return found;
  }

  /** Reads the listed files that are new. Returns the periods of those that failed. */
  private async read(dataset: Dataset, listed: readonly ListedFile[]): Promise<Day[]> {
    const { prober, get } = this.context;
    const { cadence } = dataset;
    const fresh = newFiles(cadence, listed, this.shard.known);
    prober.counters.add("filesKnown", listed.length - fresh.length);
    const failed: Day[] = [];
    await inParallel(fresh, CONCURRENT_FILES, async (file) => {
      const key = fileKey(dataset, this.symbol, file.period);
      const wanted = { dataset, symbol: this.symbol, key, listed: file };
      const outcome = await readVolumeFile(prober, get, wanted, this.shard.acceptUnverified);
      if (outcome.type === "abandoned") throw new Abandoned();
      if (outcome.type === "failed") {
        failed.push(file.period);
        prober.counters.add("filesFailed");
        const { from, to } = periodSpan(cadence, file.period);
        this.report(from, to - from + 1, outcome.failure, key);
        return;
      }
      prober.counters.add("filesFetched");
      if (!outcome.verified) prober.counters.add("filesUnverified");
      this.files.push({ ...file, cadence, verified: outcome.verified, rowCount: outcome.bars.count });
      this.bars.add(outcome.bars, cadence === "monthly");
    });
    return failed;
  }

  private report(from: Day, days: number, failure: Failure, key?: string): void {
    this.failureCount++;
    const { symbolIndex } = this.shard;
    this.context.prober.onFailure({ symbolIndex, from, days, failure, ...(key === undefined ? {} : { key }) });
  }
}

/** Processes items with limited concurrency. The first error ends it. */
async function inParallel<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const feed = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, feed));
}
