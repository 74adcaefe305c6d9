import type { Counts } from "../rows/counters.js";

/** What a run reports while it goes. */
export type RunEvent =
  /** The look-ups before the first connection. `failed` lists hosts that don't resolve. */
  | { type: "dns"; lookups: number; elapsedMs: number; failed: { host: string; message: string }[] }
  /** Something the user should know that is no failure. */
  | { type: "notice"; message: string }
  | { type: "discovered"; symbols: number; added: string[]; gone: string[] }
  /** Dates as YYYY-MM-DD. */
  | { type: "planned"; from: string; to: string; symbols: number; units: number; cells: number }
  /** About ten times a second while probing. */
  | { type: "progress"; counts: Counts; cells: number; units: number }
  /** Probing is over; the writer finishes. */
  | { type: "probed"; counts: Counts };
