import { dayOf } from "../../calendar/day.js";
import type { RunFailure } from "../../run/failure.js";
import type { RetriedRequests } from "../../run/retried.js";
import type { RunSummary, SummaryDate } from "../../run/summary.js";
import type { AnnouncedDelisting } from "../../store/contracts.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { duration } from "../../text/durations.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { CONDITIONS, isAnswerable } from "../../vision/condition.js";
import { noPaint, paintWord, type Paint } from "./colour.js";
import { despiteRetries, failureLines } from "./failures.js";
import { volumeFailureLines, volumeLines, volumesNotice } from "./volume-lines.js";

/** Maximum number of failure kinds named in one line. */
const KINDS_SHOWN = 3;

/** Maximum number of listings or delistings shown. */
const DATES_SHOWN = 10;

/** How a run ended, for the first line. A run that stopped early gets another line for that. */
export const OUTCOME_WORDS: Readonly<Record<RunSummary["outcome"], string>> = {
  whole: "whole",
  "nothing-to-do": "nothing to do",
  failed: "failed",
  "stopped-early": "failed",
  interrupted: "interrupted",
};

const FAILURE_COLUMNS = {
  symbol: column("symbol", "symbol whose cells failed"),
  date: column("date", "first day that failed"),
  days: column("count", "number of consecutive days from then on that failed together"),
  kind: column(
    "text",
    "where the probe failed: dns, connect, proxy, tls, closed, reset, timeout, status, protocol, content, other",
  ),
  code: column("text", "more specific than the kind: a system error, a TLS error, HTTP_503"),
  message: column("text", "what went wrong"),
  cause: optionalColumn("text", "underlying errors, if known"),
};

/** The summary as an answer: a row for each failure. */
export function summaryAnswer({ failures, ...facts }: RunSummary): Answer<object, typeof FAILURE_COLUMNS> {
  return { facts, rowsName: "failures", columns: FAILURE_COLUMNS, rows: [failures] };
}

/** The summary for people. */
export function summaryText(summary: RunSummary, paint: Paint = noPaint): string {
  const days = daysText(summary);
  if (summary.outcome === "nothing-to-do") {
    const ofVolumes =
      summary.volumes === null ? "" : `; ${plural(summary.volumes.files_known, "file")} of volumes known`;
    return `${summary.command} ${days}: nothing to do, no cell is due${ofVolumes}`;
  }
  const lines = [
    `${summary.command} ${days}: ${paintWord(paint, OUTCOME_WORDS[summary.outcome])} in ${duration(summary.elapsed_ms)}`,
    `  ${plural(summary.symbol_count, "symbol")}${sourcesText(summary)}: ${number(summary.available)} available, ${number(summary.missing)} missing, ${number(summary.failed)} failed`,
    `  ${plural(summary.rows_written, "row")} written in ${plural(summary.units_written, "unit")}`,
    `  ${requestTexts(summary).join(", ")}`,
    ...summary.retried.map(retriedLine),
    ...(summary.volumes === null ? [] : ["  volumes:", ...volumeLines(summary.volumes).map((line) => `  ${line}`)]),
    `  ${phaseTexts(summary).join(", ")}`,
  ];
  if (summary.outcome === "stopped-early")
    lines.push("  stopped early: too many failures (--max-failure-rate); the remaining cells were not probed");
  const { late, replaced, removed } = summary.changes;
  if (late + replaced + removed > 0) {
    lines.push(
      `  changed since the last probe: ${number(late)} late, ${number(replaced)} replaced, ${number(removed)} removed`,
    );
  }
  lines.push(...datedLine("came to market", summary.listings), ...datedLine("ended", summary.delistings));
  lines.push(...announcedLine(summary.announced_delistings));
  if (summary.foreign_keys > 0) lines.push(`  ${plural(summary.foreign_keys, "foreign key")} in the list pages`);
  lines.push(`  still due: ${dueText(summary.due_cells)}`);
  lines.push(...conditionLine(summary.conditions, paint));
  return [
    ...lines,
    ...failureLines(summary.failures, failureLine),
    ...volumeFailureLines(summary.volumes?.failures ?? []),
  ].join("\n");
}

/** How the cells were probed; empty when none were. */
function sourcesText({ sources }: RunSummary): string {
  return sources.length === 0 ? "" : ` ${sources.map((source) => `by ${source.toUpperCase()}`).join(" and ")}`;
}

/** The requests of a run, with what was out of the ordinary about them. */
function requestTexts({ requests, connections_opened, dns_lookups, replays, retries }: RunSummary): string[] {
  return [
    `${plural(requests, "request")} over ${plural(connections_opened, "connection")}`,
    ...(dns_lookups === 0 ? [] : [plural(dns_lookups, "DNS look-up")]),
    ...(replays === 0 ? [] : [plural(replays, "replay")]),
    ...(retries === 0 ? [] : [plural(retries, "retry", "retries")]),
  ];
}

