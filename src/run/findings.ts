import type { ConditionSpan } from "../store/conditions.js";
import type { AnnouncedDelisting } from "../store/contracts.js";
import type { DueCells } from "../store/due.js";
import type { News } from "../store/news.js";
import type { Threads } from "../threads/threads.js";
import type { Plan } from "./plan.js";

/** What a run says about its file at its end. */
export interface Findings {
  /** Delistings that the exchange has announced. */
  announced: AnnouncedDelisting[];
  /** Conditions of the last days of the run's span, for its symbols. */
  conditions: ConditionSpan[];
  news: News;
  /** Cells of the run's symbols and days that are still due, by reason. */
  due: DueCells["counts"];
}

/** Number of last days whose conditions a run reports: enough to see up to which day the database is final. */
const CONDITION_DAYS = 30;

/**
 * Asks the writer what the file of a run says now.
 *
 * @throws StoreError, ThreadError
 */
export async function findingsOf({ symbols, span }: Plan, { writer }: Pick<Threads, "writer">): Promise<Findings> {
  const recent = { from: Math.max(span.from, span.to - CONDITION_DAYS + 1), to: span.to };
  const announced = await writer.call("announcedDelistings", Date.now());
  const conditions = await writer.call("conditions", { symbols, ...recent, now: Date.now() });
  const news = await writer.call("news", Date.now());
  const { counts: due } = await writer.call("due", { symbols, ...span, rest: false }, Date.now());
  return { announced, conditions, news, due };
}
