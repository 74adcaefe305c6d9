import { columnNames, type Answer, type CellValue, type ColumnKind } from "../../text/columns.js";
import { number } from "../../text/numbers.js";
import { printable, printableLines } from "../../text/printable.js";
import { bytes } from "../../text/sizes.js";
import { noPaint, paintWord, type Paint } from "./colour.js";
import { fitColumns } from "./fit-columns.js";
import { valueText } from "./value-text.js";

/** How a table is rendered. */
export interface TableStyle {
  /** Columns of the terminal; Infinity to show everything. */
  width: number;
  paint: Paint;
}

/** For a file or a pipe: everything, without colours. */
export const PLAIN_TABLE: TableStyle = { width: Infinity, paint: noPaint };

/** Columns whose words are coloured by their meaning. */
const PAINTED = ["condition", "outcome"];

const GAP = "  ";

/**
 * The rows as a table for people: columns separated by spaces, numbers right-aligned with thousands separators, sizes
 * in kB, control characters made visible. If it is wider than `width`, text is shortened and the last columns
 * dropped, with a note at the end. Widths depend on all rows, so only this format keeps all of them in memory.
 */
export async function* tablePieces(answer: Answer, { width, paint }: TableStyle = PLAIN_TABLE): AsyncGenerator<string> {
  if (answer.headingOnly === true && answer.heading !== undefined) {
    yield `${printableLines(answer.heading)}\n`;
    return;
  }
  const { default: stringWidth } = await import("string-width");
  const names = columnNames(answer);
  const rows: CellValue[][] = [];
  for await (const some of answer.rows) for (const row of some) rows.push(names.map((name) => row[name] ?? null));
  const columns = names.map((name, at) => {
    const kind = answer.columns[name]?.kind ?? "value";
    const cells = [printable(name), ...rows.map((row) => cellText(kind, row[at] ?? null))];
    const isNumber = typeof rows.find((row) => row[at] !== null)?.[at] === "number";
    return { name, kind, cells, isNumber, width: Math.max(...cells.map((cell) => stringWidth(cell))) };
  });
  const { widths, leftOut } = fitColumns(columns, width, GAP.length);
  const shown = columns.slice(0, widths.length);
  const line = (at: number) =>
    shown
      .map(({ name, cells, isNumber }, column) => {
        const cell = cut(cells[at] ?? "", widths[column] ?? 0, stringWidth);
        const blanks = " ".repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)));
        const painted = at === 0 ? paint("bold", cell) : PAINTED.includes(name) ? paintWord(paint, cell) : cell;
        return isNumber ? blanks + painted : painted + blanks;
      })
      .join(GAP)
      .trimEnd();
  if (answer.heading !== undefined) yield `${printableLines(answer.heading)}\n\n`;
  yield [...Array.from({ length: rows.length + 1 }, (_, at) => line(at)), ""].join("\n");
  if (leftOut > 0) {
    const missing = names.slice(-leftOut).map(printable).join(", ");
    yield `${paint("dim", `(not shown: ${missing}; --wide shows all)`)}\n`;
  }
}

function cellText(kind: ColumnKind, value: CellValue): string {
  if (value === null) return "";
  if (typeof value === "number") return kind === "bytes" ? bytes(value) : number(value);
  return printable(valueText(value));
}

/** The text, shortened to a width in columns. */
function cut(text: string, width: number, stringWidth: (text: string) => number): string {
  if (stringWidth(text) <= width) return text;
  let short = "";
  for (const char of text) {
    if (stringWidth(short + char) > width - 1) break;
    short += char;
  }
  return `${short}…`;
}
