import type { Day } from "../calendar/day.js";
import { FAILED_STATUS, type ProbeRows, type Row } from "./columns.js";

/** The facts stored about a file. */
export interface FileFacts {
  /** Bytes. */
  size: number;
  /** Upload time, ms since the Unix epoch. */
  lastModified: number;
  /** First 8 bytes of its md5, in two parts; both 0 when unknown. */
  etag: Readonly<{ high: number; low: number }>;
}

/** The row of a cell that has a file. */
export function availableRow(symbolIndex: number, day: Day, file: FileFacts, probedAt: number): Row<ProbeRows> {
  const { size, lastModified, etag } = file;
  return { symbolIndex, day, status: 200, size, lastModified, etagHigh: etag.high, etagLow: etag.low, probedAt };
}

/** The row of a cell without a file. */
export function missingRow(symbolIndex: number, day: Day, probedAt: number): Row<ProbeRows> {
  return { symbolIndex, day, status: 404, size: 0, lastModified: 0, etagHigh: 0, etagLow: 0, probedAt };
}

/** The row of a cell whose probe failed: the writer stops waiting for it, and stores nothing. */
export function failedRow(symbolIndex: number, day: Day): Row<ProbeRows> {
  return { symbolIndex, day, status: FAILED_STATUS, size: 0, lastModified: 0, etagHigh: 0, etagLow: 0, probedAt: 0 };
}
