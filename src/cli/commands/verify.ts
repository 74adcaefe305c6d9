import type { CommandModule } from "yargs";
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
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { tablePieces } from "../output/table.js";

interface VerifyArguments extends FileArguments, AnswerChoice {
  folder: string;
  md5: boolean;
  db: string;
}

/** Files that are shown to a person; the other formats have all. */
const FILES_SHOWN = 20;

/** Entries that are not looked at and are named. */
const SKIPPED_SHOWN = 10;

/** `bfa verify` */
const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: "verify <folder>",
  describe: "Compare a folder of downloads with the index: missing, stale, damaged, unknown files",
  builder: (yargs) =>
    yargs
      .positional("folder", {
        describe: "the folder: laid out as the bucket, as a part of it, or flat",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("folder"),
      })
      .options({
        ...fileOptions,
        md5: {
          describe: "read the files too, and compare the part of their md5 that the index has",
          boolean: true,
          default: false,
        },
        ...answerOptions,
        db: dbOption,
      })
      .example(
        "$0 verify downloads --from 2024-01-01 --to 2024-12-31",
        "whether a year is whole; exits with 1 when not",
      )
      .example("$0 verify downloads --md5 --json --out wrong.json", "then: bfa files --from-verify wrong.json")
      .epilogue(
        "Without options the folder is compared with the whole index. Links are not followed. A file is stale when it has another size than the index says, or was written before the upload.",
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
    ...skipped.slice(0, SKIPPED_SHOWN).map(({ path, why }) => `not looked at: ${path}, ${why}`),
    ...(more > 0 ? [`not looked at: ${number(more)} more of that kind`] : []),
    ...(foreign > 0 ? [`not looked at: ${plural(foreign, "file")} of other kinds`] : []),
    ...(outside > 0 ? [`not looked at: ${plural(outside, "file")} that you did not ask about`] : []),
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
    `${number(facts.good_count)} of ${plural(facts.file_count, "file")} as the index has them`,
    ...some(facts.missing_count, "missing"),
    ...some(facts.stale_count, "stale: another size, or older than the upload"),
    ...some(facts.damaged_count, "damaged: another md5"),
    ...some(facts.incomplete_count, "incomplete: aria2 is not done with them"),
    ...some(facts.unknown_count, "unknown: not in the index"),
    ...some(facts.unchecked_count ?? 0, "of the good ones without a known md5"),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function some(count: number, what: string): string[] {
  return count === 0 ? [] : [`${number(count)} ${what}`];
}

export default verifyCommand;
