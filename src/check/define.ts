import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { Store } from "../store/open.js";
import { column, optionalColumn, type RowOf } from "../text/columns.js";

/** Columns of a finding. */
export const FINDING_COLUMNS = {
  date: optionalColumn("date", "the day, if the finding is about one"),
  symbols: column("value", "the symbols concerned"),
  message: column("text", "what is wrong"),
};

/** Something that a check found. */
export type Finding = Omit<RowOf<typeof FINDING_COLUMNS>, "symbols"> & { symbols: string[] };

/** Outcome of one check. Findings are a report, not an error; `unavailable` means that the check couldn't be run. */
export type CheckOutcome =
  | { outcome: "passed"; summary: string }
  | { outcome: "findings"; summary: string; findings: Finding[] }
  | { outcome: "unavailable"; summary: string };

/**
 * Settings of a check. The span covers the days that should have rows: up to the last day written or the last one that
 * should be published by now, whichever is later.
 */
export interface CheckSettings extends Span {
  /** How many fewer files a day may have than the days around it, as a share from 0 to 1. */
  share: number;
  /** Day to compare with the exchange. */
  day: Day;
  /** The current time, ms since the Unix epoch. */
  now: number;
  /** URL of the exchange's `exchangeInfo`. */
  exchangeUrl: string;
  /** PEM certificates that are trusted in addition to Node's. */
  ca: string | undefined;
}

/** A check of a database. Adding one takes a file with its definition, a line in `registry.ts`, and a test. */
export interface Check {
  name: string;
  /** What it looks for, in one line. */
  summary: string;
  /** Further remarks for users. */
  notes?: string;
  /** Whether it needs the network: then it only runs when it is named. */
  needsNetwork?: boolean;
  /** @throws NotKnownError when a day that it needs isn't in the database. */
  run(store: Store, settings: CheckSettings): Promise<CheckOutcome>;
}

/** Type-checks a definition where it is written. */
export function defineCheck(check: Check): Check {
  return check;
}

/** `passed` when there are no findings, else `findings`. */
export function outcomeOf(findings: Finding[], passed: string, found: string): CheckOutcome {
  return findings.length === 0
    ? { outcome: "passed", summary: passed }
    : { outcome: "findings", summary: found, findings };
}
