import type { UnitBy } from "../rows/unit.js";
import type { Cost, Step } from "./plan.js";
import type { ProbeSettings } from "./settings.js";
import { cellsByUnit, countCells, listShards, PAGE_DAYS, type Cells } from "./shards.js";

/** Headers of a HEAD and its answer. */
const HEAD_BYTES = 700;
/** A key of a list page: 265 kB for 1,000. Each day has two. */
const DAY_BYTES = 530;
/** Headers and frame of a list page. */
const PAGE_BYTES = 1100;
/** What a round trip of 40 ms carries on a line of 10 Mbit/s: what a request weighs against bytes. */
const REQUEST_WEIGHT = 50_000;

/**
 * Decides how to probe some cells: as the settings say, else by what costs less.
 *
 * @param by the unit when listed; by HEAD it is always a day
 */
export function planStep(
  { source: wanted, listEndpoint }: Pick<ProbeSettings, "source" | "listEndpoint">,
  cells: Cells,
  by: UnitBy,
): Step {
  const costs = { head: headCost(cells), list: listCost(cells) };
  const [source, reason] =
    wanted !== "auto"
      ? [wanted, "as asked"]
      : listEndpoint === undefined
        ? ["head" as const, "no list endpoint is known"]
        : weight(costs.list) < weight(costs.head)
          ? ["list" as const, "fewer requests for the bytes"]
          : ["head" as const, "no more requests than by LIST, and fewer bytes"];
  const unit = source === "head" ? "day" : by;
  const unitCount = cellsByUnit(cells, unit).size;
  return { cells, by: unit, source, cellCount: countCells(cells), unitCount, costs, reason };
}

function headCost(cells: Cells): Cost {
  const requests = countCells(cells);
  return { requests, bytes: requests * HEAD_BYTES };
}

function listCost(cells: Cells): Cost {
  let requests = 0;
  let bytes = 0;
  for (const { spans } of listShards(cells, 1)) {
    const days = (spans.at(-1)?.to ?? 0) - (spans[0]?.from ?? 1) + 1;
    const pages = Math.ceil(days / PAGE_DAYS);
    requests += pages;
    bytes += pages * PAGE_BYTES + days * DAY_BYTES;
  }
  return { requests, bytes };
}

function weight({ requests, bytes }: Cost): number {
  return requests * REQUEST_WEIGHT + bytes;
}
