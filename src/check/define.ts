/** Names of the checks. */
export const CHECKS = ["continuity", "completeness", "counts", "duplicates", "cross-check"] as const;
export type CheckName = (typeof CHECKS)[number];

/** Something that a check found, with the rows that it is about. */
export interface Finding {
  /** The day, where it is about one. */
  date?: string;
  /** The symbols, where it is about some. */
  symbols?: string[];
  message: string;
}

/** Outcome of one check. A finding is a report, not an error; `unavailable` means that it couldn't be made at all. */
export type CheckResult =
  | { check: CheckName; outcome: "passed"; summary: string }
  | { check: CheckName; outcome: "findings"; summary: string; findings: Finding[] }
  | { check: CheckName; outcome: "unavailable"; summary: string };

/** A result that passed when there are no findings. */
export function resultOf(check: CheckName, findings: Finding[], passed: string, found: string): CheckResult {
  return findings.length === 0
    ? { check, outcome: "passed", summary: passed }
    : { check, outcome: "findings", summary: found, findings };
}
