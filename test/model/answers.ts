import type { Day } from "../../src/calendar/day.js";
import { FIRST_DAY } from "./oracle/lives.js";
import type { Probe } from "./probes.js";
import type { BucketFile } from "./history.js";

/** What the probes of one run found for one cell. */
export interface CellAnswers {
  /** Answers that may be stored; undefined in the list means "no file". More than one if the cell changed meanwhile. */
  files: (BucketFile | undefined)[];
  /** Whether the last request about it failed. */
  failed: boolean;
}

/** What the probes of one run found. */
export interface RunAnswers {
  cells: Map<string, Map<Day, CellAnswers>>;
  /** Names of the symbol folders, if a listing of them was complete. */
  folders: Set<string> | undefined;
  /** Symbols with any request. */
  requested: Set<string>;
}

/**
 * Summarizes the probes of a run by cell. By LIST a symbol's span is written whole or not at all, so the pages of an
 * incomplete listing don't count; those of another listing of the symbol do.
 *
 * @param to last complete day by the machine's clock
 */
export function answersOf(probes: readonly Probe[], to: Day): RunAnswers {
  const answers: RunAnswers = { cells: new Map(), folders: undefined, requested: new Set() };
  const broken = brokenLists(probes);
  let names = new Set<string>();
  for (const probe of probes) {
    if (probe.type === "folders") {
      if (probe.names === undefined) continue;
      if (probe.after === "") names = new Set();
      for (const name of probe.names) names.add(name);
      if (probe.last) answers.folders = names;
      continue;
    }
    answers.requested.add(probe.symbol);
    if (probe.type === "head") {
      const cell = cellOf(answers, probe.symbol, probe.day);
      cell.failed = probe.answer.type === "failed";
      if (probe.answer.type !== "failed") cell.files.push(fileOf(probe.answer));
      continue;
    }
    const isBroken = broken.has(probe);
    for (let day = Math.max(probe.from, FIRST_DAY); day <= Math.min(probe.to, to); day++) {
      const cell = cellOf(answers, probe.symbol, day);
      cell.failed = isBroken;
      if (!isBroken) cell.files.push(probe.files?.get(day));
    }
  }
  return answers;
}

/** The pages of incomplete listings. A page belongs to the listing whose previous page ended where it starts. */
function brokenLists(probes: readonly Probe[]): Set<Probe> {
  const listings = new Map<string, { pages: Probe[]; isBroken: boolean }>();
  const all = new Set<{ pages: Probe[]; isBroken: boolean }>();
  for (const probe of probes) {
    if (probe.type !== "list") continue;
    const { symbol, from, to, files } = probe;
    const listing = listings.get(`${symbol}|${from}`) ?? { pages: [], isBroken: false };
    all.add(listing);
    listing.pages.push(probe);
    // A failed page may be requested again.
    listing.isBroken = files === undefined;
    listings.delete(`${symbol}|${from}`);
    listings.set(`${symbol}|${files === undefined ? from : to + 1}`, listing);
  }
  return new Set([...all].filter(({ isBroken }) => isBroken).flatMap(({ pages }) => pages));
}

function fileOf(answer: { type: "available"; file: BucketFile } | { type: "missing" }): BucketFile | undefined {
  return answer.type === "available" ? answer.file : undefined;
}

function cellOf({ cells }: RunAnswers, symbol: string, day: Day): CellAnswers {
  const days = cells.get(symbol) ?? new Map<Day, CellAnswers>();
  cells.set(symbol, days);
  const cell = days.get(day) ?? { files: [], failed: false };
  days.set(day, cell);
  return cell;
}
