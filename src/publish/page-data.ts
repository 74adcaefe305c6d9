/*
 * The data of a publication's page: what `publish` writes and the page reads. Days are numbers of days since 1970-01-01,
 * as everywhere in the code. This file is part of the page too: it reaches nothing of Node's.
 */

/** What can be said of a cell, by the letter that stands for it. */
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

/** What is known of a cell that has a row. */
export interface CellFacts {
  available: boolean;
  /** Size of the file, bytes; 0 without one. */
  size: number;
  /** Whether the day's bar counts a trade; undefined when that is not known. */
  isTraded: boolean | undefined;
  /** Whether it was probed too early to be believed. */
  isProvisional: boolean;
  /** Whether it lies inside a life of its symbol. */
  isInLife: boolean;
  /** The last change of its believed answer, if there was one. */
  change: string | undefined;
}

/**
 * What the calendar shows of a cell. What happened to a file says more than that it is there.
 *
 * @param flatBelow bytes below which a file is flat, where trades aren't known
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

/** The letter for what is known of the trades of a symbol on a day. */
export const TRADE_LETTERS = { traded: "t", "not traded": "n", "not known": "u" } as const;

export type TradeLetter = (typeof TRADE_LETTERS)[keyof typeof TRADE_LETTERS];

/** Letters of consecutive days as runs: `aaau` is `a3u1`. */
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

/** Calls back for each run of a text that {@link toRuns} made of cells. */
export function eachRun(runs: string, onRun: (letter: CellLetter, length: number) => void): void {
  for (const [letter, length] of runsIn(runs)) onRun(letter as CellLetter, length);
}

/** Calls back for each run of a text that {@link toRuns} made of trades. */
export function eachTradeRun(runs: string, onRun: (letter: TradeLetter, length: number) => void): void {
  for (const [letter, length] of runsIn(runs)) onRun(letter as TradeLetter, length);
}

function runsIn(runs: string): [string, number][] {
  return Array.from(runs.matchAll(/([a-z])(\d+)/g), ([, letter = "", length]) => [letter, Number(length)]);
}

/** A symbol of the page. */
export interface PageSymbol {
  symbol: string;
  class: string;
  quote: string;
  /** What the exchange says that it is on, such as `COIN`; "" when no capture is known that has it. */
  underlying: string;
  /** From the first to the last file of each contract that had the name; whether it is known to have ended. */
  lives: { from: number; to: number; ends: boolean }[];
  /** The day of the first cell. */
  from: number;
  /** Its cells from there on, as {@link toRuns} writes them. */
  cells: string;
  /** What is known of its trades on the same days, as {@link toRuns} writes them; "" when that is nothing. */
  trades: string;
}

/** A contract that came to market or left it. */
export interface PageEvent {
  day: number;
  symbol: string;
  event: "listing" | "relisting" | "delisting";
}

/** A believed answer that changed. */
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
  /** Symbols that have a hole or a file. */
  expected: number;
  symbols: string[];
}

/** `data/market.js`: everything but sizes and volumes. */
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
  /** What `bfa status` says, as of then. */
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

/** `data/symbols/NAME.js`: the sizes of a symbol's files, and its volumes. */
export interface SymbolData {
  from: number;
  /** Bytes, day by day; 0 where there is no file, -1 where nothing was probed. */
  sizes: number[];
  /** In whole units, day by day; 0 without a trade, -1 where they are not known. None when no day's is known. */
  quote_volumes: number[];
}

/** `data/months/2024-03.js`: the sizes of a month's files, and the volumes. */
export interface MonthData {
  from: number;
  /** As of {@link SymbolData}, for the symbols that have a row in the month. */
  sizes: Record<string, number[]>;
  /** As of {@link SymbolData}, for the symbols that have a row in the month and volumes on some day. */
  quote_volumes: Record<string, number[]>;
}

/** The file with a symbol's sizes and volumes. Other characters than capitals, digits and `_` become `~` and their UTF-8 in hexadecimal. */
export function symbolPath(symbol: string): string {
  const bytes = [...new TextEncoder().encode(symbol)];
  const name = bytes.map((byte) =>
    /[A-Z0-9_]/.test(String.fromCharCode(byte)) && byte < 128
      ? String.fromCharCode(byte)
      : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return `symbols/${name.join("")}`;
}

/** The file with a month's sizes and volumes, of any day in it. */
export function monthPath(day: number): string {
  return `months/${new Date(day * 86_400_000).toISOString().slice(0, 7)}`;
}

/** Name of the function that the page has its data files call. */
export const DATA_CALLBACK = "publishedData";

/** Text of a data file: a script, since a page that is opened as a file may read no other. */
export function dataScript(path: string, data: MarketData | SymbolData | MonthData): string {
  return `${DATA_CALLBACK}(${JSON.stringify(path)},${JSON.stringify(data)});\n`;
}
