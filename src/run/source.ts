import type { Span } from "../calendar/span.js";
import type { Source } from "../rows/unit.js";
import { PAGE_DAYS } from "../vision/list-limits.js";
import type { Cost, Step } from "./step.js";
import type { ProbeSettings } from "./settings.js";
import { cellsByUnit, countCells, listShards, type Cells } from "./shards.js";

/** Headers of a HEAD and its answer. */
const HEAD_BYTES = 700;
/** Two keys of a list page, which has 265 kB for 1,000. */
const DAY_BYTES = 530;
/** Headers and frame of a list page. */
const PAGE_FRAME_BYTES = 1100;
/** Weight of a request in bytes: what a 10 Mbit/s line carries during a round trip of 40 ms. */
const REQUEST_WEIGHT = 50_000;

/** Settings that affect the decision. */
type SourceSettings = Pick<ProbeSettings, "source" | "listEndpoint">;

/**
 * Decides how to probe cells, symbol by symbol: as the settings demand, otherwise in the way that costs less. By LIST
 * whole symbols are written, by HEAD whole days.
 *
 * @returns one step per source, without empty ones
 */
export function planSteps(settings: SourceSettings, cells: Cells): Step[] {
  const sources = cells.map((spans) => sourceOf(settings, spans));
  const reason = reasonOf(settings);
  return (["list", "head"] as const)
    .map((source) => ({ source, own: cells.map((spans, index) => (sources[index] === source ? spans : [])) }))
    .map(({ source, own }): Step => {
      const by = source === "list" ? "symbol" : "day";
      const costs = { head: headCost(own), list: listCost(own) };
      const counts = { cellCount: countCells(own), unitCount: cellsByUnit(own, by).size };
      return { cells: own, by, source, ...counts, costs, reason };
    })
    .filter(({ cellCount }) => cellCount > 0);
}

function sourceOf({ source, listEndpoint }: SourceSettings, spans: readonly Span[]): Source {
  if (source !== "auto") return source;
  if (listEndpoint === undefined) return "head";
  return weight(listCost([spans])) < weight(headCost([spans])) ? "list" : "head";
}

function reasonOf({ source, listEndpoint }: SourceSettings): string {
  if (source !== "auto") return "as requested";
  return listEndpoint === undefined ? "no list endpoint is known" : "it costs less, by requests and bytes";
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
    bytes += pages * PAGE_FRAME_BYTES + days * DAY_BYTES;
  }
  return { requests, bytes };
}

function weight({ requests, bytes }: Cost): number {
  return requests * REQUEST_WEIGHT + bytes;
}
