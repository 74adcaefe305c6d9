import type { Answer } from "../../text/columns.js";
import { printableJson } from "../../text/printable.js";

/** The rows as JSON objects, one per line. */
export async function* ndjsonPieces({ rows }: Answer): AsyncGenerator<string> {
  for await (const some of rows) {
    let piece = "";
    for (const row of some) piece += `${printableJson(JSON.stringify(row))}\n`;
    yield piece;
  }
}
