import { formatPeriod } from "../calendar/period.js";
import { KEYS_PER_PERIOD, MAX_PAGE_ENTRIES, maxFilePages } from "../vision/list-limits.js";
import { noFiles, type ListedFiles } from "../vision/list-page.js";
import { fileKeyEnd, fileKeyStem, parseKey, symbolPrefix } from "../vision/object-key.js";
import { availableRow, failedRow, missingRow, type FileFacts } from "../rows/probe-row.js";
import { endlessListing, fileOutcome, type Outcome } from "./outcome.js";
import type { ListContext } from "./list.js";
import { listWithRetries } from "./list-retries.js";
import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";
import { countDays } from "../calendar/span.js";
import type { ListShard, ShardResult } from "../rows/shard.js";

/** What an abandoned shard came to. */
const NOTHING: ShardResult = { cellCount: 0, failureCount: 0 };

/**
 * Runs one LIST shard: the pages of one symbol from the first wanted day to the last, in order. Wanted days without a
 * key are `missing`, as a HEAD would have found. A page that fails fails the whole shard, since any of its days might
 * have been there. Never rejects.
 */
export async function runListShard(
  context: ProberContext,
  listContext: ListContext,
  shard: ListShard,
): Promise<ShardResult> {
  const first = shard.spans[0];
  const last = shard.spans.at(-1);
  if (first === undefined || last === undefined || context.traffic.isAbandoned) return NOTHING;
  const { dataset } = context;
  const symbol = context.symbols[shard.symbolIndex] ?? "";
  const stem = fileKeyStem(dataset, symbol);
  const found = noFiles();
  const end = stem + fileKeyEnd(dataset, last.to);
  // No key is a bare date, so the first day's own file comes after this.
  let after = stem + formatPeriod(dataset.cadence, first.from);
  let nextDay = first.from;
  const maxPages = maxFilePages(last.to - first.from + 1);
  for (let pages = 0; ; pages++) {
    if (pages === maxPages) return failShard(context, shard, endlessListing(`${pages} pages and more`));
    const maxKeys = Math.min(MAX_PAGE_ENTRIES, (last.to - nextDay + 1) * KEYS_PER_PERIOD);
    const request = { prefix: symbolPrefix(dataset, symbol), after, maxKeys };
    const outcome = await listWithRetries(context, listContext, request, { dataset, stem });
    if (outcome.type === "abandoned") return NOTHING;
    if (outcome.type === "failed") return failShard(context, shard, outcome.failure);
    context.counters.add("bytes", outcome.bytes);
    context.counters.add("foreignKeys", outcome.page.others.length);
    append(found, outcome.page.files);
    after = outcome.page.lastEntry;
    if (!outcome.page.truncated || after >= end) break;
    const reached = parseKey(dataset, after);
    nextDay = reached.type === "foreign" ? nextDay : reached.period;
  }
  return answerShard(context, shard, found);
}

/** Puts the files of a page behind those of the pages before. */
function append(found: ListedFiles, { days, sizes, lastModified, etagHighs, etagLows }: ListedFiles): void {
  found.days.push(...days);
  found.sizes.push(...sizes);
  found.lastModified.push(...lastModified);
  found.etagHighs.push(...etagHighs);
  found.etagLows.push(...etagLows);
}

function answerShard(context: ProberContext, shard: ListShard, found: ListedFiles): ShardResult {
  const now = Date.now();
  const { symbolIndex, spans } = shard;
  let available = 0;
  let failureCount = 0;
  // Both the files and the wanted days ascend.
  let place = 0;
  for (const { from, to } of spans) {
    for (let day = from; day <= to; day++) {
      while ((found.days[place] ?? Infinity) < day) place++;
      const file = found.days[place] === day ? fileAt(found, place) : undefined;
      const outcome: Outcome = file === undefined ? { type: "missing" } : fileOutcome(file);
      if (outcome.type === "available") {
        available++;
        context.sink.add(availableRow(symbolIndex, day, outcome.file, now));
      } else if (outcome.type === "missing") {
        context.sink.add(missingRow(symbolIndex, day, now));
      } else {
        failureCount++;
        context.onFailure({ symbolIndex, from: day, days: 1, failure: outcome.failure });
        context.sink.add(failedRow(symbolIndex, day));
      }
    }
  }
  const cellCount = countDays(spans);
  context.counters.add("available", available);
  context.counters.add("failed", failureCount);
  context.counters.add("missing", cellCount - available - failureCount);
  return settle(context, { cellCount, failureCount });
}

/** Facts of the file at a place of the columns, which must have one. */
function fileAt({ sizes, lastModified, etagHighs, etagLows }: ListedFiles, place: number): FileFacts {
  return {
    size: sizes[place] as number,
    lastModified: lastModified[place] as number,
    etag: { high: etagHighs[place] as number, low: etagLows[place] as number },
  };
}

function failShard(context: ProberContext, shard: ListShard, failure: Failure): ShardResult {
  const { symbolIndex, spans } = shard;
  for (const { from, to } of spans) {
    context.onFailure({ symbolIndex, from, days: to - from + 1, failure });
    for (let day = from; day <= to; day++) context.sink.add(failedRow(symbolIndex, day));
  }
  const cellCount = countDays(spans);
  context.counters.add("failed", cellCount);
  return settle(context, { cellCount, failureCount: spans.length });
}

function settle(context: ProberContext, result: ShardResult): ShardResult {
  context.counters.add("cells", result.cellCount);
  context.sink.flush();
  return result;
}
