import type { Day } from "../calendar/day.js";
import { countDays, groupNear, type Span } from "../calendar/span.js";
import type { HeadShard, ListShard } from "../rows/shard.js";
import type { UnitBy } from "../rows/unit.js";
import { PAGE_DAYS } from "../vision/list-limits.js";

/** Cells to fill: the wanted days of each symbol, aligned with the run's symbols. */
export type Cells = readonly (readonly Span[])[];

/** Number of cells. */
export function countCells(cells: Cells): number {
  return cells.reduce((sum, spans) => sum + countDays(spans), 0);
}

/** Number of cells of each unit by its key (a day, or a symbol's index). Units without cells are absent. */
export function cellsByUnit(cells: Cells, by: UnitBy): Map<number, number> {
  const units = new Map<number, number>();
  for (const [symbolIndex, spans] of cells.entries()) {
    if (by === "symbol") {
      if (spans.length > 0) units.set(symbolIndex, countDays(spans));
      continue;
    }
    for (const { from, to } of spans) {
      for (let day = from; day <= to; day++) units.set(day, (units.get(day) ?? 0) + 1);
    }
  }
  return units;
}

/**
 * HEAD shards, day by day in ascending order. If there are few days, each is split among the threads, so that all of
 * them work on it; if there are many, a shard is a whole day, so that a unit is never spread over threads that drift
 * apart.
 */
export function* headShards(cells: Cells, threads: number): Generator<HeadShard> {
  const days = [...cellsByUnit(cells, "day").keys()].sort((a, b) => a - b);
  const parts = days.length < threads * 2 ? threads : 1;
  const cursors = new Uint32Array(cells.length);
  for (const day of days) {
    const indexes = symbolsOn(cells, cursors, day);
    const size = Math.ceil(indexes.length / parts);
    for (let start = 0; start < indexes.length; start += size) {
      yield { type: "head", day, symbolIndexes: indexes.slice(start, start + size) };
    }
  }
}

/** Indexes of the symbols for which the day is wanted. As days are ascending, cursors point to each symbol's span. */
function symbolsOn(cells: Cells, cursors: Uint32Array, day: Day): Uint32Array<ArrayBuffer> {
  const indexes: number[] = [];
  for (const [symbolIndex, spans] of cells.entries()) {
    let cursor = cursors[symbolIndex] ?? 0;
    let span = spans[cursor];
    while (span !== undefined && span.to < day) span = spans[++cursor];
    cursors[symbolIndex] = cursor;
    if (span !== undefined && span.from <= day) indexes.push(symbolIndex);
  }
  return Uint32Array.from(indexes);
}

/**
 * LIST shards, symbol by symbol. Gaps within one page of each other are listed together. With fewer symbols than
 * `parallel`, a long span is split at dates one page apart, so that a symbol's pages can be fetched concurrently; with
 * more, they are better fetched in order, because only then is no page requested twice.
 */
export function* listShards(cells: Cells, parallel: number): Generator<ListShard> {
  const split = cells.filter((spans) => spans.length > 0).length < parallel;
  for (const [symbolIndex, wanted] of cells.entries()) {
    for (const near of groupNear(wanted, PAGE_DAYS)) {
      const pieces = split ? splitEvery(PAGE_DAYS, near) : [near];
      for (const spans of pieces) yield { type: "list", symbolIndex, spans };
    }
  }
}

/** Splits spans into pieces of at most `days` days, counted from the first day of each piece. */
function splitEvery(days: number, spans: readonly Span[]): Span[][] {
  const pieces: Span[][] = [];
  let limit = -Infinity;
  for (const span of spans) {
    for (let from = span.from; from <= span.to;) {
      if (from > limit) {
        limit = from + days - 1;
        pieces.push([]);
      }
      const to = Math.min(span.to, limit);
      pieces.at(-1)?.push({ from, to });
      from = to + 1;
    }
  }
  return pieces;
}
