import { columnNames, type Answer, type CellValue } from "../../text/columns.js";
import { printable, printableLines } from "../../text/printable.js";
import { valueText } from "./value-text.js";

/**
 * The rows as a table for a person: columns apart by blanks, numbers to the right, control characters made visible.
 * Widths hang on every row, so this format alone needs room for all of them.
 */
export async function* tablePieces(answer: Answer): AsyncGenerator<string> {
  const { default: Table } = await import("cli-table3");
  const names = columnNames(answer);
  const rows: CellValue[][] = [];
  for await (const some of answer.rows) for (const row of some) rows.push(names.map((name) => row[name] ?? null));
  const isNumber = (at: number) => typeof rows.find((row) => row[at] !== null)?.[at] === "number";
  const table = new Table({
    head: names.map(printable),
    colAligns: names.map((_, at) => (isNumber(at) ? "right" : "left")),
    chars: NO_RULES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  for (const row of rows) table.push(row.map((value) => printable(valueText(value))));
  if (answer.heading !== undefined) yield `${printableLines(answer.heading)}\n\n`;
  const lines = table.toString().split("\n");
  yield `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
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
