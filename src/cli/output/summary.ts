import type { RunFailure } from "../../run/failure.js";
import type { RetriedRequests } from "../../run/retried.js";
import type { RunSummary, SummaryDate } from "../../run/summary.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { duration } from "../../text/durations.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { noPaint, paintWord, type Paint } from "./colour.js";
import { failureLines } from "./failures.js";
import { volumeFailureLines, volumeLines, volumesNotice } from "./volume-lines.js";

/** Kinds of failures named in one line. */
const KINDS_SHOWN = 3;

/** Contracts shown that came or ended. */
const DATES_SHOWN = 10;

/** How a run ended, in the first line. That it stopped early has a line of its own. */
export const OUTCOME_WORDS: Readonly<Record<RunSummary["outcome"], string>> = {
  whole: "whole",
  "nothing-to-do": "nothing to do",
  failed: "failed",
  "stopped-early": "failed",
  interrupted: "interrupted",
};

const FAILURE_COLUMNS = {
  symbol: column("symbol", "whose cells failed"),
  date: column("date", "first day that failed"),
  days: column("count", "days from then on that failed together"),
  kind: column(
    "text",
    "where the probe failed: dns, connect, tls, closed, reset, timeout, status, protocol, content, other",
  ),
  code: column("text", "finer than the kind: a system error, a TLS error, HTTP_503"),
  message: column("text", "what went wrong"),
  cause: optionalColumn("text", "what lies below it, where anything is known"),
};

/** The summary as an answer: a row for each failure. */
export function summaryAnswer({ failures, ...facts }: RunSummary): Answer<object, typeof FAILURE_COLUMNS> {
  return { facts, rowsName: "failures", columns: FAILURE_COLUMNS, rows: [failures] };
}

/** The summary for people. */
export function summaryText(summary: RunSummary, paint: Paint = noPaint): string {
  const days = summary.from === summary.to ? summary.from : `${summary.from} to ${summary.to}`;
  if (summary.outcome === "nothing-to-do") {
    const ofVolumes =
      summary.volumes === null ? "" : `; ${plural(summary.volumes.files_known, "file")} of volumes known`;
    return `${summary.command} ${days}: nothing to do, no cell is due${ofVolumes}`;
  }
  const lines = [
    `${summary.command} ${days}: ${paintWord(paint, OUTCOME_WORDS[summary.outcome])} in ${duration(summary.elapsed_ms)}`,
    `  ${plural(summary.symbol_count, "symbol")}${sourcesText(summary)}: ${number(summary.available)} available, ${number(summary.missing)} missing, ${number(summary.failed)} failed`,
    `  ${plural(summary.requests, "request")} over ${plural(summary.connections_opened, "connection")}, ${plural(summary.dns_lookups, "DNS look-up")}, ${plural(summary.replays, "replay")}, ${number(summary.retries)} retries`,
    ...summary.retried.map(retriedLine),
    `  ${plural(summary.rows_written, "row")} in ${plural(summary.units_written, "unit")} written`,
    ...(summary.volumes === null ? [] : ["  volumes:", ...volumeLines(summary.volumes).map((line) => `  ${line}`)]),
    `  ${phaseTexts(summary).join(", ")}`,
  ];
  if (summary.outcome === "stopped-early")
    lines.push("  stopped early: too many failures (--max-failure-rate); the rest was not probed");
  const { late, replaced, removed } = summary.changes;
  if (late + replaced + removed > 0) {
    lines.push(
      `  changed since they were believed: ${number(late)} late, ${number(replaced)} replaced, ${number(removed)} removed`,
    );
  }
  lines.push(...datedLine("came to market", summary.listings), ...datedLine("ended", summary.delistings));
  const announced = summary.announced_delistings.map(({ symbol, delivery_date }) => ({
    symbol,
    date: delivery_date.slice(0, 10),
  }));
  lines.push(...datedLine("announced to end", announced));
  if (summary.foreign_keys > 0) lines.push(`  ${plural(summary.foreign_keys, "key")} of other kinds in the listings`);
  lines.push(`  still due: ${dueText(summary.due_cells)}`);
  for (const { condition, from, to } of summary.conditions) {
    lines.push(`  ${paintWord(paint, condition)}: ${from === to ? from : `${from} to ${to}`}`);
  }
  return [
    ...lines,
    ...failureLines(summary.failures, failureLine),
    ...volumeFailureLines(summary.volumes?.failures ?? []),
  ].join("\n");
}

