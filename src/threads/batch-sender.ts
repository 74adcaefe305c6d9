import type { MessagePort } from "node:worker_threads";
import { batchBuffers, BATCH_ROWS, createBatch, type RowBatch } from "../rows/batch.js";
import type { RowSink } from "../rows/shard.js";
import type { Day } from "../calendar/day.js";

/** Batches that one prober thread may have sent without the writer having taken them in. */
export const CREDITS = 16;

/** Writer to prober: so many batches were taken in. */
export interface CreditMessage {
  credits: number;
}

/**
 * The prober's end of its port to the writer: collects rows in a batch and transfers it when full or flushed, as long
 * as it has credits. Without credits, batches wait here and `ready` tells the probers to send no more requests, so
 * that memory is bounded by the credits and the requests already in flight.
 */
export class BatchSender implements RowSink {
  private credits = CREDITS;
  private batch = createBatch();
  private readonly waiting: RowBatch[] = [];
  private readonly onCaughtUp: (() => void)[] = [];

  constructor(private readonly port: MessagePort) {
    port.on("message", (message: CreditMessage) => {
      this.credits += message.credits;
      this.post();
    });
    // The pool ends its threads by itself; the port must not keep them alive.
    port.unref();
  }

  add(symbol: number, day: Day, status: number, size: number, lastModified: number, probedAt: number): void {
    const { batch } = this;
    const row = batch.count++;
    batch.symbol[row] = symbol;
    batch.day[row] = day;
    batch.status[row] = status;
    batch.size[row] = size;
    batch.lastModified[row] = lastModified;
    batch.probedAt[row] = probedAt;
    if (batch.count === BATCH_ROWS) this.flush();
  }

  flush(): void {
    if (this.batch.count === 0) return;
    this.waiting.push(this.batch);
    this.batch = createBatch();
    this.post();
  }

  ready(): Promise<void> | undefined {
    if (this.waiting.length === 0) return undefined;
    return new Promise((resolve) => this.onCaughtUp.push(resolve));
  }

  private post(): void {
    while (this.credits > 0) {
      const batch = this.waiting.shift();
      if (batch === undefined) break;
      this.credits--;
      this.port.postMessage(batch, batchBuffers(batch));
    }
    if (this.waiting.length > 0) return;
    for (const resolve of this.onCaughtUp.splice(0)) resolve();
  }
}
