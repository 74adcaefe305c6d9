import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { createHash } from "node:crypto";
import type { ProbeBatch } from "../../src/rows/batch.js";
import { FAILED_STATUS } from "../../src/rows/columns.js";
import { formatDay, type Day } from "../../src/calendar/day.js";
import { filePathStem } from "../../src/vision/object-key.js";

/** The cells of a probe bench: all symbols on all days of a span. */
export interface ProbeWork {
  symbols: readonly string[];
  from: Day;
  to: Day;
}

/** The answer to one HEAD; size in bytes, time in ms since the Unix epoch, both 0 if the file is missing. */
export interface Answer {
  /** Index into the work's symbols. */
  symbolIndex: number;
  day: Day;
  /** 200, 404 or {@link FAILED_STATUS}. */
  status: number;
  size: number;
  lastModified: number;
}

/** Number of HEADs of the work. */
export function countHeads({ symbols, from, to }: ProbeWork): number {
  return symbols.length * (to - from + 1);
}

/** Paths of all files, day by day. */
export function pathsOf({ symbols, from, to }: ProbeWork): string[] {
  const stems = symbols.map((symbol) => filePathStem(DEFAULT_DATASET, symbol));
  const days = Array.from({ length: to - from + 1 }, (_, i) => formatDay(from + i));
  return days.flatMap((day) => stems.map((stem) => `${stem}${day}.zip`));
}

/** Rows of batches, one by one. */
export function* answersOf(batches: Iterable<ProbeBatch>): Generator<Answer> {
  for (const { count, columns } of batches) {
    const { symbolIndex, day, status, size, lastModified } = columns;
    for (let row = 0; row < count; row++) {
      yield {
        symbolIndex: symbolIndex[row] ?? 0,
        day: day[row] ?? 0,
        status: status[row] ?? FAILED_STATUS,
        size: size[row] ?? 0,
        lastModified: lastModified[row] ?? 0,
      };
    }
  }
}

/**
 * A text that is equal for equal answers, whatever their order: the numbers of available and missing cells, and a
 * digest of each cell's status, size and upload time.
 *
 * @throws Error when a probe failed, or a cell has no answer or more than one
 */
export function digestOf(work: ProbeWork, answers: Iterable<Answer>): string {
  const days = work.to - work.from + 1;
  const cells = new Float64Array(countHeads(work) * 3);
  let answered = 0;
  let available = 0;
  for (const { symbolIndex, day, status, size, lastModified } of answers) {
    if (status === FAILED_STATUS)
      throw new Error("a probe failed, so nothing can be compared; is the server up to it?");
    const place = (symbolIndex * days + day - work.from) * 3;
    if (cells[place] !== 0) throw new Error("a cell was answered twice, or isn't part of the work");
    cells.set([status, size, lastModified], place);
    answered++;
    if (status === 200) available++;
  }
  if (answered !== countHeads(work)) throw new Error(`${answered} of ${countHeads(work)} cells were answered`);
  const digest = createHash("sha256").update(cells).digest("hex").slice(0, 12);
  return `${available} available, ${answered - available} missing, ${digest}`;
}
