import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { BatchSender, CREDITS } from "../../src/threads/batch-sender.js";
import { BATCH_ROWS, type RowBatch } from "../../src/rows/batch.js";

/** A sender and a consumer that takes batches in only when told to. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  const received: RowBatch[] = [];
  port2.on("message", (batch: RowBatch) => received.push(batch));
  return {
    sender: new BatchSender(port1),
    received,
    acknowledge: (credits: number) => {
      port2.postMessage({ credits });
    },
    close: () => {
      port1.close();
      port2.close();
    },
  };
}

function addRows(sender: BatchSender, count: number, from = 0): void {
  for (let row = from; row < from + count; row++) sender.add(row, 20_000 + row, 200, row * 2, row * 3, row * 5);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  await sleep(5);
}

describe("BatchSender", () => {
  it("never has more batches on the way than credits, and loses no row", async () => {
    const { sender, received, acknowledge, close } = connected();
    const batches = CREDITS * 3;
    addRows(sender, batches * BATCH_ROWS);
    await settled();
    expect(received).toHaveLength(CREDITS);
    expect(sender.ready()).toBeInstanceOf(Promise);
    for (let taken = CREDITS; taken < batches; taken++) {
      acknowledge(1);
      await settled();
      expect(received).toHaveLength(taken + 1);
    }
    expect(sender.ready()).toBeUndefined();
    const symbols = received.flatMap((batch) => [...batch.symbol.subarray(0, batch.count)]);
    expect(symbols).toEqual(Array.from({ length: batches * BATCH_ROWS }, (_, i) => i));
    close();
  });

  it("holds probers back while batches wait, and lets them go on when the writer has caught up", async () => {
    const { sender, acknowledge, close } = connected();
    addRows(sender, (CREDITS + 1) * BATCH_ROWS);
    let free = false;
    const waiting = sender.ready()?.then(() => (free = true));
    await settled();
    expect(free).toBe(false);
    acknowledge(1);
    await waiting;
    expect(free).toBe(true);
    expect(sender.ready()).toBeUndefined();
    close();
  });

  it("sends what is there when flushed, with every column, and nothing when there is nothing", async () => {
    const { sender, received, close } = connected();
    sender.flush();
    addRows(sender, 3, 7);
    sender.flush();
    sender.flush();
    await settled();
    expect(received).toHaveLength(1);
    const [batch] = received;
    expect(batch?.count).toBe(3);
    const columns = [batch?.symbol, batch?.day, batch?.status, batch?.size, batch?.lastModified, batch?.probedAt];
    expect(columns.map((column) => column?.[1])).toEqual([8, 20_008, 200, 16, 24, 40]);
    close();
  });
});