/** How the cells were probed; nothing where none were. */
function sourcesText({ sources }: RunSummary): string {
  return sources.length === 0 ? "" : ` ${sources.map((source) => `by ${source.toUpperCase()}`).join(" and ")}`;
}

function phaseTexts({ phases, volumes }: RunSummary): string[] {
  return [
    `DNS ${ms(phases.dns_ms)}`,
    `planning ${ms(phases.plan_ms)}`,
    `probing ${ms(phases.probe_ms)}`,
    ...(volumes === null ? [] : [`volumes ${ms(phases.volumes_ms)}`]),
    `writing ${ms(phases.write_ms)}`,
  ];
}

/** The failures, each kind of them in one line: see {@link probesNotice} and {@link volumesNotice}. */
export function failureNotices(summary: RunSummary, retries: number): string[] {
  const { failures, volumes } = summary;
  return [
    ...(failures.length === 0 ? [] : [probesNotice(summary, retries)]),
    ...(volumes === null || volumes.failures.length === 0 ? [] : [volumesNotice(volumes, retries)]),
  ];
}

/** The failures in one line, with the way on: what a person or a cron job must hear even when nothing else is said. */
function probesNotice({ failures, failed, probes }: RunSummary, retries: number): string {
  const kinds = new Map<string, number>();
  for (const { kind, code } of failures) kinds.set(`${kind} ${code}`, (kinds.get(`${kind} ${code}`) ?? 0) + 1);
  const listed = [...kinds].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${number(count)} times`);
  const shown = listed.slice(0, KINDS_SHOWN).map((kind) => printable(kind).replace(/ 1 times$/, " once"));
  const more = listed.length > KINDS_SHOWN ? " and others" : "";
  const tried = retries === 0 ? "; --retries tries again what may pass" : ` in spite of ${number(retries)} retries`;
  return (
    `${number(failed)} of ${plural(probes, "probe")} failed${tried}: ${shown.join(", ")}${more}. ` +
    "These cells stay due: run it again"
  );
}

export function retriedLine({ kind, code, host, count }: RetriedRequests): string {
  return `    ${number(count)} after ${kind} ${printable(code)} from ${printable(host)}`;
}

/** Symbols with their dates, in one line; none without any. */
export function datedLine(what: string, dates: readonly SummaryDate[]): string[] {
  if (dates.length === 0) return [];
  const shown = dates.slice(0, DATES_SHOWN).map(({ symbol, date }) => `${printable(symbol)} ${date}`);
  const more = dates.length > DATES_SHOWN ? ` and ${number(dates.length - DATES_SHOWN)} more` : "";
  return [`  ${number(dates.length)} ${what}: ${shown.join(", ")}${more}`];
}

function dueText(due: RunSummary["due_cells"]): string {
  const reasons = [
    [due.never_probed, "never probed"],
    [due.provisional, "provisional"],
    [due.hole, "in holes"],
    [due.clock, "probed in the future"],
  ] as const;
  const left = reasons.filter(([count]) => count > 0).map(([count, reason]) => `${number(count)} ${reason}`);
  return left.length === 0 ? "nothing" : `${left.join(", ")} (cells)`;
}

function failureLine({ symbol, date, days }: RunFailure): string {
  return `${printable(symbol)} ${date}${days > 1 ? ` and ${plural(days - 1, "day")} after` : ""}`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
