import type { InferredOptionTypes } from "yargs";
import type { Pulled } from "../../publish/pull.js";
import { column, type Answer } from "../../text/columns.js";
import { plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { maskedUrl } from "../../text/secrets.js";
import { bytes } from "../../text/sizes.js";
import { answerOptions } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { nonEmpty } from "../args/readers.js";
import { caOption, waitOption } from "../args/run-options.js";
import { interruptible } from "../interrupt.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import type { CommandBody } from "./command-body.js";

function pullOptions() {
  return { ...answerOptions, db: dbOption(), ca: caOption(), wait: waitOption };
}

type PullArguments = InferredOptionTypes<ReturnType<typeof pullOptions>> & { source: string };

const FACTS = {
  source: column("text", "the publication as given"),
  file: column("text", "the database"),
  row_count: column("count", "cells with a row"),
  bytes: column("bytes", "size of the publication's database"),
  fetched_bytes: column(
    "bytes",
    "bytes that this command fetched; less than `bytes` if it resumed an interrupted pull",
  ),
};

const COLUMNS = { notice: column("text", "something to know about the database") };

/** `bfa pull` */
const pullCommand: CommandBody<PullArguments> = {
  builder: (yargs) =>
    yargs
      .positional("source", {
        describe: "URL or folder of a publication written by bfa publish",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("source"),
      })
      .options(pullOptions())
      .example("$0 pull https://example.org/index && $0 update", "the whole history without probing it")
      .epilogue(
        "The download is verified against the manifest. The rows of an existing database are replaced, unless it knows something that the publication lacks. Your own tables and views stay. An interrupted pull is resumed by the next one.",
      ),
  handler: async ({ source, db, ca, wait = 0, ...choice }) => {
    planPrinting(choice);
    if (/^http:/i.test(source)) {
      tell(`${maskedUrl(source)} is not encrypted: its answers can be forged in transit`);
    }
    const { pull } = await import("../../publish/pull.js");
    const pulled = await interruptible(
      (signal) => pull(source, db, { ca, waitMs: wait * 1000, signal }),
      (signal) => {
        tell(`${signal}: stopping; the next pull resumes`);
      },
    );
    for (const notice of pulled.notices) tell(notice);
    await printAnswer(answerOf(pulled), choice, () => pulledText(pulled));
  },
};

function answerOf({ notices, ...facts }: Pulled): Answer {
  return {
    facts,
    factColumns: FACTS,
    rowsName: "notices",
    columns: COLUMNS,
    rows: [notices.map((notice) => ({ notice }))],
  };
}

function pulledText({ source, file, row_count, ...pulled }: Pulled): string {
  return `${plural(row_count, "row")} of ${printable(source)} in ${printable(file)}, ${bytes(pulled.fetched_bytes)} fetched\n`;
}

export default pullCommand;
