import { formatDay, type Day } from "./day.js";

/** Consecutive days, both ends included. */
export interface Span {
  from: Day;
  to: Day;
}

/** Every day that can be stored, and some more. */
export const EVER: Span = { from: 0, to: 100_000 };

/** Total number of days in the spans. */
export function countDays(spans: readonly Span[]): number {
  return spans.reduce((days, { from, to }) => days + to - from + 1, 0);
}

/** Joins ascending days into maximal spans. */
export function islands(days: Iterable<Day>): Span[] {
  const spans: Span[] = [];
  for (const day of days) {
    const last = spans.at(-1);
    if (last !== undefined && day === last.to + 1) last.to = day;
    else spans.push({ from: day, to: day });
  }
  return spans;
}

/** Groups ascending spans: one that begins at most `days` after the end of the previous one is in its group. */
export function groupNear(spans: readonly Span[], days: number): Span[][] {
  const groups: Span[][] = [];
  for (const span of spans) {
    const group = groups.at(-1);
    const previous = group?.at(-1);
    if (group !== undefined && previous !== undefined && span.from - previous.to <= days) group.push(span);
    else groups.push([span]);
  }
  return groups;
}

/** The days of `within` that are in none of the spans, which are ascending and disjoint. */
export function gapsBetween(spans: Iterable<Span>, within: Span): Span[] {
  const gaps: Span[] = [];
  let next = within.from;
  for (const { from, to } of spans) {
    if (from > next) gaps.push({ from: next, to: Math.min(from - 1, within.to) });
    next = Math.max(next, to + 1);
    if (next > within.to) break;
  }
  if (next <= within.to) gaps.push({ from: next, to: within.to });
  return gaps;
}

/** Merges two ascending lists of spans into maximal spans. */
export function unionSpans(a: readonly Span[], b: readonly Span[]): Span[] {
  const union: Span[] = [];
  for (const { from, to } of [...a, ...b].sort((one, other) => one.from - other.from)) {
    const last = union.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else union.push({ from, to });
  }
  return union;
}

/** The days of `spans` that are in none of the `others`; both lists are ascending and disjoint. */
export function withoutSpans(spans: readonly Span[], others: readonly Span[]): Span[] {
  return spans.flatMap((span) => gapsBetween(others, span));
}

/** The parts of the spans that lie inside `within`. */
export function clip(spans: readonly Span[], within: Span): Span[] {
  return spans
    .map(({ from, to }) => ({ from: Math.max(from, within.from), to: Math.min(to, within.to) }))
    .filter(({ from, to }) => from <= to);
}

/** Whether two spans have a day in common. */
export function overlap(a: Span, b: Span): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** `2024-01-01` or `2024-01-01 to 2024-01-05`. */
export function describeSpan({ from, to }: Span): string {
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}
