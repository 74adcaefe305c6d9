import type { Day } from "../calendar/day.js";
import { periodSpan, type Cadence } from "../calendar/period.js";
import { islands, unionSpans, withoutSpans, type Span } from "../calendar/span.js";
import type { FileFacts } from "../rows/probe-row.js";
import type { VolumeKnowledge } from "../rows/volume-unit.js";
import { publishedFrom } from "../vision/finality.js";
import type { Dataset } from "../vision/dataset.js";

/*
 * Decides which files of a symbol are read, and what is known afterwards. Monthly files are preferred; daily files are
 * read only for days that no monthly file covers.
 */

/** A file that the bucket lists. */
export interface ListedFile extends FileFacts {
  /** First day of its period. */
  period: Day;
}

/** The listed files that are new or were replaced. */
export function newFiles(cadence: Cadence, listed: readonly ListedFile[], { files }: VolumeKnowledge): ListedFile[] {
  const known = new Map(files.filter((file) => file.cadence === cadence).map((file) => [file.period, file]));
  return listed.filter((file) => {
    const stored = known.get(file.period);
    return stored === undefined || !isSame(stored, file);
  });
}

function isSame(one: FileFacts, other: FileFacts): boolean {
  const [a, b] = [one.etag, other.etag];
  const sameEtag = isNone(a) || isNone(b) || (a.high === b.high && a.low === b.low);
  return one.size === other.size && one.lastModified === other.lastModified && sameEtag;
}

/** Whether an ETag is unknown: learning it later is not a change. */
function isNone({ high, low }: FileFacts["etag"]): boolean {
  return high === 0 && low === 0;
}

/** Result of reading the monthly files. */
export interface MonthsRead {
  /** First days of the months whose files were read, ascending. */
  read: readonly Day[];
  /** Days with a bar in these files, ascending. */
  barDays: readonly Day[];
  /** First days of the months whose files failed. */
  failed: readonly Day[];
}

/**
 * Days whose daily files have to be listed, ascending and disjoint: unknown days, days whose daily file is in use,
 * holes, and days missing from a newly read monthly file.
 */
export function daysToList(known: VolumeKnowledge, within: Span, { read, barDays, failed }: MonthsRead): Span[] {
  const months = read.map((month) => periodSpan("monthly", month));
  const open = unionSpans(unionSpans(known.holes, islands(ownDays(known))), months);
  const settled = unionSpans(withoutSpans(known.spans, open), islands(barDays));
  return withoutSpans(
    withoutSpans([within], settled),
    failed.map((month) => periodSpan("monthly", month)),
  );
}

/** Days whose daily file is in use, ascending. */
function ownDays({ files }: VolumeKnowledge): Day[] {
  return files
    .filter(({ cadence }) => cadence === "daily")
    .map(({ period }) => period)
    .sort((a, b) => a - b);
}

/** Result of reading the daily files. */
export interface DaysRead {
  /** The days that were listed. */
  listed: readonly Span[];
  /** Days with a file that was read, now or earlier, ascending. */
  read: readonly Day[];
  /** Days whose files failed, ascending. */
  failed: readonly Day[];
}

/**
 * The known days. A failed file makes its days unknown, unless an earlier version of it or a daily file is in use,
 * whose bars are then kept. A listed day without a file has no bar once it should have been published.
 *
 * @param now when the bucket was queried, ms since the Unix epoch
 */
export function knownSpans(
  known: VolumeKnowledge,
  months: MonthsRead,
  days: DaysRead,
  { finality }: Dataset,
  now: number,
): Span[] {
  const own = new Set(ownDays(known));
  const stored = new Set(known.files.filter(({ cadence }) => cadence === "monthly").map(({ period }) => period));
  const failedDays = islands(days.failed.filter((day) => !own.has(day)));
  const failedMonths = months.failed.filter((month) => !stored.has(month)).map((month) => periodSpan("monthly", month));
  const failed = unionSpans(failedDays, withoutSpans(failedMonths, islands(own)));
  const absent = withoutSpans(days.listed, islands([...days.read, ...days.failed].sort((a, b) => a - b)));
  const surelyAbsent = absent
    .map(({ from, to }) => ({ from, to: lastPublished(from, to, (day) => publishedFrom(finality, day) <= now) }))
    .filter(({ from, to }) => from <= to);
  const found = unionSpans(islands(months.barDays), islands(days.read));
  return withoutSpans(unionSpans(known.spans, unionSpans(found, surelyAbsent)), failed);
}

/** The last day of a span that should have been published. */
function lastPublished(from: Day, to: Day, isPublished: (day: Day) => boolean): Day {
  let day = to;
  while (day >= from && !isPublished(day)) day--;
  return day;
}

/** Whether two lists of spans are equal. */
export function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every(({ from, to }, place) => b[place]?.from === from && b[place].to === to);
}
