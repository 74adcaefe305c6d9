import type { RunCounts } from "../../run/counts.js";
import type { VolumeCounts } from "../../run/volumes-result.js";
import { duration } from "../../text/durations.js";
import { number, plural } from "../../text/numbers.js";
import { bytes } from "../../text/sizes.js";

/** The progress of a run. */
export type ProgressState =
  | { phase: "planning" | "writing" | "publishing"; elapsedMs: number }
  | { phase: "probing"; elapsedMs: number; counts: RunCounts | undefined; cellCount: number; unitCount: number }
  | { phase: "volumes"; elapsedMs: number; counts: VolumeCounts | undefined; symbolCount: number };

/** Width of the bar in characters, without its brackets. */
const BAR_WIDTH = 24;

/** A part of the line. If not all fit, those with the lowest rank are dropped first. */
interface Field {
  text: string;
  rank: number;
}

/**
 * The progress line on a terminal: as many fields as fit; failures and the time left are dropped last.
 *
 * @param width maximum characters, all of them ASCII
 */
export function progressLine(width: number, state: ProgressState): string {
  return fit([...barOf(state), ...fieldsOf(state)], "  ", width);
}

/** The same for a log file: without a bar and without a limit on the width. */
export function plainProgressLine(state: ProgressState): string {
  return fit(fieldsOf(state), ", ", Infinity);
}

type Probing = ProgressState & { phase: "probing" };
type FetchingVolumes = ProgressState & { phase: "volumes" };

function barOf(state: ProgressState): Field[] {
  switch (state.phase) {
    case "probing":
      return [bar(shareDone(state))];
    case "volumes":
      return [bar(shareAsked(state))];
    case "planning":
    case "writing":
    case "publishing":
      return [];
  }
}

function fieldsOf(state: ProgressState): Field[] {
  switch (state.phase) {
    case "probing":
      return probingFields(state);
    case "volumes":
      return volumeFields(state);
    case "planning":
    case "writing":
    case "publishing":
      return phaseFields(state);
  }
}

function phaseFields({ phase, elapsedMs }: ProgressState): Field[] {
  return [
    { text: `${phase} ...`, rank: 1 },
    { text: `${Math.floor(elapsedMs / 1000)} s`, rank: 0 },
  ];
}

function bar(share: number): Field {
  const full = Math.round(share * BAR_WIDTH);
  return { text: `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`, rank: 3 };
}

/** The unit count comes from the writer, which lags behind the probers. */
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

/** The number of files becomes known only symbol by symbol, so progress counts symbols. */
function volumeFields(state: FetchingVolumes): Field[] {
  const { counts, symbolCount, elapsedMs } = state;
  const seconds = Math.max(0.001, elapsedMs / 1000);
  const asked = counts?.symbols_asked ?? 0;
  const fetched = counts?.files_fetched ?? 0;
  const left = asked === 0 ? "?" : duration((Math.max(0, symbolCount - asked) * elapsedMs) / asked);
  return [
    { text: `${Math.floor(shareAsked(state) * 100)}%`, rank: 5 },
    { text: `volumes of ${number(asked)}/${number(symbolCount)} symbols`, rank: 4 },
    { text: plural(fetched, "file"), rank: 2 },
    { text: `${number(Math.round(fetched / seconds))} files/s, ${bytes(counts?.file_bytes ?? 0)}`, rank: 0 },
    { text: `${number(counts?.files_failed ?? 0)} failed`, rank: 6 },
    { text: `${left} left`, rank: 7 },
  ];
}

function shareAsked({ counts, symbolCount }: FetchingVolumes): number {
  return symbolCount === 0 ? 1 : Math.min(1, (counts?.symbols_asked ?? 0) / symbolCount);
}

function shareDone({ counts, cellCount }: Probing): number {
  return cellCount === 0 ? 1 : Math.min(1, (counts?.probes ?? 0) / cellCount);
}

/** Joins the fields with the highest ranks that fit, in order. */
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
