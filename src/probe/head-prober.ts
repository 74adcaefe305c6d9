import { fileKeyEnd, filePathStem } from "../vision/object-key.js";
import { availableRow, failedRow, missingRow } from "../rows/probe-row.js";
import type { Concurrency } from "./net/concurrency.js";
import { head, type HeadContext } from "./head.js";
import type { Outcome } from "./outcome.js";
import type { HeadShard, ShardResult } from "../rows/shard.js";
import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";
import { planRetry } from "./retry.js";

/** A shard in progress. */
interface Work {
  shard: HeadShard;
  path: (symbolIndex: number) => string;
  /** Position of the next symbol to send. */
  next: number;
  inFlight: number;
  result: ShardResult;
  finish: (result: ShardResult) => void;
}

/** One HEAD of a shard, with the number of attempts made. */
interface Probe {
  work: Work;
  symbolIndex: number;
  attempts: number;
}

/**
 * Runs the HEAD shards of one thread. A shard starts before the last answers of the previous one have arrived. The
 * concurrency limits the HEADs in flight; none is sent while the sink is behind, or the run is paused or abandoned.
 */
export class HeadProber {
  private readonly inProgress: Work[] = [];
  private readonly retryNow: Probe[] = [];
  private readonly stems: string[] = [];
  private inFlight = 0;
  private held = false;

  constructor(
    private readonly context: ProberContext,
    private readonly headContext: HeadContext,
    private readonly concurrency: Concurrency,
  ) {}

  /** Resolves when every cell of the shard has its row; never rejects. */
  run(shard: HeadShard): Promise<ShardResult> {
    return new Promise((finish) => {
      const file = fileKeyEnd(this.context.dataset, shard.day);
      const path = (symbolIndex: number) => this.stem(symbolIndex) + file;
      this.inProgress.push({ shard, path, next: 0, inFlight: 0, result: { cellCount: 0, failureCount: 0 }, finish });
      this.pump();
    });
  }

  /** Sends as many HEADs as currently allowed; must be called when the limit has risen. */
  pump(): void {
    while (this.inFlight < this.concurrency.limit && !this.held) {
      if (this.context.traffic.isAbandoned) {
        this.abandon();
        return;
      }
      const probe = this.take();
      if (probe === undefined || this.hold(probe)) return;
      this.send(probe);
    }
  }

  private take(): Probe | undefined {
    const retried = this.retryNow.pop();
    if (retried !== undefined) return retried;
    const work = this.inProgress.find(({ shard, next }) => next < shard.symbolIndexes.length);
    const symbolIndex = work?.shard.symbolIndexes[work.next];
    if (work === undefined || symbolIndex === undefined) return undefined;
    work.next++;
    work.inFlight++;
    return { work, symbolIndex, attempts: 0 };
  }

  /** Puts a probe back if nothing may be sent now, and continues when that changes. */
  private hold(probe: Probe): boolean {
    const { sink, traffic } = this.context;
    let ready = sink.ready();
    if (ready === undefined) {
      const wait = traffic.admit(Date.now());
      if (wait === 0) return false;
      if (!traffic.isEnding) ready = traffic.sleep(wait);
    }
    this.retryNow.push(probe);
    if (ready === undefined) {
      // The run is ending, so don't wait.
      this.abandon();
      return true;
    }
    this.held = true;
    void ready.then(() => {
      this.held = false;
      this.pump();
    });
    return true;
  }

  private send(probe: Probe): void {
    this.inFlight++;
    probe.attempts++;
    this.context.counters.add("requests");
    head(this.headContext, probe.work.path(probe.symbolIndex), (outcome) => {
      this.inFlight--;
      if (outcome.type === "failed" && this.retryLater(probe, outcome.failure)) return;
      this.settle(probe, outcome);
      this.pump();
    });
  }

  private retryLater(probe: Probe, failure: Failure): boolean {
    const { context } = this;
    const delay = planRetry(context, this.headContext.host, failure, probe.attempts);
    if (delay === undefined) return false;
    void context.traffic.sleep(delay).then(() => {
      if (context.traffic.isEnding) this.drop(probe);
      else this.retryNow.push(probe);
      this.pump();
    });
    this.pump();
    return true;
  }

  private settle(probe: Probe, outcome: Outcome): void {
    const { work, symbolIndex } = probe;
    const { sink, counters, onFailure } = this.context;
    const { day } = work.shard;
    counters.add("cells");
    counters.add(outcome.type);
    switch (outcome.type) {
      case "available":
        sink.add(availableRow(symbolIndex, day, outcome.file, Date.now()));
        break;
      case "missing":
        sink.add(missingRow(symbolIndex, day, Date.now()));
        break;
      case "failed":
        sink.add(failedRow(symbolIndex, day));
        onFailure({ symbolIndex, from: day, days: 1, failure: outcome.failure });
        work.result.failureCount++;
        break;
    }
    work.result.cellCount++;
    work.inFlight--;
    this.finishIfDone(work);
  }

  private finishIfDone(work: Work): void {
    if (work.inFlight > 0 || work.next < work.shard.symbolIndexes.length) return;
    this.inProgress.splice(this.inProgress.indexOf(work), 1);
    this.context.sink.flush();
    work.finish(work.result);
  }

  /** Drops a cell without an answer. */
  private drop({ work }: Probe): void {
    work.inFlight--;
    this.finishIfDone(work);
  }

  /** Drops everything not in flight; shards finish with the cells they have. */
  private abandon(): void {
    for (const probe of this.retryNow.splice(0)) probe.work.inFlight--;
    for (const work of [...this.inProgress]) {
      work.next = work.shard.symbolIndexes.length;
      this.finishIfDone(work);
    }
  }

  private stem(symbolIndex: number): string {
    return (this.stems[symbolIndex] ??= filePathStem(this.context.dataset, this.context.symbols[symbolIndex] ?? ""));
  }
}
