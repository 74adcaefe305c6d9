import { CELL_STATES, eachRun, eachTradeRun, type CellLetter, type MarketData } from "../src/publish/page-data.js";

/**
 * The letters of cells from the least to the most telling one: where a pixel stands for several days it has the colour of
 * the most telling. A cell in a matrix is the letter's place in this list.
 */
export const LETTERS = ["m", "u", "a", "f", "p", "w", "h", "r", "l", "x"] as const satisfies readonly CellLetter[];

/** Place of the cells that were never probed. */
export const NOT_PROBED = LETTERS.indexOf("u");

/** Words for a cell, by its place in {@link LETTERS}. */
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

/** Every cell of a publication: a row a symbol, a column a day. */
export interface CellMatrix {
  from: number;
  days: number;
  cells: Uint8Array;
}

/** Reads the cells of all symbols. */
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

/** Every day's trades: a row a symbol, a column a day, 1 where the symbol was traded; undefined when no volumes are known. */
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

/** Whether a cell in this place of {@link LETTERS} has a file. */
export const HAS_FILE: readonly boolean[] = LETTERS.map((letter) => "aflrp".includes(letter));

/** How many symbols had a file, day by day. */
export function filesByDay(matrix: CellMatrix, rows: readonly number[]): number[] {
  return countByDay(matrix, rows, (cell) => HAS_FILE[cell] === true);
}

/** How many symbols were traded, day by day. */
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
