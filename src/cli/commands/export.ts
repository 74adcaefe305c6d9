import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Day } from "../../calendar/day.js";
import { UsageError } from "../../errors.js";
import type { ExportedFile, ExportFormat, ExportKind, ExportOptions } from "../../query/export.js";
import { makeTemporaryFolder } from "../../store/temporary-folder.js";
import { column } from "../../text/columns.js";
import { plural } from "../../text/numbers.js";
import { bytes } from "../../text/sizes.js";
import { dbOption } from "../args/db-path.js";
import { date, filePath, nonEmpty, symbolList } from "../args/readers.js";
import { destinationOf, refuseTerminal, type Destination } from "../output/destination.js";
import { tell } from "../output/line.js";
import { printAnswer } from "../output/print-answer.js";
import { writePieces } from "../output/write-pieces.js";
import type { CommandBody } from "./command-body.js";

interface ExportArguments {
  what: ExportKind;
  format: ExportFormat | undefined;
  out: string;
  from: Day | undefined;
  to: Day | undefined;
  symbols: string[] | undefined;
  quote: string | undefined;
  json: boolean;
  db: string;
}

const FORMATS = ["parquet", "csv"] as const;

/** What can be exported. Copied from the library, because importing it would load DuckDB. */
const EXPORTS = ["rows", "rankings"] as const satisfies readonly ExportKind[];

/** What `--json` reports about the file. */
const COLUMNS = {
  file: column("text", "the file as given"),
  format: column("text", "`csv` or `parquet`"),
  row_count: column("count", "rows written"),
  bytes: column("bytes", "size of the file"),
};

/** `bfa export` */
const exportCommand: CommandBody<ExportArguments> = {
  builder: (yargs) =>
    yargs
      .positional("what", {
        describe: "rows of daily_availability, or rankings by quote volume",
        type: "string",
        choices: EXPORTS,
        default: "rows" as const,
      })
      .options({
        format: {
          describe: "format of the file",
          choices: FORMATS,
          requiresArg: true,
          defaultDescription: "from the extension of --out",
        },
        out: {
          describe: "file to write; - is stdout",
          string: true,
          requiresArg: true,
          demandOption: true,
          coerce: filePath("out"),
        },
        from: {
          describe: "first UTC day",
          string: true,
          requiresArg: true,
          coerce: date("from"),
          defaultDescription: "the first in the database",
        },
        to: {
          describe: "last UTC day",
          string: true,
          requiresArg: true,
          coerce: date("to"),
          defaultDescription: "the last in the database",
        },
        symbols: {
          describe: "symbols, separated by commas",
          string: true,
          requiresArg: true,
          coerce: symbolList("symbols"),
        },
        quote: {
          describe: "only symbols with this quote asset; rankings rank only these",
          string: true,
          requiresArg: true,
          defaultDescription: "all; USDT for rankings",
          coerce: nonEmpty("quote"),
        },
        json: { describe: "report what was written as JSON on stdout", boolean: true, default: false },
        db: dbOption(),
      })
      .example("$0 export --out availability.parquet", "all rows, for pandas, polars and others")
      .example(
        "$0 export --from 2024-01-01 --to 2024-12-31 --quote USDT --out 2024.csv",
        "one year and one quote asset",
      )
      .example("$0 export rankings --out rankings.parquet", "daily ranks by volume, with their changes")
      .epilogue(
        `Rankings have 13 columns: date, symbol, rank (1 has the highest quote volume; equal volumes share a rank),
quote_volume_usdt, trade_count, rank_change_1d, _7d, _14d and _30d (the rank minus the rank that many calendar days
earlier; empty if there was none), percentile (0 is the highest volume, 100 the lowest), market_share_pct,
days_available (days with a bar in the last 30) and generation_timestamp. Rankings are refused while the volumes of any
file are unknown.`,
      ),
  handler: async ({ db, json, format, out, ...filter }) => {
    const destination = destinationOf(out);
    if (json && destination.kind === "stdout")
      throw new UsageError("--json and the rows can't both be written to stdout");
    const chosen = format ?? formatOf(out);
    refuseTerminal(destination, chosen);
    const written = { ...(await exportTo(destination, db, { ...filter, format: chosen })), file: out };
    if (json) {
      const answer = { facts: {}, rowsName: "files", columns: COLUMNS, rows: [[written]] };
      await printAnswer(answer, { format: "json", json: undefined, out: undefined });
    } else {
      tell(`${plural(written.row_count, "row")} written to ${out}, ${bytes(written.bytes)}`);
      if (written.row_count === 0) tell("no rows: the database has none for these days up to yesterday");
    }
  },
};

function formatOf(out: string): ExportFormat {
  const ending = extname(out).slice(1).toLowerCase();
  const format = FORMATS.find((format) => format === ending);
  if (format === undefined) throw new UsageError(`give --format: --out ${out} ends in neither .parquet nor .csv`);
  return format;
}

/** DuckDB always writes a file, whatever the destination. */
async function exportTo(
  destination: Destination,
  db: string,
  options: Omit<ExportOptions, "out">,
): Promise<ExportedFile> {
  const { exportRows } = await import("../../query/export.js");
  if (destination.kind === "file") {
    return await exportRows(db, { ...options, out: destination.file });
  }
  const temporary = makeTemporaryFolder(tmpdir());
  try {
    const path = join(temporary.path, "rows");
    const written = await exportRows(db, { ...options, out: path });
    await writePieces(createReadStream(path), destination);
    return written;
  } finally {
    temporary.remove();
  }
}

export default exportCommand;
