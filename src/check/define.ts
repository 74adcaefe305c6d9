import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { Store } from "../store/open.js";
import { column, optionalColumn, type RowOf } from "../text/columns.js";

/** Columns of what a check finds. */
export const FINDING_COLUMNS = {
  date: optionalColumn("date", "the day, where the finding is about one"),
  symbols: column("value", "the symbols that it is about"),
  message: column("text", "what is wrong"),
};

/** Something that a check found. */
export type Finding = Omit<RowOf<typeof FINDING_COLUMNS>, "symbols"> & { symbols: string[] };

/** Outcome of one check. Findings are a report, not an error; `unavailable` means that it couldn't be made at all. */
export type CheckOutcome =
  | { outcome: "passed"; summary: string }
  | { outcome: "findings"; summary: string; findings: Finding[] }
  | { outcome: "unavailable"; summary: string };

/**
 * What a check is asked with. The span is that of the days that should have rows: up to the last one written, or the last
 * one that is final by now.
 */
export interface CheckSettings extends Span {
  /** Share by which a day may have fewer files than the days around it, 0 to 1. */
  share: number;
  /** Day to compare with the exchange. */
  day: Day;
  /** URL of the exchange's `exchangeInfo`. */
  exchangeUrl: string;
}

/** A check of a file. To add one: a file with its definition, a line in `registry.ts`, and a test. */
export interface Check {
  name: string;
  /** What it looks for, in one line. */
  summary: string;
  /** What else a user should know. */
  notes?: string;
  /** Whether it asks the network: then it is made only when it is named. */
  needsNetwork?: boolean;
  /** @throws NotKnownError when a day that it needs isn't in the file. */
  run(store: Store, settings: CheckSettings): Promise<CheckOutcome>;
}

/** Types a check where it is written. */
export function defineCheck(check: Check): Check {
  return check;
}

/** An outcome that passed when there are no findings. */
export function outcomeOf(findings: Finding[], passed: string, found: string): CheckOutcome {
  return findings.length === 0
    ? { outcome: "passed", summary: passed }
    : { outcome: "findings", summary: found, findings };
}
