import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { BatchSender, MAX_CREDITS } from "../../src/threads/batch-sender.js";
import { BATCH_ROWS, type ProbeBatch } from "../../src/rows/batch.js";
import { PROBE_ROWS, type ProbeRows } from "../../src/rows/columns.js";

/** A sender and a consumer that takes batches in only when told to. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  const received: ProbeBatch[] = [];
  port2.on("message", (batch: ProbeBatch | "settled") => {
    if (batch !== "settled") received.push(batch);
  });
  const sender = new BatchSender(PROBE_ROWS, port1);
  /** Resolves once everything sent has arrived. */
  const settled = async () => {
    const last = new Promise<void>((resolve) => {
      const look = (message: unknown) => {
        if (message !== "settled") return;
        port2.off("message", look);
        resolve();
      };
      port2.on("message", look);
    });
    port1.postMessage("settled");
    await last;
  };
  return {
    sender,
    received,
    settled,
    /** Resolves once the sender has the credits. */
    acknowledge: async (credits: number) => {
      // Added after the sender's own listener, and therefore called after it.
      const taken = once(port1, "message");
      port2.postMessage({ credits });
      await taken;
    },
    close: () => {
      port1.close();
      port2.close();
    },
  };
}

function addRows(sender: BatchSender<ProbeRows>, count: number, from = 0): void {
  for (let row = from; row < from + count; row++) {
    sender.add({
      symbolIndex: row,
      day: 20_000 + row,
      status: 200,
      size: row * 2,
      lastModified: row * 3,
      etagHigh: row * 7,
      etagLow: row * 11,
      probedAt: row * 5,
    });
  }
}

describe("BatchSender", () => {
  it("never has more batches on the way than credits, and loses no row", async () => {
    const { sender, received, settled, acknowledge, close } = connected();
    const batches = MAX_CREDITS * 3;
    addRows(sender, batches * BATCH_ROWS);
    await settled();
    expect(received).toHaveLength(MAX_CREDITS);
    expect(sender.ready()).toBeInstanceOf(Promise);
    for (let taken = MAX_CREDITS; taken < batches; taken++) {
      await acknowledge(1);
      await settled();
      expect(received).toHaveLength(taken + 1);
    }
    expect(sender.ready()).toBeUndefined();
    const symbols = received.flatMap((batch) => [...batch.columns.symbolIndex.subarray(0, batch.count)]);
    expect(symbols).toEqual(Array.from({ length: batches * BATCH_ROWS }, (_, i) => i));
    close();
  });

  it("holds probers back while batches wait, and lets them continue when the writer has caught up", async () => {
    const { sender, settled, acknowledge, close } = connected();
    addRows(sender, (MAX_CREDITS + 1) * BATCH_ROWS);
    let free = false;
    const waiting = sender.ready()?.then(() => (free = true));
    await settled();
    expect(free).toBe(false);
    await acknowledge(1);
    await waiting;
    expect(free).toBe(true);
    expect(sender.ready()).toBeUndefined();
    close();
  });

  it("sends what it has when flushed, with every column, and nothing if it has nothing", async () => {
    const { sender, received, settled, close } = connected();
    sender.flush();
    addRows(sender, 3, 7);
    sender.flush();
    sender.flush();
    await settled();
    expect(received).toHaveLength(1);
    const [batch] = received;
    expect(batch?.count).toBe(3);
    const columns = Object.entries(batch?.columns ?? {}).map(([name, column]) => [name, column[1]]);
    expect(Object.fromEntries(columns)).toEqual({
      symbolIndex: 8,
      day: 20_008,
      status: 200,
      size: 16,
      lastModified: 24,
      etagHigh: 56,
      etagLow: 88,
      probedAt: 40,
    });
    close();
  });
});
