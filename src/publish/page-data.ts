/*
 * The data of a publication's page, which `publish` writes and the page reads. Days are numbers of days since
 * 1970-01-01, as everywhere in the code. The page includes this file too, so it must not use anything from Node.
 */

import type { Day } from "../calendar/day.js";
import { formatPeriod } from "../calendar/period.js";

/** Possible states of a cell, by the letter that encodes them. */
export const CELL_STATES = {
  a: "available",
  f: "flat",
  l: "late",
  r: "replaced",
  p: "provisional",
  w: "awaited",
  h: "hole",
  x: "removed",
  m: "missing",
  u: "not probed",
} as const;

export type CellLetter = keyof typeof CELL_STATES;

/** What is known about a cell that has a row. */
export interface CellFacts {
  available: boolean;
  /** Size of the file, bytes; 0 without one. */
  size: number;
  /** Whether the day's bar counts a trade; undefined if that is unknown. */
  isTraded: boolean | undefined;
  /** Whether it was probed too early to be final. */
  isProvisional: boolean;
  /** Whether it is inside a life of its symbol. */
  isInLife: boolean;
  /** The latest change of its answer in the journal, if any. */
  change: string | undefined;
}

/**
 * The letter that the calendar shows for a cell. A change takes precedence over the file's existence.
 *
 * @param flatBelow size in bytes below which a file is flat, if trades are unknown
 */
export function cellLetter(
  { available, size, isTraded, isProvisional, isInLife, change }: CellFacts,
  flatBelow: number,
): CellLetter {
  if (available) {
    if (change === "late") return "l";
    if (change === "replaced") return "r";
    if (isProvisional) return "p";
    return (isTraded ?? size >= flatBelow) ? "a" : "f";
  }
  if (change === "removed") return "x";
  if (isProvisional) return "w";
  return isInLife ? "h" : "m";
}

/** The letters for what is known about the trades of a symbol on a day. */
export const TRADE_LETTERS = { traded: "t", "not traded": "n", "not known": "u" } as const;

export type TradeLetter = (typeof TRADE_LETTERS)[keyof typeof TRADE_LETTERS];

/** Run-length encodes the letters of consecutive days: `aaau` is `a3u1`. */
export function toRuns(letters: Iterable<CellLetter | TradeLetter>): string {
  let runs = "";
  let last: string | undefined;
  let length = 0;
  const end = () => {
    if (last !== undefined) runs += `${last}${length}`;
  };
  for (const letter of letters) {
    if (letter !== last) {
      end();
      last = letter;
      length = 0;
    }
    length++;
  }
  end();
  return runs;
}

/** Calls `onRun` for each run of cells in a text from {@link toRuns}. */
export function eachRun(runs: string, onRun: (letter: CellLetter, length: number) => void): void {
  for (const [letter, length] of runsIn(runs)) onRun(letter as CellLetter, length);
}

/** Calls `onRun` for each run of trades in a text from {@link toRuns}. */
export function eachTradeRun(runs: string, onRun: (letter: TradeLetter, length: number) => void): void {
  for (const [letter, length] of runsIn(runs)) onRun(letter as TradeLetter, length);
}

function runsIn(runs: string): [string, number][] {
  return Array.from(runs.matchAll(/([a-z])(\d+)/g), ([, letter = "", length]) => [letter, Number(length)]);
}

/** A symbol on the page. */
export interface PageSymbol {
  symbol: string;
  class: string;
  quote: string;
  /** Type of its underlying according to the exchange, such as `COIN`; "" if no capture contains it. */
  underlying: string;
  /** First and last file of each contract with this name, and whether it is known to have ended. */
  lives: { from: number; to: number; ends: boolean }[];
  /** The day of the first cell. */
  from: number;
  /** Its cells from that day on, as {@link toRuns} encodes them. */
  cells: string;
  /** What is known about its trades on the same days, as {@link toRuns} encodes it; "" if nothing is. */
  trades: string;
}

/** A listing or delisting. */
export interface PageEvent {
  day: number;
  symbol: string;
  event: "listing" | "relisting" | "delisting";
}

/** A change of a cell's answer, from the journal. */
export interface PageChange {
  day: number;
  symbol: string;
  kind: string;
  old_size_bytes: number | null;
  new_size_bytes: number | null;
  /** ISO 8601. */
  seen_at: string;
}

/** A day on which many symbols have a hole. */
export interface PageIncident {
  day: number;
  /** Symbols with a hole or a file. */
  expected: number;
  symbols: string[];
}

/** `data/market.js`: everything except sizes and volumes. */
export interface MarketData {
  dataset: string;
  generator: string;
  /** ISO 8601. */
  as_of: string;
  first_day: number;
  last_day: number;
  symbols: PageSymbol[];
  events: PageEvent[];
  changes: PageChange[];
  incidents: PageIncident[];
  conditions: { condition: string; from: number; to: number }[];
  /** Output of `bfa status` as of that time. */
  status: Record<string, string | number | null>;
  runs: {
    run_id: number;
    command: string;
    started_at: string;
    outcome: string;
    probes: number | null;
    failed: number | null;
  }[];
}

/** `data/symbols/NAME.js`: the file sizes and volumes of a symbol. */
export interface SymbolData {
  from: number;
  /** Bytes, day by day; 0 if there is no file, -1 if the cell was never probed. */
  sizes: number[];
  /** In whole units, day by day; 0 without a trade, -1 if unknown. Empty if all are unknown. */
  quote_volumes: number[];
}

/** `data/months/2024-03.js`: the file sizes and volumes of a month. */
export interface MonthData {
  from: number;
  /** As in {@link SymbolData}, for the symbols with a row in the month. */
  sizes: Record<string, number[]>;
  /** As in {@link SymbolData}, for the symbols with a row in the month and volumes on any day. */
  quote_volumes: Record<string, number[]>;
}

/** The file with a symbol's sizes and volumes. Characters other than A-Z, 0-9 and `_` become `~` and UTF-8 in hex. */
export function symbolPath(symbol: string): string {
  const bytes = [...new TextEncoder().encode(symbol)];
  const name = bytes.map((byte) =>
    /[A-Z0-9_]/.test(String.fromCharCode(byte)) && byte < 128
      ? String.fromCharCode(byte)
      : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return `symbols/${name.join("")}`;
}

/** The file with the sizes and volumes of the month that contains a day. */
export function monthPath(day: Day): string {
  return `months/${formatPeriod("monthly", day)}`;
}

/** Name of the page's function that its data files call. */
export const DATA_CALLBACK = "publishedData";

/** Text of a data file. It is a script because a page opened from disk can load nothing else. */
export function dataScript(path: string, data: MarketData | SymbolData | MonthData): string {
  return `${DATA_CALLBACK}(${JSON.stringify(path)},${JSON.stringify(data)});\n`;
}
