import { extname } from "node:path";
import type { Answer } from "../../text/columns.js";
import type { AnswerChoice, AnswerFormat } from "../args/answer-options.js";
import { noPaint, paintFor, printablePainted, type Paint } from "./colour.js";
import { csvPieces } from "./csv.js";
import { destinationOf, refuseTerminal, type Destination } from "./destination.js";
import { jsonPieces } from "./json.js";
import { ndjsonPieces } from "./ndjson.js";
import { tablePieces, type TableStyle } from "./table.js";
import { terminalWidth } from "./terminal-width.js";
import { writePieces, type Piece } from "./write-pieces.js";

/** Formats by file name ending. */
const ENDINGS: Readonly<Record<string, AnswerFormat>> = {
  ".txt": "table",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".parquet": "parquet",
};

/** The destination of an answer, and its format; undefined if the answer decides. */
interface Printing {
  destination: Destination;
  format: AnswerFormat | undefined;
}

/**
 * Prints an answer to stdout, or to the file that `--out` names.
 *
 * @param toText the command's own text for people, instead of a plain table of the rows; without a format, a pipe gets
 *   it too
 * @throws UsageError when the answer can't be written there or in that format.
 */
export async function printAnswer(
  answer: Answer,
  choice: AnswerChoice,
  toText?: (paint: Paint) => string,
): Promise<void> {
  const { destination, format } = planPrinting(choice);
  const isTerminal = destination.kind === "stdout" && process.stdout.isTTY;
  const chosen = format ?? (toText !== undefined || isTerminal ? "table" : "csv");
  const style = {
    width: (isTerminal && choice.wide !== true ? terminalWidth(process.stdout) : undefined) ?? Infinity,
    paint: destination.kind === "stdout" ? paintFor(process.stdout) : noPaint,
  };
  await writePieces(await piecesOf(answer, chosen, isTerminal, style, toText), destination);
}

/**
 * Decides where and how an answer will be printed. Lets long-running commands check this before they start.
 *
 * @throws UsageError when it can't be.
 */
export function planPrinting({ format, json, out }: AnswerChoice): Printing {
  const destination = destinationOf(out);
  const guessed = destination.kind === "file" ? ENDINGS[extname(destination.file).toLowerCase()] : undefined;
  const chosen = json === true ? "json" : (format ?? guessed);
  refuseTerminal(destination, chosen);
  return { destination, format: chosen };
}

async function piecesOf(
  answer: Answer,
  format: AnswerFormat,
  isTerminal: boolean,
  style: TableStyle,
  toText: ((paint: Paint) => string) | undefined,
): Promise<AsyncIterable<Piece>> {
  switch (format) {
    case "table":
      return toText === undefined ? tablePieces(answer, style) : textPieces(printablePainted(toText(style.paint)));
    case "json":
      return jsonPieces(answer, isTerminal);
    case "ndjson":
      return ndjsonPieces(answer);
    case "csv":
      return csvPieces(answer);
    case "parquet":
      return (await import("./parquet.js")).parquetPieces(answer);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- one of the generators above
async function* textPieces(text: string): AsyncGenerator<string> {
  yield text;
}
