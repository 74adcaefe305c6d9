import { printable } from "../../text/printable.js";

/** Ways to print rows. */
export const FORMATS = ["table", "json", "ndjson", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** A value of a row; dates without a time are texts. */
export type Cell = string | number | boolean | null | Date;

/** The format asked for, or what suits stdout: a table for a person, csv for a program or a file. */
export function chosenFormat(format: Format | undefined): Format {
  return format ?? (process.stdout.isTTY ? "table" : "csv");
}

/**
 * Prints rows on stdout. All rows have the same columns; `columns` names them, so that no rows still have a header.
 *
 * json: one array; ndjson: one object a line; csv: RFC 4180 with a header, and a quote before what a spreadsheet would
 * take for a formula. Times are ISO 8601 in UTC; null is empty in tables and csv.
 */
export async function printRows<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
  format: Format,
): Promise<void> {
  process.stdout.write(await renderRows(columns, rows, format));
}

async function renderRows<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
  format: Format,
): Promise<string> {
  const cells = rows.map((row) => columns.map((column) => plain(row[column] as Cell)));
  const records = () => cells.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  switch (format) {
    case "json":
      return `${JSON.stringify(records(), undefined, 2)}\n`;
    case "ndjson":
      return records()
        .map((record) => `${JSON.stringify(record)}\n`)
        .join("");
    case "csv": {
      const { stringify } = await import("csv-stringify/sync");
      return stringify([[...columns], ...cells], { escape_formulas: true, cast: { boolean: String } });
    }
    case "table":
      return await renderTable(columns, cells);
  }
}

async function renderTable(columns: readonly string[], rows: readonly (string | number | boolean | null)[][]) {
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: columns.map((name) => printable(name)),
    colAligns: columns.map((_, index) => (typeof rows[0]?.[index] === "number" ? "right" : "left")),
    chars: NO_RULES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  table.push(...rows.map((row) => row.map((cell) => (cell === null ? "" : printable(String(cell))))));
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Columns apart by blanks alone, so that a table can be read, cut and compared. */
const NO_RULES = Object.fromEntries(
  [
    ["top", "bottom", "left", "right"],
    ["top-mid", "top-left", "top-right", "bottom-mid", "bottom-left", "bottom-right"],
    ["left-mid", "mid", "mid-mid", "right-mid", "middle"],
  ]
    .flat()
    .map((name) => [name, ""]),
);

function plain(cell: Cell): string | number | boolean | null {
  return cell instanceof Date ? `${cell.toISOString().slice(0, 19)}Z` : cell;
}
