import type { MessagePort } from "node:worker_threads";
import { appendRows, batchBuffer, BATCH_ROWS, columnsOf, createBatch, type Batch } from "../rows/batch.js";
import type { Row, RowKind } from "../rows/columns.js";
import type { RowSink } from "../rows/sink.js";

/** Maximum number of batches that one prober thread may send before the writer has received them. */
export const MAX_CREDITS = 16;

/** Writer to prober: the number of batches received. */
export interface CreditMessage {
  credits: number;
}

/**
 * The prober's end of its port to the writer: collects rows of one kind in a batch and transfers it when full or
 * flushed, as long as it has credits. Without credits, batches wait here and `ready` makes the probers stop sending
 * requests, so that memory is bounded by the credits and the requests in flight.
 */
export class BatchSender<Kind extends RowKind> implements RowSink<Kind> {
  private credits = MAX_CREDITS;
  private batch: Batch<Kind>;
  /** The columns of the batch: looking up each by name for every row would take half as long again. */
  private columns: ReturnType<typeof columnsOf>;
  private readonly waiting: Batch<Kind>[] = [];
  private readonly onCaughtUp: (() => void)[] = [];

  constructor(
    private readonly kind: Kind,
    private readonly port: MessagePort,
  ) {
    this.batch = createBatch(kind);
    this.columns = columnsOf(this.batch);
    port.on("message", (message: CreditMessage) => {
      this.credits += message.credits;
      this.post();
    });
    // The pool ends its threads itself; the port must not keep them alive.
    port.unref();
  }

  add(row: Row<Kind>): void {
    const at = this.batch.count++;
    const values: Row<RowKind> = row;
    for (const [name, column] of this.columns) column[at] = values[name] ?? 0;
    if (this.batch.count === BATCH_ROWS) this.flush();
  }

  flush(): void {
    if (this.batch.count === 0) return;
    this.waiting.push(this.takeBatch());
    this.post();
  }

  ready(): Promise<void> | undefined {
    if (this.waiting.length === 0) return undefined;
    return new Promise((resolve) => this.onCaughtUp.push(resolve));
  }

  /** The rows so far. A batch that isn't full, such as the last one of a shard, is sent without its unused space. */
  private takeBatch(): Batch<Kind> {
    const { kind, batch } = this;
    if (batch.count < BATCH_ROWS) {
      const taken = createBatch(kind, batch.count);
      appendRows(taken, batch, 0, batch.count);
      batch.count = 0;
      return taken;
    }
    this.batch = createBatch(kind);
    this.columns = columnsOf(this.batch);
    return batch;
  }

  private post(): void {
    while (this.credits > 0) {
      const batch = this.waiting.shift();
      if (batch === undefined) break;
      this.credits--;
      this.port.postMessage(batch, [batchBuffer(batch)]);
    }
    if (this.waiting.length > 0) return;
    for (const resolve of this.onCaughtUp.splice(0)) resolve();
  }
}
