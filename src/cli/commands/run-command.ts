import { DEFAULTS } from "../../run/defaults.js";
import type { RunOptions } from "../../run/options.js";
import type { RunOutcome } from "../../run/outcome.js";
import type { RunSummary } from "../../run/summary.js";
import type { Answer, Columns } from "../../text/columns.js";
import type { AnswerChoice } from "../args/answer-options.js";
import { shellWord } from "../args/shell-word.js";
import { maskedPath } from "../../text/secrets.js";
import { EXIT_OF_OUTCOME, exitCodeOf, flagOf } from "../exit.js";
import { interruptible } from "../interrupt.js";
import type { Paint } from "../output/colour.js";
import { printAnswer } from "../output/print-answer.js";
import { failureNotices, summaryAnswer, summaryText } from "../output/summary.js";
import { createVoice, type Voice, type VoiceChoice } from "../output/voice.js";

/** How a command that queries the bucket displays its work. */
export interface RunDisplay extends AnswerChoice, VoiceChoice {}

/** How a command displays its summary, and where it posts it. */
export interface SummaryDisplay extends RunDisplay {
  /** URL to post the summary to. */
  notify: string | undefined;
}

/** The library's options that running a command needs. */
interface WatchedOptions extends Pick<RunOptions, "signal" | "onEvent"> {
  endpoint?: string | undefined;
  listEndpoint?: string | undefined;
  contractsUrl?: string | undefined;
  url?: string | undefined;
}

/** Runs a probing command, prints its summary and sets the process's exit code: see {@link watch}. */
export async function showRun<O extends RunOptions>(
  display: SummaryDisplay,
  options: O,
  execute: (options: O) => Promise<RunSummary>,
): Promise<void> {
  await showSummary(display, options, execute, { answer: summaryAnswer, text: summaryText, failures: failureNotices });
}

/** The part that all summaries have in common. */
export interface AnySummary {
  outcome: RunOutcome;
  failures: readonly object[];
}

/** How a summary is shown: as an answer, as text, and its failures in one line for each kind. */
export interface SummaryTexts<Summary, C extends Columns> {
  answer: (summary: Summary) => Answer<object, C>;
  text: (summary: Summary, paint: Paint) => string;
  failures: (summary: Summary, retries: number) => string[];
}

/** Runs a command that ends in a summary, prints it and sets the process's exit code: see {@link watch}. */
export async function showSummary<O extends RunOptions, Summary extends AnySummary, C extends Columns>(
  display: SummaryDisplay,
  options: O,
  execute: (options: O) => Promise<Summary>,
  { answer, text, failures }: SummaryTexts<Summary, C>,
): Promise<void> {
  // A failed run has a summary to show.
  await watch(display, { ...options, reject: false }, execute, async (summary, voice) => {
    voice.summary(summary);
    await print(display, answer(summary), (paint) => text(summary, paint));
    for (const notice of failures(summary, options.retries ?? DEFAULTS.retries)) voice.failure(notice);
    if (summary.outcome === "interrupted") voice.notice(`interrupted; continue with: ${commandLine(display.notify)}`);
    process.exitCode = EXIT_OF_OUTCOME[summary.outcome];
    if (display.notify !== undefined) await notify(display.notify, summary, options.ca, voice);
  });
}

/** Runs a command that queries the bucket, and prints the answer: see {@link watch}. */
export async function showAnswer<O extends WatchedOptions, Result, Facts extends object, C extends Columns>(
  display: RunDisplay,
  options: O,
  execute: (options: O) => Promise<Result>,
  toAnswer: (result: Result) => Answer<Facts, C>,
  toText: (result: Result) => string,
): Promise<void> {
  await watch(display, options, execute, (result) => print(display, toAnswer(result), () => toText(result)));
}

/**
 * Runs a command and reports its events to a person or a log. The first signal ends it after the current units, a second
 * one immediately. An error that ends it is reported and decides the exit code.
 */
async function watch<O extends WatchedOptions, Result>(
  display: VoiceChoice,
  options: O,
  execute: (options: O) => Promise<Result>,
  show: (result: Result, voice: Voice) => Promise<void>,
): Promise<void> {
  const voice = await createVoice(display);
  try {
    await show(await executeWatched(options, execute, voice), voice);
  } catch (error) {
    voice.fatal(error);
    process.exitCode = exitCodeOf(error);
  }
}

async function executeWatched<O extends WatchedOptions, Result>(
  options: O,
  execute: (options: O) => Promise<Result>,
  voice: Voice,
): Promise<Result> {
  for (const option of ["endpoint", "listEndpoint", "contractsUrl", "url"] as const) {
    const url = options[option];
    if (url?.startsWith("http:") === true) {
      voice.notice(`${flagOf(option)} ${url} is not encrypted: its answers can be forged in transit`);
    }
  }
  const onEvent = voice.onEvent.bind(voice);
  try {
    return await interruptible(
      (signal) => execute({ ...options, signal, onEvent }),
      (signal) => {
        voice.stop();
        voice.notice(`${signal}: finishing the current units; press again to stop immediately`);
      },
    );
  } finally {
    voice.stop();
  }
}

/** Posts the summary; a failure is only a warning. */
async function notify(url: string, summary: AnySummary, ca: string | undefined, voice: Voice): Promise<void> {
  const { post } = await import("../../run/notify.js");
  const failure = await post(url, summary, { ca, env: process.env });
  // The path of such a URL is often a secret.
  if (failure !== undefined) voice.failure(`the summary could not be posted to ${new URL(url).host}: ${failure}`);
}

/** Prints an answer, unless the user gave `--quiet` and neither a format nor a file. */
async function print<Facts extends object, C extends Columns>(
  { quiet, json, format, wide, out }: RunDisplay,
  answer: Answer<Facts, C>,
  toText: (paint: Paint) => string,
): Promise<void> {
  if (quiet && !json && format === undefined && out === undefined) return;
  await printAnswer(answer, { json, format, wide, out }, (paint) => `${toText(paint)}\n`);
}

/**
 * This command, to be typed again. Units that are complete by then are not lost.
 *
 * @param notify URL that the summary is posted to: its path is often a secret
 */
function commandLine(notify: string | undefined): string {
  const words = process.argv
    .slice(2)
    .map((arg) => (notify === undefined ? arg : arg.replace(notify, maskedPath(notify))))
    .map(shellWord);
  return ["bfa", ...words].join(" ");
}
