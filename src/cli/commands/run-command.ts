import type { Logger } from "pino";
import type { RunEvent } from "../../run/events.js";
import type { RunOptions } from "../../run/options.js";
import type { RunSummary } from "../../run/summary.js";
import type { Answer, Columns } from "../../text/columns.js";
import { duration } from "../../text/durations.js";
import { printable } from "../../text/printable.js";
import type { AnswerChoice } from "../args/answer-options.js";
import { EXIT_OF_OUTCOME, flagOf } from "../exit.js";
import { interruptible } from "../interrupt.js";
import { createLog, logEvent, logSummary } from "../output/log.js";
import { printAnswer } from "../output/print-answer.js";
import { createProgress } from "../output/progress.js";
import { summaryAnswer, summaryText } from "../output/summary.js";

/** How a command that asks the bucket shows what it does. */
export interface RunDisplay extends AnswerChoice {
  quiet: boolean;
  "log-level": string;
}

/** Runs a probing command, prints its summary and sets the process's exit code: see {@link watch}. */
export async function showRun<O extends RunOptions>(
  display: RunDisplay,
  options: O,
  execute: (options: O) => Promise<RunSummary>,
): Promise<void> {
  const log = await createLog(display["log-level"]);
  const summary = await watch(display, log, options, execute);
  if (log !== undefined) logSummary(log, summary);
  await print(display, summaryAnswer(summary), () => summaryText(summary));
  if (summary.outcome === "interrupted" && !display.quiet) {
    process.stderr.write(`bfa: interrupted; go on with: ${commandLine()}\n`);
  }
  process.exitCode = EXIT_OF_OUTCOME[summary.outcome];
}

/** Runs a command that asks the bucket a question, and prints the answer: see {@link watch}. */
export async function showAnswer<O extends RunOptions, Result, Facts extends object, C extends Columns>(
  display: RunDisplay,
  options: O,
  execute: (options: O) => Promise<Result>,
  toAnswer: (result: Result) => Answer<Facts, C>,
  toText: (result: Result) => string,
): Promise<void> {
  const log = await createLog(display["log-level"]);
  const result = await watch(display, log, options, execute);
  await print(display, toAnswer(result), () => toText(result));
}

/**
 * Has a person or a log see what goes on: progress and notices on stderr, unless they want quiet. Ctrl-C ends after the
 * units in hand, a second one at once.
 */
async function watch<O extends RunOptions, Result>(
  { quiet }: RunDisplay,
  log: Logger | undefined,
  options: O,
  execute: (options: O) => Promise<Result>,
): Promise<Result> {
  const progress = await createProgress(quiet);
  const say = (line: string) => {
    if (!quiet) process.stderr.write(`${line}\n`);
  };
  for (const option of ["endpoint", "listEndpoint"] as const) {
    const url = options[option];
    if (url?.startsWith("http:") === true) {
      say(`bfa: ${flagOf(option)} ${url} is not encrypted: answers can be forged on the way`);
    }
  }
  const onEvent = (event: RunEvent) => {
    if (log !== undefined) logEvent(log, event);
    if (event.type === "notice") say(`bfa: ${printable(event.message)}`);
    if (event.type === "dns") {
      for (const { message } of event.failed) say(`bfa: DNS: ${printable(message)}`);
      say(`DNS: ${event.lookups} looked up in ${duration(event.elapsed_ms)}`);
    }
    progress.onEvent(event);
  };
  try {
    return await interruptible(
      (signal) => execute({ ...options, signal, onEvent }),
      (signal) => {
        progress.stop();
        say(`bfa: ${signal}: finishing the units in hand; once more to end at once`);
      },
    );
  } finally {
    progress.stop();
  }
}

/** Prints an answer, unless the user wants quiet and asked for no format or file. */
async function print<Facts extends object, C extends Columns>(
  { quiet, json, format, out }: RunDisplay,
  answer: Answer<Facts, C>,
  toText: () => string,
): Promise<void> {
  if (quiet && !json && format === undefined && out === undefined) return;
  await printAnswer(answer, { json, format, out }, () => `${toText()}\n`);
}

/** This very command, to be typed again: what is whole by then is not lost. */
function commandLine(): string {
  const quoted = process.argv
    .slice(2)
    .map((arg) => (/^[\w.,:/=@%+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return ["bfa", ...quoted].join(" ");
}
