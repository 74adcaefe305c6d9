import type { CommandModule, InferredOptionTypes } from "yargs";
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

const pullOptions = { ...answerOptions, db: dbOption, ca: caOption, wait: waitOption };

type PullArguments = InferredOptionTypes<typeof pullOptions> & { source: string };

const FACTS = {
  source: column("text", "the publication, as it was named"),
  file: column("text", "the database"),
  row_count: column("count", "cells that have a row"),
  bytes: column("bytes", "size of the publication's database"),
  fetched_bytes: column("bytes", "bytes of it that this command fetched; an interrupted one had the others"),
};

const COLUMNS = { notice: column("text", "what the user should know of the database") };

/** `bfa pull` */
const pullCommand: CommandModule<object, PullArguments> = {
  command: "pull <source>",
  describe: "Take what somebody published as a database, and go on from there",
  builder: (yargs) =>
    yargs
      .positional("source", {
        describe: "URL or folder of what bfa publish wrote",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("source"),
      })
      .options(pullOptions)
      .example("$0 pull https://example.org/index && $0 update", "the whole history without probing it")
      .epilogue(
        "It is verified by the manifest. A database that is there is replaced, unless it knows something that the publication lacks. Interrupted, the next pull goes on.",
      ),
  handler: async ({ source, db, ca, wait = 0, ...choice }) => {
    planPrinting(choice);
    if (/^http:/i.test(source)) {
      tell(`${maskedUrl(source)} is not encrypted: what it answers can be forged on the way`);
    }
    const { pull } = await import("../../publish/pull.js");
    const pulled = await interruptible(
      (signal) => pull(source, db, { ca, waitMs: wait * 1000, signal }),
      (signal) => {
        tell(`${signal}: ending; the next pull goes on`);
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
