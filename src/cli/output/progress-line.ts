import type { RunCounts } from "../../run/counts.js";
import { duration } from "../../text/durations.js";
import { number } from "../../text/numbers.js";
import { bytes } from "../../text/sizes.js";

/** What a run is at. */
export type ProgressState =
  | { phase: "planning" | "writing" | "publishing"; elapsedMs: number }
  | { phase: "probing"; elapsedMs: number; counts: RunCounts | undefined; cellCount: number; unitCount: number };

/** Cells of the bar, its brackets not counted. */
const BAR_WIDTH = 24;

/** A part of the line. Where not all fit, those of the lowest rank go first. */
interface Field {
  text: string;
  rank: number;
}

/**
 * The line that shows a run on a terminal: as much as fits, failures and the time left to the last.
 *
 * @param width maximum characters, all of them ASCII
 */
export function progressLine(width: number, state: ProgressState): string {
  const fields = state.phase === "probing" ? [bar(state), ...probingFields(state)] : phaseFields(state);
  return fit(fields, "  ", width);
}

/** The same for a log file: without a bar, in any width. */
export function plainProgressLine(state: ProgressState): string {
  return fit(state.phase === "probing" ? probingFields(state) : phaseFields(state), ", ", Infinity);
}

type Probing = ProgressState & { phase: "probing" };

function phaseFields({ phase, elapsedMs }: ProgressState): Field[] {
  return [
    { text: `${phase} ...`, rank: 1 },
    { text: `${Math.floor(elapsedMs / 1000)} s`, rank: 0 },
  ];
}

function bar(state: Probing): Field {
  const full = Math.round(shareDone(state) * BAR_WIDTH);
  return { text: `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`, rank: 3 };
}

/** The unit count is that of the writer, which follows the probes. */
function probingFields(state: Probing): Field[] {
  const { counts, cellCount, unitCount, elapsedMs } = state;
  const seconds = Math.max(0.001, elapsedMs / 1000);
  const done = counts?.probes ?? 0;
  const received = counts?.bytes ?? 0;
  const requestRate = number(Math.round((counts?.requests ?? 0) / seconds));
  const traffic = { text: `${requestRate} requests/s, ${bytes(received)}`, rank: 0 };
  const left = done === 0 ? "?" : duration((Math.max(0, cellCount - done) * elapsedMs) / done);
  return [
    { text: `${Math.floor(shareDone(state) * 100)}%`, rank: 5 },
    { text: `${number(done)}/${number(cellCount)} probes`, rank: 4 },
    { text: `${number(Math.round(done / seconds))}/s`, rank: 1 },
    { text: `${number(counts?.units_written ?? 0)}/${number(unitCount)} units`, rank: 2 },
    ...(received === 0 ? [] : [traffic]),
    { text: `${number(counts?.failed ?? 0)} failed`, rank: 6 },
    { text: `${left} left`, rank: 7 },
  ];
}

function shareDone({ counts, cellCount }: Probing): number {
  return cellCount === 0 ? 1 : Math.min(1, (counts?.probes ?? 0) / cellCount);
}

/** Joins the fields of the highest ranks that fit, in their order. */
function fit(fields: readonly Field[], separator: string, width: number): string {
  const ranks = fields.map(({ rank }) => rank).sort((a, b) => a - b);
  for (const lowest of ranks) {
    const line = fields
      .filter(({ rank }) => rank >= lowest)
      .map(({ text }) => text)
      .join(separator);
    if (line.length <= width) return line;
  }
  return "";
}
