import type { ProbeRows, Row, RowKind } from "./columns.js";
import type { VolumeUnit } from "./volume-unit.js";

/** Where probers put their rows. */
export interface RowSink<Kind extends RowKind = ProbeRows> {
  add(row: Row<Kind>): void;
  /** Resolves once the consumer has caught up; undefined when it isn't behind. */
  ready(): Promise<void> | undefined;
  /** Sends everything added so far. */
  flush(): void;
}

/** Where probers put whole units of volumes. */
export interface VolumeSink {
  /** Resolves when the consumer has received the unit, which bounds the number in transit. */
  send(unit: VolumeUnit): Promise<void>;
}
