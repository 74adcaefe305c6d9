import type { Day } from "../calendar/day.js";
import { countDays, type Span } from "../calendar/span.js";
import { type Shard } from "../rows/shard.js";

/** Days of one listing page of 1,000 keys, two keys a day: where a long history is split. */
export const PAGE_DAYS = 500;

/** Cells to fill: the wanted days of each symbol, aligned with the run's symbols. */
export type Cells = readonly (readonly Span[])[];

/** What is written whole or not at all: a day of every symbol, or a symbol over all its days. */
export type UnitBy = "day" | "symbol";

/** Number of cells. */
export function countCells(cells: Cells): number {
  return cells.reduce((sum, ranges) => sum + countDays(ranges), 0);
}

/** Cells of each unit by its key (a day, or a symbol's index). Units without cells don't appear. */
export function cellsByUnit(cells: Cells, by: UnitBy): Map<number, number> {
  const units = new Map<number, number>();
  for (const [symbol, ranges] of cells.entries()) {
    if (by === "symbol") {
      if (ranges.length > 0) units.set(symbol, countDays(ranges));
      continue;
    }
    for (const { from, to } of ranges) {
      for (let day = from; day <= to; day++) units.set(day, (units.get(day) ?? 0) + 1);
    }
  }
  return units;
}

/**
 * HEAD shards, day by day in ascending order. With few days each is split among the threads, so that all work on it;
 * with many, a shard is a whole day, so that a unit is never spread over threads that drift apart.
 */
export function* headShards(cells: Cells, threads: number): Generator<Shard> {
  const days = [...cellsByUnit(cells, "day").keys()].sort((a, b) => a - b);
  const parts = days.length < threads * 2 ? threads : 1;
  const cursors = new Uint32Array(cells.length);
  for (const day of days) {
    const symbols = symbolsOn(cells, cursors, day);
    const size = Math.ceil(symbols.length / parts);
    for (let start = 0; start < symbols.length; start += size) {
      yield { type: "head", day, symbolIndexes: symbols.slice(start, start + size) };
    }
  }
}

/** Symbols with a wanted range over the day. Cursors remember each symbol's range, since days only ascend. */
function symbolsOn(cells: Cells, cursors: Uint32Array, day: Day): Uint32Array<ArrayBuffer> {
  const symbols: number[] = [];
  for (const [symbol, ranges] of cells.entries()) {
    let cursor = cursors[symbol] ?? 0;
    let range = ranges[cursor];
    while (range !== undefined && range.to < day) range = ranges[++cursor];
    cursors[symbol] = cursor;
    if (range !== undefined && range.from <= day) symbols.push(symbol);
  }
  return Uint32Array.from(symbols);
}

/**
 * LIST shards, symbol by symbol. Gaps that lie within one page of each other are listed together. With fewer symbols
 * than `parallel`, a long stretch is split at dates a page apart, so that one symbol's pages can be fetched side by
 * side; with more, its pages are better fetched in order, since only then no page is asked for twice.
 */
export function* listShards(cells: Cells, parallel: number): Generator<Shard> {
  const split = cells.filter((ranges) => ranges.length > 0).length < parallel;
  for (const [symbol, wanted] of cells.entries()) {
    for (const ranges of stretches(wanted)) {
      const pieces = split ? splitRanges(ranges, PAGE_DAYS) : [ranges];
      for (const piece of pieces) yield { type: "list", symbolIndex: symbol, spans: piece };
    }
  }
}

/** Groups ranges whose distance is less than a page. */
function stretches(ranges: readonly Span[]): Span[][] {
  const groups: Span[][] = [];
  for (const range of ranges) {
    const group = groups.at(-1);
    const previous = group?.at(-1);
    if (group !== undefined && previous !== undefined && range.from - previous.to <= PAGE_DAYS) group.push(range);
    else groups.push([range]);
  }
  return groups;
}

/** Cuts ranges wherever `days` have passed since the first day of a piece. */
function splitRanges(ranges: readonly Span[], days: number): Span[][] {
  const pieces: Span[][] = [];
  let limit = -Infinity;
  for (const range of ranges) {
    for (let from = range.from; from <= range.to;) {
      if (from > limit) {
        limit = from + days - 1;
        pieces.push([]);
      }
      const to = Math.min(range.to, limit);
      pieces.at(-1)?.push({ from, to });
      from = to + 1;
    }
  }
  return pieces;
}
