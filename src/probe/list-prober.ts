import type { Day } from "../calendar/day.js";
import { formatPeriod } from "../calendar/period.js";
import { lastEntry, type ListPage } from "../vision/list-page.js";
import { fileKeyEnd, isChecksum, filePeriod, fileKeyStem, parseKey, symbolPrefix } from "../vision/object-key.js";
import { FAILED_STATUS } from "../rows/batch.js";
import type { ListContext } from "./list.js";
import { listWithRetries } from "./list-retries.js";
import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";
import { countDays } from "../calendar/span.js";
import { type Shard, type ShardResult } from "../rows/shard.js";

type ListShard = Extract<Shard, { type: "list" }>;

/** A file found in a listing. */
interface Found {
  size: number;
  lastModified: number;
}

/** Each day has two keys, the file and its checksum. */
const KEYS_PER_DAY = 2;
/** Keys that S3 gives on a page at most. */
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
  const first = shard.ranges[0];
  const last = shard.ranges.at(-1);
  if (first === undefined || last === undefined || context.traffic.isAbandoned) return { cells: 0, failures: [] };
  const { dataset } = context;
  const symbol = context.symbols[shard.symbol] ?? "";
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
    if (outcome.type === "abandoned") return { cells: 0, failures: [] };
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
  let available = 0;
  for (const { from, to } of shard.ranges) {
    for (let day = from; day <= to; day++) {
      const file = found.get(day);
      if (file === undefined) {
        context.sink.add(shard.symbol, day, 404, 0, 0, now);
      } else {
        available++;
        context.sink.add(shard.symbol, day, 200, file.size, file.lastModified, now);
      }
    }
  }
  const cells = countDays(shard.ranges);
  context.counters.add("available", available);
  context.counters.add("missing", cells - available);
  return settle(context, { cells, failures: [] });
}

function failShard(context: ProberContext, shard: ListShard, failure: Failure): ShardResult {
  const failures = [];
  for (const { from, to } of shard.ranges) {
    failures.push({ symbol: shard.symbol, from, days: to - from + 1, failure });
    for (let day = from; day <= to; day++) context.sink.add(shard.symbol, day, FAILED_STATUS, 0, 0, 0);
  }
  const cells = countDays(shard.ranges);
  context.counters.add("failed", cells);
  return settle(context, { cells, failures });
}

function settle(context: ProberContext, result: ShardResult): ShardResult {
  context.counters.add("cells", result.cells);
  context.sink.flush();
  return result;
}
