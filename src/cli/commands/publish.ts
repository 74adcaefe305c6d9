import type { Publication } from "../../publish/publish.js";
import { column, type Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { bytes } from "../../text/sizes.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { nonEmpty } from "../args/readers.js";
import { interruptible } from "../interrupt.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import type { CommandBody } from "./command-body.js";

interface PublishArguments extends AnswerChoice {
  folder: string;
  db: string;
}

const FACTS = {
  folder: column("text", "the folder as given"),
  as_of: column("time", "last instant that the database covers"),
  first_date: column("date", "first day with rows that has ended"),
  last_date: column("date", "last such day"),
  row_count: column("count", "cells with a row"),
  symbol_count: column("count", "known symbols"),
  file_count: column("count", "files in the publication, except its manifest"),
  bytes: column("bytes", "their total size"),
  written_count: column("count", "files that are new or have changed"),
  unchanged_count: column("count", "files that are the same as in the previous publication"),
  removed_count: column("count", "files of the previous publication that were removed"),
};

const COLUMNS = {
  path: column("text", "a file that is new, changed or removed"),
  change: column("text", "`written` or `removed`"),
};

/** `bfa publish` */
const publishCommand: CommandBody<PublishArguments> = {
  builder: (yargs) =>
    yargs
      .positional("folder", {
        describe: "a folder that doesn't exist, is empty, or contains a publication",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("folder"),
      })
      .options({ ...answerOptions, db: dbOption() })
      .example("$0 publish public", "open public/index.html, or serve the folder")
      .example("$0 publish public && rclone sync public remote:bucket/index", "to a bucket; skips unchanged files")
      .epilogue(
        "The folder appears under its name once it is complete. The same rows always give the same bytes. Its LICENSE-DATA states the terms for using the data: CC BY-NC-SA 4.0.",
      ),
  handler: async ({ folder, db, ...choice }) => {
    planPrinting(choice);
    const { publish } = await import("../../publish/publish.js");
    const publication = await interruptible(
      (signal) => publish(db, folder, { signal }),
      (signal) => {
        tell(`${signal}: stopping; the previous publication is kept`);
      },
    );
    await printAnswer(answerOf(publication), choice, () => publicationText(publication));
  },
};

function answerOf({ written, removed, unchanged_count, ...publication }: Publication): Answer {
  const { folder, as_of, first_date, last_date, row_count, symbol_count, file_count } = publication;
  return {
    facts: {
      ...{ folder, as_of, first_date, last_date, row_count, symbol_count, file_count, bytes: publication.bytes },
      ...{ written_count: written.length, unchanged_count, removed_count: removed.length },
    },
    factColumns: FACTS,
    rowsName: "files",
    columns: COLUMNS,
    rows: [
      [
        ...written.map((path) => ({ path, change: "written" })),
        ...removed.map((path) => ({ path, change: "removed" })),
      ],
    ],
  };
}

function publicationText({ folder, first_date, last_date, ...publication }: Publication): string {
  const { written, removed, unchanged_count, file_count, row_count } = publication;
  const changes = `${number(written.length)} written, ${number(unchanged_count)} unchanged, ${number(removed.length)} removed`;
  return `${plural(row_count, "row")}, ${first_date} to ${last_date}, published in ${printable(folder)}
${plural(file_count, "file")}, ${bytes(publication.bytes)}: ${changes}
`;
}

export default publishCommand;
