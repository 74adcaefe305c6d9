import type { ProbeRows, Row, RowKind } from "./columns.js";

/** Where probers put their rows. */
export interface RowSink<Kind extends RowKind = ProbeRows> {
  add(row: Row<Kind>): void;
  /** Resolves at once, or, while the consumer is behind, when it has caught up. */
  ready(): Promise<void> | undefined;
  /** Hands over what has been added so far. */
  flush(): void;
}
