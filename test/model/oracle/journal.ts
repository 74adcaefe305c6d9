import type { Day } from "../../../src/calendar/day.js";
import type { Belief } from "./knowledge.js";
import { startOf } from "./knowledge.js";

/** Kinds of changes of a stored answer. */
export type ChangeKind = "late" | "replaced" | "removed";

/** An entry of the journal. */
export interface Change {
  readonly kind: ChangeKind;
  readonly symbol: string;
  readonly day: Day;
}

/** Days after which a missing file that then appears is late. */
const LATE_DAYS = 3;

/**
 * Rule 6: how an answer changes what was believed. It is not `certain` where the rules leave open whether it is
 * journaled.
 *
 * @param before what was stored for the cell; undefined if nothing was
 * @param wasFinal whether the day was final for a question about all symbols
 */
export function changeOf(
  before: Belief | undefined,
  after: Belief,
  day: Day,
  wasFinal: boolean,
): { kind: ChangeKind; certain: boolean } | undefined {
  if (before === undefined) {
    // "on a day that was final" may include symbols that weren't known then.
    return after.file !== undefined && wasFinal ? { kind: "late", certain: false } : undefined;
  }
  // A row from a wrong clock was never believed (rule 12).
  const certain = before.probedAt <= after.probedAt;
  if (before.file === undefined) {
    if (after.file === undefined) return undefined;
    if (before.probedAt >= startOf(day, LATE_DAYS)) return { kind: "late", certain };
    return wasFinal ? { kind: "late", certain: false } : undefined;
  }
  if (after.file === undefined) return { kind: "removed", certain };
  const { size, modified, etag } = before.file;
  const same = size === after.file.size && modified === after.file.modified && etag === after.file.etag;
  return same ? undefined : { kind: "replaced", certain };
}
