import { columnNames, type Answer, type CellValue } from "../../text/columns.js";
import { printableField } from "../../text/printable.js";
import { valueText } from "./value-text.js";

/** A text that RFC 4180 writes as it is, that no spreadsheet takes for a formula and no terminal for a command. */
const PLAIN = /^[\p{L}\p{N}_][^",\p{C}\p{Zl}\p{Zp}]*$/u;

/** Such texts of ASCII alone, which are nearly all: looking for classes of characters takes four times as long. */
const PLAIN_ASCII = /^[A-Za-z0-9_][ !#-+\-./0-~]*$/;

const OPTIONS = { escape_formulas: true, quoted_match: /\r/, eof: false };

/**
 * The rows as RFC 4180 has them, with a header. A text that a spreadsheet would take for a formula gets a quote before
 * it, and control characters are made visible. None is empty; of lists and objects see {@link valueText}.
 */
export async function* csvPieces(answer: Answer): AsyncGenerator<string> {
  const { stringify } = await import("csv-stringify/sync");
  /** By csv-stringify what is unusual: it takes ten times as long. */
  const field = (value: CellValue): string => {
    if (value === null) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    const text = valueText(value);
    return PLAIN_ASCII.test(text) || PLAIN.test(text) ? text : stringify([[printableField(text)]], OPTIONS);
  };
  const names = columnNames(answer);
  yield `${names.map(field).join(",")}\n`;
  for await (const rows of answer.rows) {
    let piece = "";
    for (const row of rows) {
      let separator = "";
      for (const name of names) {
        piece += separator + field(row[name] ?? null);
        separator = ",";
      }
      piece += "\n";
    }
    yield piece;
  }
}
