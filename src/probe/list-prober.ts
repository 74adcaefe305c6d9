import type { ListedFiles } from "../vision/list-page.js";
import { availableRow, failedRow, missingRow } from "../rows/probe-row.js";
import { fileOutcome, type Outcome } from "./outcome.js";
import type { ListContext } from "./list.js";
import { fileAt, listFiles } from "./list-files.js";
import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";
import { countDays } from "../calendar/span.js";
import type { ListShard, ShardResult } from "../rows/shard.js";

/** Result of an abandoned shard. */
const NOTHING: ShardResult = { cellCount: 0, failureCount: 0 };

/**
 * Runs one LIST shard: the pages of one symbol from the first wanted day to the last, in order. Wanted days without a
 * key are `missing`; a HEAD would have found the same. If a page fails, the whole shard fails, because any of its days
 * might have been on it. Never rejects.
 */
export async function runListShard(
  context: ProberContext,
  listContext: ListContext,
  shard: ListShard,
): Promise<ShardResult> {
  const first = shard.spans[0];
  const last = shard.spans.at(-1);
  if (first === undefined || last === undefined || context.traffic.isAbandoned) return NOTHING;
  const symbol = context.symbols[shard.symbolIndex] ?? "";
  const listed = await listFiles(context, listContext, context.dataset, symbol, { from: first.from, to: last.to });
  switch (listed.type) {
    case "files":
      return answerShard(context, shard, listed.files);
    case "failed":
      return failShard(context, shard, listed.failure);
    case "abandoned":
      return NOTHING;
  }
}

function answerShard(context: ProberContext, shard: ListShard, found: ListedFiles): ShardResult {
  const now = Date.now();
  const { symbolIndex, spans } = shard;
  let available = 0;
  let failureCount = 0;
  // Both the files and the wanted days are ascending.
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
