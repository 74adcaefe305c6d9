import type { Answer } from "../../text/columns.js";
import { printableJson } from "../../text/printable.js";

/**
 * The answer as one JSON object, in pieces: its facts, then its rows under their name.
 *
 * @param pretty indented by two spaces for a person; otherwise on one line
 */
export async function* jsonPieces(answer: Answer, pretty: boolean): AsyncGenerator<string> {
  const [line, inside, gap] = pretty ? ["\n  ", "\n    ", " "] : ["", "", ""];
  const json = (value: unknown, indent: string) =>
    printableJson(pretty ? JSON.stringify(value, undefined, 2).replaceAll("\n", indent) : JSON.stringify(value));
  let start = "{";
  for (const [name, value] of Object.entries(answer.facts)) {
    if (value === undefined) continue;
    start += `${line}${json(name, line)}:${gap}${json(value, line)},`;
  }
  yield `${start}${line}${JSON.stringify(answer.rowsName)}:${gap}[`;
  let separator = inside;
  for await (const rows of answer.rows) {
    let piece = "";
    for (const row of rows) {
      piece += separator + json(row, inside);
      separator = `,${inside}`;
    }
    yield piece;
  }
  const empty = separator === inside;
  yield `${empty ? "" : line}]${pretty ? "\n" : ""}}\n`;
}