function phaseTexts({ phases, volumes, dns_lookups }: RunSummary): string[] {
  return [
    ...(dns_lookups === 0 ? [] : [`DNS ${duration(phases.dns_ms)}`]),
    `planning ${duration(phases.plan_ms)}`,
    `probing ${duration(phases.probe_ms)}`,
    ...(volumes === null ? [] : [`volumes ${duration(phases.volumes_ms)}`]),
    `writing ${duration(phases.write_ms)}`,
  ];
}

/**
 * How many of the last days are in each condition, the best first. Days whose questions are refused are named: they are
 * few, and somebody may have to act.
 */
function conditionLine(spans: RunSummary["conditions"], paint: Paint): string[] {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (countDays(spans) === 1) return [`  ${first.from}: ${paintWord(paint, first.condition)}`];
  const counts = CONDITIONS.flatMap((condition) => {
    const its = spans.filter((span) => span.condition === condition);
    if (its.length === 0) return [];
    const days = isAnswerable(condition) ? "" : ` (${its.map(daysText).join(", ")})`;
    return [`${plural(countDays(its), "day")} ${paintWord(paint, condition)}${days}`];
  });
  return [`  ${daysText({ from: first.from, to: last.to })}: ${counts.join(", ")}`];
}

function countDays(spans: RunSummary["conditions"]): number {
  return spans.reduce((sum, { from, to }) => sum + dayOf(to) - dayOf(from) + 1, 0);
}

function daysText({ from, to }: { from: string; to: string }): string {
  return from === to ? from : `${from} to ${to}`;
}

/** The failures, one line for each kind: see {@link probesNotice} and {@link volumesNotice}. */
export function failureNotices(summary: RunSummary, retries: number): string[] {
  const { failures, volumes } = summary;
  return [
    ...(failures.length === 0 ? [] : [probesNotice(summary, retries)]),
    ...(volumes === null || volumes.failures.length === 0 ? [] : [volumesNotice(volumes, retries)]),
  ];
}

/** The failures in one line with advice, shown to a person or a cron job even with --quiet. */
function probesNotice({ failures, failed, probes }: RunSummary, retries: number): string {
  const kinds = new Map<string, number>();
  for (const { kind, code } of failures) kinds.set(`${kind} ${code}`, (kinds.get(`${kind} ${code}`) ?? 0) + 1);
  const listed = [...kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count === 1 ? "once" : `${number(count)} times`}`);
  const shown = listed.slice(0, KINDS_SHOWN).map(printable);
  const more = listed.length > KINDS_SHOWN ? " and others" : "";
  return (
    `${number(failed)} of ${plural(probes, "probe")} failed${despiteRetries(failures, retries)}: ${shown.join(", ")}${more}. ` +
    "These cells stay due: run it again"
  );
}

export function retriedLine({ kind, code, host, count }: RetriedRequests): string {
  return `    ${number(count)} after ${kind} ${printable(code)} from ${printable(host)}`;
}

/** The delistings that the exchange has announced, in one line. */
export function announcedLine(announced: readonly AnnouncedDelisting[]): string[] {
  const dates = announced.map(({ symbol, delivery_date }) => ({ symbol, date: delivery_date.slice(0, 10) }));
  return datedLine("to be delisted", dates);
}

/** One line of symbols with their dates; no line when there are none. */
function datedLine(what: string, dates: readonly SummaryDate[]): string[] {
  if (dates.length === 0) return [];
  const shown = dates.slice(0, DATES_SHOWN).map(({ symbol, date }) => `${printable(symbol)} ${date}`);
  const more = dates.length > DATES_SHOWN ? ` and ${number(dates.length - DATES_SHOWN)} more` : "";
  return [`  ${number(dates.length)} ${what}: ${shown.join(", ")}${more}`];
}

function dueText(due: RunSummary["due_cells"]): string {
  const reasons = [
    [due.never_probed, "never probed"],
    [due.provisional, "not final yet"],
    [due.hole, "in holes"],
    [due.clock, "probed with a clock that was ahead"],
  ] as const;
  const [first, ...others] = reasons.filter(([count]) => count > 0);
  if (first === undefined) return "nothing";
  return [
    `${plural(first[0], "cell")} ${first[1]}`,
    ...others.map(([count, reason]) => `${number(count)} ${reason}`),
  ].join(", ");
}

function failureLine({ symbol, date, days }: RunFailure): string {
  return `${printable(symbol)} ${date}${days > 1 ? ` and ${plural(days - 1, "more day")}` : ""}`;
}
