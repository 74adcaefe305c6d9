import type { Day } from "../../calendar/day.js";
import { DOWNLOAD_FORMATS, type DownloadFormatName } from "../../files/download-formats.js";
import type { FileListFacts } from "../../files/list.js";
import { number, plural } from "../../text/numbers.js";
import { bytes } from "../../text/sizes.js";
import { ANSWER_FORMATS, answerOptions, type AnswerChoice, type AnswerFormat } from "../args/answer-options.js";
import type { Reader } from "../args/command-page.js";
import { dbOption } from "../args/db-path.js";
import { fileOptions, selectionFrom, type FileArguments } from "../args/file-options.js";
import { withReader } from "../with-reader.js";
import { date, filePath, httpUrl } from "../args/readers.js";
import { conditionLines } from "../output/conditions.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { writePieces } from "../output/write-pieces.js";
import type { CommandBody } from "./command-body.js";

interface FilesArguments extends FileArguments, Omit<AnswerChoice, "format"> {
  format: AnswerFormat | DownloadFormatName | undefined;
  since: { runId: number } | { day: Day } | undefined;
  "from-verify": string | undefined;
  checksums: boolean;
  endpoint: string | undefined;
  db: string;
}

/** `bfa files` */
const filesCommand: CommandBody<FilesArguments> = {
  builder: (yargs) =>
    yargs
      .options({
        ...fileOptions,
        since: {
          describe: "only files found new, late or replaced since this run (its number in status) or this UTC day",
          string: true,
          requiresArg: true,
          coerce: sinceReader,
        },
        "from-verify": {
          describe: "only files that bfa verify found missing or wrong: its answer as JSON or CSV; - is stdin",
          string: true,
          requiresArg: true,
          coerce: filePath("from-verify"),
        },
        checksums: { describe: "list the checksum file after each file", boolean: true, default: false },
        endpoint: {
          describe: "server of the URLs",
          string: true,
          requiresArg: true,
          coerce: httpUrl("endpoint", true),
          defaultDescription: "the one that filled the database",
        },
        ...answerOptions,
        format: { ...answerOptions.format, choices: [...ANSWER_FORMATS, ...DOWNLOAD_FORMATS] },
        db: dbOption(),
      })
      .example("$0 files --date 2024-03-01 --format aria2 --out list", "then: aria2c -c -i list")
      .example("$0 files --from 2024-01-01 --quote USDT --format urls --out list", "then: wget -x -nH -N -i list")
      .example("$0 files --universe universe.csv --format curl --out list", "then: curl -K list")
      .example("$0 files --since 2024-03-01", "what a copy made at the end of February lacks now")
      .epilogue(
        "Run the tool in the download folder: paths are relative to it and the same as in the bucket, like those of aws s3 sync. bfa verify compares such a folder with the index.",
      ),
  handler: async (args) => {
    const { db, format, json, wide, out, since, checksums, endpoint } = args;
    const download = DOWNLOAD_FORMATS.find((name) => name === format);
    const choice = { format: ANSWER_FORMATS.find((name) => name === format), json, wide, out };
    const { destination } = planPrinting(choice);
    const selection = await selectionFrom(args, args["from-verify"]);
    const [{ listFiles, FILE_COLUMNS, FILE_FACTS }, { downloadPieces }] = await Promise.all([
      import("../../files/list.js"),
      import("../../files/download-formats.js"),
    ]);
    await withReader(db, async (store) => {
      const tolerated = args["allow-partial"] ?? 0;
      const { facts, rows } = await listFiles(store, { ...selection, since, checksums, endpoint, tolerated });
      for (const line of [...conditionLines(facts), ...totals(facts)]) tell(line);
      if (download !== undefined) await writePieces(downloadPieces({ facts, rows }, download), destination);
      else {
        await printAnswer({ facts, factColumns: FILE_FACTS, rowsName: "files", columns: FILE_COLUMNS, rows }, choice);
      }
    });
  },
};

function totals({ file_count: count, byte_count: size, absent_count: absent }: FileListFacts): string[] {
  return [
    `${plural(count, "file")}, ${bytes(size)}`,
    ...(absent === null || absent === 0 ? [] : [`${number(absent)} of the cells in the list have no file`]),
  ];
}

/** A run number or a UTC day. */
const sinceReader: Reader<{ runId: number } | { day: Day }> = Object.assign(
  (value: unknown) => {
    if (typeof value !== "string" || !/^\d{1,9}$/.test(value)) return { day: date("since")(value) };
    return { runId: Number(value) };
  },
  { takes: "TEXT" as const },
);

export default filesCommand;
