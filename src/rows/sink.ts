import type { ProbeRows, Row, RowKind } from "./columns.js";
import type { VolumeUnit } from "./volume-unit.js";

/** Where probers put their rows. */
export interface RowSink<Kind extends RowKind = ProbeRows> {
  add(row: Row<Kind>): void;
  /** Resolves at once, or, while the consumer is behind, when it has caught up. */
  ready(): Promise<void> | undefined;
  /** Hands over what has been added so far. */
  flush(): void;
}

/** Where probers put whole units of volumes. */
export interface VolumeSink {
  /** Resolves when the consumer has taken the unit in: that bounds those on their way. */
  send(unit: VolumeUnit): Promise<void>;
}
