import type { RunFailure } from "../../run/failure.js";
import type { RunSummary } from "../../run/summary.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { duration } from "../../text/durations.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";

/** Failures shown a kind; the rest is counted. `--json` has them all. */
const FAILURES_SHOWN = 5;

/** How a run ended, in the first line. That it stopped early has a line of its own. */
const OUTCOME_WORDS: Readonly<Record<RunSummary["outcome"], string>> = {
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
  kind: column("text", "where the probe failed: dns, connect, tls, closed, reset, timeout, status, protocol, other"),
  code: column("text", "finer than the kind: a system error, a TLS error, HTTP_503"),
  message: column("text", "what went wrong"),
  cause: optionalColumn("text", "what lies below it, where anything is known"),
};

/** The summary as an answer: a row for each failure. */
export function summaryAnswer({ failures, ...facts }: RunSummary): Answer<object, typeof FAILURE_COLUMNS> {
  return { facts, rowsName: "failures", columns: FAILURE_COLUMNS, rows: [failures] };
}

/** The summary for people. */
export function summaryText(summary: RunSummary): string {
  const { phases } = summary;
  const days = summary.from === summary.to ? summary.from : `${summary.from} to ${summary.to}`;
  if (summary.outcome === "nothing-to-do") return `${summary.command} ${days}: nothing to do, all units are whole`;
  const lines = [
    `${summary.command} ${days}: ${OUTCOME_WORDS[summary.outcome]} in ${duration(summary.elapsed_ms)}`,
    `  ${plural(summary.symbol_count, "symbol")} ${summary.sources.map((source) => `by ${source.toUpperCase()}`).join(" and ")}: ${number(summary.available)} available, ${number(summary.missing)} missing, ${number(summary.failed)} failed`,
    `  ${plural(summary.requests, "request")} over ${plural(summary.connections_opened, "connection")}, ${plural(summary.dns_lookups, "DNS look-up")}, ${plural(summary.replays, "replay")}, ${number(summary.retries)} retries`,
    `  ${plural(summary.rows_written, "row")} in ${plural(summary.units_written, "unit")} written`,
    `  DNS ${ms(phases.dns_ms)}, planning ${ms(phases.plan_ms)}, probing ${ms(phases.probe_ms)}, writing ${ms(phases.write_ms)}`,
  ];
  if (summary.outcome === "stopped-early")
    lines.push("  stopped early: too many failures (--max-failure-rate); the rest was not probed");
  if (summary.replaced > 0) lines.push(`  ${plural(summary.replaced, "file")} replaced by Binance since first seen`);
  if (summary.foreign_keys > 0) lines.push(`  ${plural(summary.foreign_keys, "key")} of other kinds in the listings`);
  if (summary.provisional.length > 0) lines.push(`  provisional, to be probed again: ${dayList(summary.provisional)}`);
  if (summary.unpublished.length > 0) lines.push(`  unpublished, not written: ${dayList(summary.unpublished)}`);
  return [...lines, ...failureLines(summary.failures)].join("\n");
}

/** Failures grouped by kind and code, the most frequent first. */
function failureLines(failures: readonly RunFailure[]): string[] {
  const groups = new Map<string, RunFailure[]>();
  for (const failure of failures) {
    const key = `${failure.kind} ${failure.code}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure]);
    else group.push(failure);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .flatMap(([key, group]) => [
      `  ${number(group.length)} failed: ${key}: ${printable(group[0]?.message ?? "")}`,
      ...group.slice(0, FAILURES_SHOWN).map(failureLine),
      ...(group.length > FAILURES_SHOWN
        ? [`    and ${number(group.length - FAILURES_SHOWN)} more (--json has all)`]
        : []),
    ]);
}

function failureLine({ symbol, date, days }: RunFailure): string {
  return `    ${printable(symbol)} ${date}${days > 1 ? ` and ${plural(days - 1, "day")} after` : ""}`;
}

/** Consecutive dates would be long to read: the first and the last of many. */
function dayList(days: readonly string[]): string {
  if (days.length <= 4) return days.join(", ");
  return `${days[0] ?? ""} … ${days.at(-1) ?? ""} (${plural(days.length, "day")})`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
