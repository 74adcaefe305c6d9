import type { Options } from "yargs";
import { filePath } from "./readers.js";

/** Ways to print an answer. */
export const ANSWER_FORMATS = ["table", "json", "ndjson", "csv", "parquet"] as const;
export type AnswerFormat = (typeof ANSWER_FORMATS)[number];

/** Options of every command that prints an answer. */
export const answerOptions = {
  format: {
    describe: "how to print the answer",
    choices: ANSWER_FORMATS,
    requiresArg: true,
    defaultDescription: "from the extension of --out; else table on a terminal, csv in a pipe",
  },
  // No default: yargs would treat it as given, and in conflict with any --format.
  json: { describe: "short for --format json", boolean: true, conflicts: "format" },
  wide: { describe: "show every column of a table, however wide", boolean: true },
  out: {
    describe: "file to write the answer to; - is stdout",
    string: true,
    requiresArg: true,
    coerce: filePath("out"),
  },
} as const satisfies Record<string, Options>;

/** How the user wants an answer printed. */
export interface AnswerChoice {
  format: AnswerFormat | undefined;
  json: boolean | undefined;
  wide?: boolean | undefined;
  out: string | undefined;
}
