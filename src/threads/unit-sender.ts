import type { MessagePort } from "node:worker_threads";
import { batchBuffer } from "../rows/batch.js";
import type { VolumeSink } from "../rows/sink.js";
import type { VolumeUnit } from "../rows/volume-unit.js";

/** Writer to prober: one more unit was received, in the order in which they were sent. */
export type UnitTaken = "taken";

/** The prober's end of its port for whole units: transfers each and waits until the writer has received it. */
export class UnitSender implements VolumeSink {
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly port: MessagePort) {
    port.on("message", () => this.waiting.shift()?.());
    // The pool ends its threads itself; the port must not keep them alive.
    port.unref();
  }

  send(unit: VolumeUnit): Promise<void> {
    this.port.postMessage(unit, [batchBuffer(unit.bars)]);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
