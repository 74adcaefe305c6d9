import type { RunRow, Status, StatusFacts } from "../../query/status.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { bytes } from "../../text/sizes.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { withReader } from "../with-reader.js";
import { wholeNumber } from "../args/readers.js";
import { EXIT } from "../exit.js";
import { paintWord, type Paint } from "../output/colour.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import type { CommandBody } from "./command-body.js";

interface StatusArguments extends AnswerChoice {
  db: string;
  check: boolean;
  "max-age": number | undefined;
}

const HOUR_MS = 3_600_000;

/** Maximum number of announced delistings shown. */
const DELISTINGS_SHOWN = 10;

/** `bfa status` */
const statusCommand: CommandBody<StatusArguments> = {
  builder: (yargs) =>
    yargs
      .options({
        check: {
          describe: "exit with 1 and give the reasons if the database needs attention",
          boolean: true,
          default: false,
        },
        "max-age": {
          describe: "maximum age of the last whole update, hours",
          string: true,
          requiresArg: true,
          implies: "check",
          coerce: wholeNumber("max-age", 1, 100_000),
          defaultDescription: "36",
        },
        ...answerOptions,
        db: dbOption(),
      })
      .example("$0 status --check", "for monitoring: exits with 0 if all is well")
      .epilogue(
        "--check fails when the last whole update is too old, when cells older than that were never probed, or when a\nsweep is overdue.",
      ),
  handler: async ({ db, check, "max-age": maxAge, ...choice }) => {
    planPrinting(choice);
    const [{ status }, { staleness, DEFAULT_MAX_AGE_MS }] = await Promise.all([
      import("../../query/status.js"),
      import("../../check/freshness.js"),
    ]);
    const now = Date.now();
    const { answer, reasons } = await withReader(db, async (store) => {
      const found = await status(store, now);
      const maxAgeMs = maxAge === undefined ? DEFAULT_MAX_AGE_MS : maxAge * HOUR_MS;
      return { answer: found, reasons: check ? await staleness(store, found, maxAgeMs, now) : [] };
    });
    await printAnswer(answer, choice, (paint) => statusText(answer, now, paint));
    for (const reason of reasons) tell(reason);
    if (reasons.length > 0) process.exitCode = EXIT.failed;
  },
};

function statusText({ facts, rows }: Status, now: number, paint: Paint): string {
  const { discovered_at } = facts;
  const listed =
    discovered_at === null
      ? "the bucket has never been listed"
      : `the bucket was last listed ${timeText(discovered_at)}`;
  const lines = [
    `file      ${printable(facts.file)}, ${bytes(facts.bytes)}`,
    `rows      ${number(facts.row_count)}`,
    `days      ${daysText(facts)}`,
    `symbols   ${number(facts.symbol_count)}; ${listed}`,
    ...contractsLines(facts),
    `due       ${dueText(facts)}`,
    ...facts.conditions.map(
      ({ condition, from, to }, index) =>
        `${index === 0 ? "last days" : "         "} ${from === to ? from : `${from} to ${to}`} ${paintWord(paint, condition)}`,
    ),
    `sweep     ${sweepText(facts, now)}`,
    ...rows.flat().map((run, index) => `${index === 0 ? "last runs" : "         "} ${runText(run, paint)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function daysText({ first_date, last_date, last_final_date, provisional_day_count }: StatusFacts): string {
  if (first_date === null || last_date === null) return "none yet: bfa update fills it";
  const final = last_final_date === null ? "the first is not final yet" : `final up to ${last_final_date}`;
  const provisional = `${plural(provisional_day_count, "day")} ${provisional_day_count === 1 ? "is" : "are"} provisional`;
  return `${first_date} to ${last_date}; ${final}; ${provisional}`;
}

function dueText({ first_due_date, due_dormant, ...facts }: StatusFacts): string {
  const resting =
    due_dormant === 0 ? "" : `; ${plural(due_dormant, "cell")} of dormant symbols left to the weekly LIST`;
  if (first_due_date === null) return `nothing${resting}`;
  const reasons = [
    [facts.due_never_probed, "never probed"],
    [facts.due_provisional, "probed too early to be final"],
    [facts.due_hole, "in holes that may still be filled"],
    [facts.due_clock, "probed with a clock that was ahead"],
  ] as const;
  const cellCount = reasons.reduce((sum, [count]) => sum + count, 0);
  const shown = reasons.filter(([count]) => count > 0).map(([count, reason]) => `${number(count)} ${reason}`);
  return `${plural(cellCount, "cell")} from ${first_due_date} on: ${shown.join(", ")}${resting}`;
}

/** The last capture, and below it the contracts that will end. */
function contractsLines({ contracts_captured_at: capturedAt, announced_delistings: announced }: StatusFacts): string[] {
  if (capturedAt === null) return ["contracts never captured: bfa contracts"];
  const shown = announced.slice(0, DELISTINGS_SHOWN).map(({ symbol, delivery_date }) => {
    return `          ${timeText(delivery_date)} ${printable(symbol)}`;
  });
  const more = announced.length - DELISTINGS_SHOWN;
  return [
    `contracts captured ${timeText(capturedAt)}; ${announced.length === 0 ? "no delisting is announced" : "to be delisted:"}`,
    ...shown,
    ...(more > 0 ? [`          and ${number(more)} more`] : []),
  ];
}

function sweepText({ swept_at, sweep_due_at }: StatusFacts, now: number): string {
  const last = swept_at === null ? "never" : `last on ${swept_at.slice(0, 10)}`;
  if (sweep_due_at === null) return last;
  const due = sweep_due_at.slice(0, 10);
  return now < Date.parse(sweep_due_at)
    ? `${last}; due on ${due}`
    : `${last}; a sweep has been due since ${due}: bfa sweep`;
}

function runText(
  { run_id, command, from_date, to_date, started_at, outcome, probes, failed, rows_written }: RunRow,
  paint: Paint,
) {
  const what = `#${run_id} ${timeText(started_at)} ${printable(command)} ${from_date} to ${to_date}: ${paintWord(paint, printable(outcome))}`;
  if (probes === null) return what;
  return `${what}, ${plural(probes, "probe")}, ${number(failed ?? 0)} failed, ${plural(rows_written ?? 0, "row")}`;
}

/** A time from an answer, to the minute. */
function timeText(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

export default statusCommand;
