import { formatDay, type Day } from "../../src/calendar/day.js";
import type { CellAnswers, RunAnswers } from "./answers.js";
import type { BucketFile } from "./history.js";
import type { Change } from "./oracle/journal.js";
import type { Belief, Knowledge } from "./oracle/knowledge.js";
import type { Stored, StoredCell } from "./product.js";

/** An invariant that the product broke. `rule` names it, for counting and for shortening a sequence. */
export interface Violation {
  rule: string;
  message: string;
}

/** Verdict on one cell after a run. */
export interface CellVerdict {
  /** The stored answer from now on, if the run's answer was stored. */
  taken: Belief | undefined;
  violation: Violation | undefined;
}

/**
 * Checks that a stored row is either the previous one or an answer of this run: nothing is stored that no probe found.
 * The product may choose which answers about cells that weren't due it stores, so that is derived from the row's time.
 *
 * @param isRequired whether the run had to answer this cell, and ended
 */
export function judgeCell(
  name: string,
  before: Belief | undefined,
  stored: StoredCell | undefined,
  answers: CellAnswers | undefined,
  now: number,
  isRequired: boolean,
): CellVerdict {
  const verdict = (rule: string, message: string): CellVerdict => ({
    taken: undefined,
    violation: { rule, message: `${name}: ${message}` },
  });
  if (stored !== undefined && stored.probedAt === now) {
    const file = answers?.files.find((file) => isSame(stored, file));
    if (answers?.files.some((file) => isSame(stored, file)) === true) {
      return { taken: { file, probedAt: now }, violation: undefined };
    }
  }
  if (!isRow(stored, before)) {
    const failed = answers?.failed === true ? " (its probe failed)" : "";
    return verdict("nothing is stored that no probe said", `${describe(stored)} was never answered${failed}`);
  }
  if (!isRequired || answers?.failed === true) return { taken: undefined, violation: undefined };
  if (answers === undefined)
    return verdict("due cells are probed", `due, but not requested; stored is ${describe(stored)}`);
  return verdict(
    "due cells are the bucket's",
    `answered ${answers.files.map(describeFile).join(", ")}; stored is ${describe(stored)}`,
  );
}

/** Whether a stored row equals the previous one, including its time. */
function isRow(stored: StoredCell | undefined, belief: Belief | undefined): boolean {
  if (stored === undefined || belief === undefined) return stored === undefined && belief === undefined;
  return stored.probedAt === belief.probedAt && isSame(stored, belief.file);
}

/** Whether a row matches an answer. */
export function isSame(stored: StoredCell, file: BucketFile | undefined): boolean {
  if (file === undefined) return !stored.available && stored.size === undefined && stored.modified === undefined;
  const etag = stored.etag === undefined || file.etag.startsWith(stored.etag);
  return stored.available && stored.size === file.size && stored.modified === file.modified && etag;
}

/** Counts equal GROUP BY, and no cell appears twice. */
export function judgeSoundness(stored: Stored): Violation[] {
  const violations: Violation[] = [];
  if (stored.duplicates > 0)
    violations.push({ rule: "no cell twice", message: `${stored.duplicates} rows appear twice` });
  if (stored.wrongCounts.length > 0) {
    violations.push({
      rule: "counts equal GROUP BY",
      message: `wrong on ${stored.wrongCounts.slice(0, 5).join(", ")}`,
    });
  }
  return violations;
}

/** The journal contains exactly the changes: all required entries, and only allowed ones. */
export function judgeJournal(
  before: readonly Change[],
  after: readonly Change[],
  must: readonly Change[],
  may: readonly Change[],
): Violation[] {
  const rule = "the journal holds exactly the changes";
  const fresh = minus(after.map(text), before.map(text));
  const lost = minus(before.map(text), after.map(text));
  const absent = minus(must.map(text), fresh);
  const extra = minus(minus(fresh, must.map(text)), may.map(text));
  return [
    ...lost.map((entry) => ({ rule, message: `lost: ${entry}` })),
    ...absent.map((entry) => ({ rule, message: `not journaled: ${entry}` })),
    ...extra.map((entry) => ({ rule, message: `journaled, and did not happen: ${entry}` })),
  ];
}

/** There is no request about a dormant symbol before its weekly LIST is due. */
export function judgeRest(answers: RunAnswers, resting: readonly string[]): Violation[] {
  return resting
    .filter((symbol) => answers.requested.has(symbol))
    .map((symbol) => ({ rule: "one LIST a week for dormant symbols", message: `${symbol} was requested too early` }));
}

/** After a sweep, all rows match the bucket. */
export function judgeSweep(
  knowledge: Knowledge,
  bucketFile: (symbol: string, day: Day) => BucketFile | undefined,
): Violation[] {
  const violations: Violation[] = [];
  for (const [symbol, days] of knowledge.cells) {
    for (const [day, { file }] of days) {
      const there = bucketFile(symbol, day);
      if (describeFile(file) === describeFile(there)) continue;
      const message = `${symbol} ${formatDay(day)}: ${describeFile(file)}; the bucket has ${describeFile(there)}`;
      violations.push({ rule: "after a sweep everything is the bucket's", message });
    }
  }
  return violations;
}

function minus(all: readonly string[], taken: readonly string[]): string[] {
  const left = [...all];
  for (const entry of taken) {
    const place = left.indexOf(entry);
    if (place >= 0) left.splice(place, 1);
  }
  return left;
}

function text({ kind, symbol, day }: Change): string {
  return `${kind} ${symbol} ${formatDay(day)}`;
}

function describe(stored: StoredCell | undefined): string {
  if (stored === undefined) return "no row";
  const when = new Date(stored.probedAt).toISOString();
  return stored.available
    ? `available (${stored.size ?? "?"} bytes of ${stored.modified ?? "?"}, probed ${when})`
    : `missing (probed ${when})`;
}

function describeFile(file: BucketFile | undefined): string {
  return file === undefined ? "no file" : `${file.size} bytes of ${new Date(file.modified).toISOString()} ${file.etag}`;
}
