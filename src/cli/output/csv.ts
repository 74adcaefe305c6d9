import { columnNames, type Answer, type CellValue, type Column } from "../../text/columns.js";
import { printableField } from "../../text/printable.js";
import { valueText } from "./value-text.js";

/** Text that needs no quotes under RFC 4180, and that no spreadsheet or terminal interprets. */
const PLAIN = /^[\p{L}\p{N}_][^",\p{C}\p{Zl}\p{Zp}]*$/u;

/** The same for ASCII, which covers nearly everything: Unicode character classes take four times as long. */
const PLAIN_ASCII = /^[A-Za-z0-9_][ !#-+\-./0-~]*$/;

const OPTIONS = { escape_formulas: true, quoted_match: /\r/, eof: false };

/**
 * The rows as CSV (RFC 4180) with a header. Text that a spreadsheet would take for a formula is prefixed with a quote,
 * and control characters are made visible. Null is empty; for lists and objects see {@link valueText}.
 */
export async function* csvPieces(answer: Answer): AsyncGenerator<string> {
  const { stringify } = await import("csv-stringify/sync");
  /** csv-stringify takes ten times as long, so it only handles unusual values. */
  const field = (value: CellValue): string => {
    if (value === null) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    const text = valueText(value);
    return PLAIN_ASCII.test(text) || PLAIN.test(text) ? text : stringify([[printableField(text)]], OPTIONS);
  };
  const names = columnNames(answer);
  yield `${names.map(field).join(",")}\n`;
  const fields = names.map((name) => ({ name, isMoment: isMoment(answer.columns[name]) }));
  for await (const rows of answer.rows) {
    let piece = "";
    for (const row of rows) {
      let separator = "";
      for (const { name, isMoment } of fields) {
        const value = row[name] ?? null;
        piece += separator + (isMoment && isPlainMoment(value) ? value : field(value));
        separator = ",";
      }
      piece += "\n";
    }
    yield piece;
  }
}

function isMoment(column: Column | undefined): boolean {
  return column?.kind === "date" || column?.kind === "time";
}

/** Whether a date or time can be written as it is: all can but `-infinity`. */
function isPlainMoment(value: CellValue): value is string {
  return typeof value === "string" && !value.startsWith("-");
}
