import { CELL_STATES, eachRun, eachTradeRun, type CellLetter, type MarketData } from "../src/publish/page-data.js";

/**
 * The letters of cells, from least to most important: a pixel that covers several days has the colour of the most
 * important one. In a matrix, a cell is the letter's index in this list.
 */
export const LETTERS = ["m", "u", "a", "f", "p", "w", "h", "r", "l", "x"] as const satisfies readonly CellLetter[];

/** Index of the letter for cells that were never probed. */
export const NOT_PROBED = LETTERS.indexOf("u");

/** Descriptions of cells, by letter. */
export const STATE_WORDS: Readonly<Record<CellLetter, string>> = {
  ...CELL_STATES,
  f: "flat, nothing traded",
  l: "came late",
  r: "replaced since",
  p: "available, provisional",
  w: "no file yet, provisional",
  h: "hole",
  x: "removed since",
  m: "no file, outside its life",
  u: "not probed",
};

/** All cells of a publication: one row per symbol, one column per day. */
export interface CellMatrix {
  from: number;
  days: number;
  cells: Uint8Array;
}

/** Decodes the cells of all symbols. */
export function decodeCells({ symbols, first_day, last_day }: MarketData): CellMatrix {
  const days = last_day - first_day + 1;
  const cells = new Uint8Array(symbols.length * days).fill(NOT_PROBED);
  symbols.forEach(({ from, cells: runs }, row) => {
    let at = row * days + from - first_day;
    eachRun(runs, (letter, length) => {
      cells.fill(LETTERS.indexOf(letter), at, at + length);
      at += length;
    });
  });
  return { from: first_day, days, cells };
}

/** Trades by symbol (row) and day (column): 1 if the symbol was traded. Undefined if no volumes are known. */
export function decodeTrades({ symbols, first_day, last_day }: MarketData): CellMatrix | undefined {
  if (symbols.every(({ trades }) => trades === "")) return undefined;
  const days = last_day - first_day + 1;
  const cells = new Uint8Array(symbols.length * days);
  symbols.forEach(({ from, trades }, row) => {
    let at = row * days + from - first_day;
    eachTradeRun(trades, (letter, length) => {
      if (letter === "t") cells.fill(1, at, at + length);
      at += length;
    });
  });
  return { from: first_day, days, cells };
}

/** Whether a cell has a file, by index in {@link LETTERS}. */
export const HAS_FILE: readonly boolean[] = LETTERS.map((letter) => "aflrp".includes(letter));

/** Number of symbols with a file, day by day. */
export function filesByDay(matrix: CellMatrix, rows: readonly number[]): number[] {
  return countByDay(matrix, rows, (cell) => HAS_FILE[cell] === true);
}

/** Number of traded symbols, day by day. */
export function tradedByDay(trades: CellMatrix, rows: readonly number[]): number[] {
  return countByDay(trades, rows, (cell) => cell === 1);
}

function countByDay({ days, cells }: CellMatrix, rows: readonly number[], counts: (cell: number) => boolean): number[] {
  const byDay = Array<number>(days).fill(0);
  for (const row of rows) {
    for (let day = 0; day < days; day++) {
      if (counts(cells[row * days + day] ?? NOT_PROBED)) byDay[day] = (byDay[day] ?? 0) + 1;
    }
  }
  return byDay;
}
