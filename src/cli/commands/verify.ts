import type { Verification, VerificationFacts } from "../../files/verify.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import type { Answer } from "../../text/columns.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { fileOptions, selectionFrom, type FileArguments } from "../args/file-options.js";
import { withReader } from "../with-reader.js";
import { nonEmpty } from "../args/readers.js";
import { EXIT } from "../exit.js";
import { interruptible } from "../interrupt.js";
import { conditionLines } from "../output/conditions.js";
import { nonzero, tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { tablePieces } from "../output/table.js";
import type { CommandBody } from "./command-body.js";

interface VerifyArguments extends FileArguments, AnswerChoice {
  folder: string;
  md5: boolean;
  db: string;
}

/** Maximum number of files shown as text; the other formats have all. */
const FILES_SHOWN = 20;

/** Maximum number of skipped entries that are named. */
const SKIPPED_SHOWN = 10;

/** `bfa verify` */
const verifyCommand: CommandBody<VerifyArguments> = {
  builder: (yargs) =>
    yargs
      .positional("folder", {
        describe: "the folder: laid out like the bucket or a part of it, or flat",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("folder"),
      })
      .options({
        ...fileOptions,
        md5: {
          describe: "also read the files and compare their md5, as far as the index knows it",
          boolean: true,
          default: false,
        },
        ...answerOptions,
        db: dbOption(),
      })
      .example(
        "$0 verify downloads --from 2024-01-01 --to 2024-12-31",
        "checks that a year is complete; exits with 1 if not",
      )
      .example("$0 verify downloads --md5 --json --out wrong.json", "then: bfa files --from-verify wrong.json")
      .epilogue(
        "Without options, the folder is compared with the whole index. Links are not followed. A file is stale if its size differs from the index, or if it was written before the upload.",
      ),
  handler: async (args) => {
    const { db, folder, md5, format, json, wide, out } = args;
    const choice = { format, json, wide, out };
    planPrinting(choice);
    const selection = await selectionFrom(args);
    const { verifyFolder, VERIFIED_COLUMNS, VERIFICATION_FACTS } = await import("../../files/verify.js");
    const tolerated = args["allow-partial"] ?? 0;
    const verification = await interruptible(
      (signal) => withReader(db, (store) => verifyFolder(store, folder, { ...selection, md5, tolerated, signal })),
      () => undefined,
    );
    const { facts, rows } = verification;
    for (const line of [...conditionLines(facts), ...skippedLines(facts)]) tell(line);
    const answer: Answer<VerificationFacts> = {
      ...{ facts, factColumns: VERIFICATION_FACTS, rowsName: "files", columns: VERIFIED_COLUMNS, rows: [rows] },
    };
    const shown = await verificationText(verification, answer);
    await printAnswer(answer, choice, () => shown);
    if (facts.outcome === "wrong") process.exitCode = EXIT.failed;
  },
};

function skippedLines({ skipped, foreign_count: foreign, outside_count: outside }: VerificationFacts): string[] {
  const more = skipped.length - SKIPPED_SHOWN;
  return [
    ...skipped.slice(0, SKIPPED_SHOWN).map(({ path, why }) => `not checked: ${path}, ${why}`),
    ...(more > 0 ? [`not checked: ${number(more)} more of these`] : []),
    ...(foreign > 0 ? [`not checked: ${plural(foreign, "file")} of other kinds`] : []),
    ...(outside > 0 ? [`not checked: ${plural(outside, "file")} outside the selection`] : []),
  ];
}

async function verificationText({ facts, rows }: Verification, answer: Answer): Promise<string> {
  const table: string[] = [];
  if (rows.length > 0) {
    for await (const piece of tablePieces({ ...answer, rows: [rows.slice(0, FILES_SHOWN)] })) table.push(piece);
  }
  const more = rows.length - FILES_SHOWN;
  return `${countsText(facts)}${table.join("")}${more > 0 ? `and ${number(more)} more\n` : ""}`;
}

function countsText(facts: VerificationFacts): string {
  const lines = [
    `${number(facts.good_count)} of ${plural(facts.file_count, "file")} match the index`,
    ...nonzero(facts.missing_count, "missing"),
    ...nonzero(facts.stale_count, "stale: different size, or older than the upload"),
    ...nonzero(facts.damaged_count, "damaged: different md5"),
    ...nonzero(facts.incomplete_count, "incomplete: aria2 hasn't finished them"),
    ...nonzero(facts.unknown_count, "unknown: not in the index"),
    ...nonzero(facts.unchecked_count ?? 0, "of the matching ones without a known md5"),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

export default verifyCommand;
