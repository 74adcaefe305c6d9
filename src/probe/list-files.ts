import type { Span } from "../calendar/span.js";
import { formatPeriod } from "../calendar/period.js";
import type { Failure } from "../rows/failure.js";
import type { FileFacts } from "../rows/probe-row.js";
import type { Dataset } from "../vision/dataset.js";
import { KEYS_PER_PERIOD, MAX_PAGE_ENTRIES, maxFilePages } from "../vision/list-limits.js";
import { noFiles, type ListedFiles } from "../vision/list-page.js";
import { fileKeyEnd, fileKeyStem, parseKey, symbolPrefix } from "../vision/object-key.js";
import type { ListContext } from "./list.js";
import { listWithRetries } from "./list-retries.js";
import { endlessList } from "./outcome.js";
import type { ProberContext } from "./prober-context.js";

/** Files of a symbol, or a failure: if one page fails, all fail, because any file might have been on it. */
export type FilesOutcome =
  { type: "files"; files: ListedFiles } | { type: "failed"; failure: Failure } | { type: "abandoned" };

/**
 * Lists the files of one symbol over a span of days, page by page, starting at its first day. May include files of later
 * days. Never rejects.
 *
 * @param firstKeys maximum number of keys on the first page: where no file is expected, a small one saves a page of
 *   later files
 * @default as many as a page can have
 */
export async function listFiles(
  context: ProberContext,
  listContext: ListContext,
  dataset: Dataset,
  symbol: string,
  { from, to }: Span,
  firstKeys = MAX_PAGE_ENTRIES,
): Promise<FilesOutcome> {
  const stem = fileKeyStem(dataset, symbol);
  const found = noFiles();
  const end = stem + fileKeyEnd(dataset, to);
  // No key ends in a bare period, so even the file of the first day comes after this.
  let after = stem + formatPeriod(dataset.cadence, from);
  let nextDay = from;
  const maxPages = maxFilePages(to - from + 1);
  for (let pages = 0; ; pages++) {
    if (pages === maxPages) return { type: "failed", failure: endlessList(`more than ${pages} pages`) };
    const pageKeys = pages === 0 ? firstKeys : MAX_PAGE_ENTRIES;
    const maxKeys = Math.min(pageKeys, (to - nextDay + 1) * KEYS_PER_PERIOD);
    const request = { prefix: symbolPrefix(dataset, symbol), after, maxKeys };
    const outcome = await listWithRetries(context, listContext, request, { dataset, stem });
    if (outcome.type !== "page") return outcome;
    context.counters.add("bytes", outcome.bytes);
    context.counters.add("foreignKeys", outcome.page.others.length);
    append(found, outcome.page.files);
    after = outcome.page.lastEntry;
    if (!outcome.page.truncated || after >= end) return { type: "files", files: found };
    const reached = parseKey(dataset, after);
    nextDay = reached.type === "foreign" ? nextDay : reached.period;
  }
}

/** Appends the files of a page to those of the previous pages. */
function append(found: ListedFiles, { days, sizes, lastModified, etagHighs, etagLows }: ListedFiles): void {
  found.days.push(...days);
  found.sizes.push(...sizes);
  found.lastModified.push(...lastModified);
  found.etagHighs.push(...etagHighs);
  found.etagLows.push(...etagLows);
}

/** The facts of the file at an index, which must exist. */
export function fileAt({ sizes, lastModified, etagHighs, etagLows }: ListedFiles, place: number): FileFacts {
  return {
    size: sizes[place] as number,
    lastModified: lastModified[place] as number,
    etag: { high: etagHighs[place] as number, low: etagLows[place] as number },
  };
}
