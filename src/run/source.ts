import { UsageError } from "../errors.js";
import type { Span } from "../calendar/span.js";
import { cellsByUnit, countCells, listShards, PAGE_DAYS, type Cells, type UnitBy } from "./shards.js";
import type { RunOptions } from "./options.js";

/** What probing some cells would cost. */
export interface Cost {
  requests: number;
  /** Of requests and answers, roughly. */
  bytes: number;
}

/** A stretch of a run that is probed and written in one way. */
export interface RunPart {
  cells: Cells;
  by: UnitBy;
  source: "head" | "list";
  /** Cells in all, and units they make. */
  cellCount: number;
  units: number;
  costs: { head: Cost; list: Cost };
  /** Why this source, in words. */
  reason: string;
}

/** Headers of a HEAD and its answer. */
const HEAD_BYTES = 700;
/** A key of a listing page: 265 kB for 1,000. Each day has two. */
const DAY_BYTES = 530;
/** Headers and frame of a listing page. */
const PAGE_BYTES = 1100;
/** What a round trip of 40 ms carries on a line of 10 Mbit/s: what a request weighs against bytes. */
const REQUEST_WEIGHT = 50_000;

/**
 * Decides how to probe some cells: as the options say, else by what costs less.
 *
 * @param by the unit when listed; by HEAD it is always a day
 * @throws UsageError when a listing is asked for and there is none
 */
export function planPart(
  { options, canList }: { options: RunOptions; canList: boolean },
  cells: Cells,
  by: UnitBy,
): RunPart {
  const { source: wanted = "auto" } = options;
  if (wanted === "list" && !canList) throw new UsageError("--source list needs --list-endpoint beside --endpoint");
  const costs = { head: headCost(cells), list: listCost(cells) };
  const [source, reason] =
    wanted !== "auto"
      ? [wanted, "as asked"]
      : !canList
        ? ["head" as const, "no list endpoint is known"]
        : weight(costs.list) < weight(costs.head)
          ? ["list" as const, "fewer requests for the bytes"]
          : ["head" as const, "no more requests than by LIST, and fewer bytes"];
  const unit = source === "head" ? "day" : by;
  const units = cellsByUnit(cells, unit).size;
  return { cells, by: unit, source, cellCount: countCells(cells), units, costs, reason };
}

function headCost(cells: Cells): Cost {
  const requests = countCells(cells);
  return { requests, bytes: requests * HEAD_BYTES };
}

function listCost(cells: Cells): Cost {
  let requests = 0;
  let bytes = 0;
  for (const shard of listShards(cells, 1)) {
    if (shard.type !== "list") continue;
    const days = span(shard.spans);
    const pages = Math.ceil(days / PAGE_DAYS);
    requests += pages;
    bytes += pages * PAGE_BYTES + days * DAY_BYTES;
  }
  return { requests, bytes };
}

function span(ranges: readonly Span[]): number {
  return (ranges.at(-1)?.to ?? 0) - (ranges[0]?.from ?? 1) + 1;
}

function weight({ requests, bytes }: Cost): number {
  return requests * REQUEST_WEIGHT + bytes;
}
