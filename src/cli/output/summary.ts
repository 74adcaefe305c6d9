import type { RunFailure, RunSummary } from "../../run/summary.js";
import { duration } from "../../text/durations.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";

/** Failures shown a kind; the rest is counted. `--json` has them all. */
const FAILURES_SHOWN = 5;

/** The summary as `--json` prints it: `outcome` and all counts, failures one by one. */
export function summaryJson(summary: RunSummary): string {
  const { phases } = summary;
  const rounded = Object.fromEntries(Object.entries(phases).map(([phase, ms]) => [phase, round(ms)]));
  return JSON.stringify({ ...summary, elapsedMs: round(summary.elapsedMs), phases: rounded });
}

/** The summary for people. */
export function summaryText(summary: RunSummary): string {
  const { phases } = summary;
  const days = summary.from === summary.to ? summary.from : `${summary.from} to ${summary.to}`;
  if (summary.sources.length === 0) return `${summary.command} ${days}: nothing to do, all units are whole`;
  const lines = [
    `${summary.command} ${days}: ${summary.outcome} in ${duration(summary.elapsedMs)}`,
    `  ${plural(summary.symbols, "symbol")} ${summary.sources.map((source) => `by ${source.toUpperCase()}`).join(" and ")}: ${number(summary.available)} available, ${number(summary.missing)} missing, ${number(summary.failed)} failed`,
    `  ${plural(summary.requests, "request")} over ${plural(summary.connectionsOpened, "connection")}, ${plural(summary.dnsLookups, "DNS look-up")}, ${plural(summary.replays, "replay")}, ${number(summary.retries)} retries`,
    `  ${plural(summary.rowsWritten, "row")} in ${plural(summary.unitsWritten, "unit")} written`,
    `  DNS ${ms(phases.dnsMs)}, symbols ${ms(phases.discoverMs)}, probing ${ms(phases.probeMs)}, writing ${ms(phases.writeMs)}`,
  ];
  if (summary.stoppedEarly)
    lines.push("  stopped early: too many failures (--max-failure-rate); the rest was not probed");
  if (summary.replaced > 0) lines.push(`  ${plural(summary.replaced, "file")} replaced by Binance since first seen`);
  if (summary.foreignKeys > 0) lines.push(`  ${plural(summary.foreignKeys, "key")} of other kinds in the listings`);
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

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
