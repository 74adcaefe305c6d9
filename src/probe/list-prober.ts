import type { Day } from "../calendar/day.js";
import { formatPeriod } from "../calendar/period.js";
import { lastEntry, type ListPage } from "../vision/list-page.js";
import { fileKeyEnd, isChecksum, filePeriod, fileKeyStem, parseKey, symbolPrefix } from "../vision/object-key.js";
import { FAILED_STATUS } from "../rows/columns.js";
import type { ListContext } from "./list.js";
import { listWithRetries } from "./list-retries.js";
import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";
import { countDays } from "../calendar/span.js";
import type { ListShard, ShardResult } from "../rows/shard.js";

/** A file found in a listing. */
interface Found {
  size: number;
  lastModified: number;
}

/** What an abandoned shard came to. */
const NOTHING: ShardResult = { cellCount: 0, failureCount: 0 };

/** Each day has two keys, the file and its checksum. */
const KEYS_PER_DAY = 2;
/** Maximum keys of an S3 list page. */
const MAX_PAGE_KEYS = 1000;

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
  const found = new Map<Day, Found>();
  const end = stem + fileKeyEnd(dataset, last.to);
  // No key is a bare date, so the first day's own file comes after this.
  let after = stem + formatPeriod(dataset.cadence, first.from);
  let nextDay = first.from;
  for (;;) {
    const maxKeys = Math.min(MAX_PAGE_KEYS, (last.to - nextDay + 1) * KEYS_PER_DAY);
    const outcome = await listWithRetries(context, listContext, {
      prefix: symbolPrefix(dataset, symbol),
      after,
      maxKeys,
    });
    if (outcome.type === "abandoned") return NOTHING;
    if (outcome.type === "failed") return failShard(context, shard, outcome.failure);
    context.counters.add("bytes", outcome.bytes);
    collect(context, stem, outcome.page, found);
    after = lastEntry(outcome.page);
    if (!outcome.page.truncated || after >= end) break;
    const reached = parseKey(dataset, after);
    nextDay = reached.type === "foreign" ? nextDay : reached.period;
  }
  return answerShard(context, shard, found);
}

/** Keeps the files of a page; checksums are known companions, anything else is counted as foreign. */
function collect(context: ProberContext, stem: string, page: ListPage, found: Map<Day, Found>): void {
  for (const [i, key] of page.keys.entries()) {
    const day = filePeriod(context.dataset, stem, key);
    const size = page.sizes[i];
    const lastModified = page.lastModified[i];
    if (day !== undefined && size !== undefined && lastModified !== undefined) found.set(day, { size, lastModified });
    else if (!isChecksum(context.dataset, stem, key)) context.counters.add("foreignKeys");
  }
}

function answerShard(context: ProberContext, shard: ListShard, found: ReadonlyMap<Day, Found>): ShardResult {
  const now = Date.now();
  const { symbolIndex, spans } = shard;
  let available = 0;
  for (const { from, to } of spans) {
    for (let day = from; day <= to; day++) {
      const file = found.get(day);
      if (file === undefined) {
        context.sink.add({ symbolIndex, day, status: 404, size: 0, lastModified: 0, probedAt: now });
      } else {
        available++;
        const { size, lastModified } = file;
        context.sink.add({ symbolIndex, day, status: 200, size, lastModified, probedAt: now });
      }
    }
  }
  const cellCount = countDays(spans);
  context.counters.add("available", available);
  context.counters.add("missing", cellCount - available);
  return settle(context, { cellCount, failureCount: 0 });
}

function failShard(context: ProberContext, shard: ListShard, failure: Failure): ShardResult {
  const { symbolIndex, spans } = shard;
  for (const { from, to } of spans) {
    context.onFailure({ symbolIndex, from, days: to - from + 1, failure });
    for (let day = from; day <= to; day++) {
      context.sink.add({ symbolIndex, day, status: FAILED_STATUS, size: 0, lastModified: 0, probedAt: 0 });
    }
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
