import type { Rules } from "./reference-rules.js";

/** A text of the compiled product and what a fault makes of it. It must occur exactly once. */
export interface Patch {
  /** Path below the compiled `src/`. */
  file: string;
  find: string;
  replace: string;
}

/** A rule that is wrong, in the product in memory and in the built one. */
export interface SeededFault {
  /** What the product does wrong, after "it". */
  name: string;
  /** Number of the rule in "The unit of truth". */
  rule: number;
  reference: Partial<Rules>;
  /** How to make the same fault in the built product; empty until its rule is there. */
  patches: readonly Patch[];
}

/** Ten faults, each of which the model must show within 200 seeds. */
export const SEEDED_FAULTS: readonly SeededFault[] = [
  { name: "stores a failed probe as missing", rule: 1, reference: { failuresAreGaps: false }, patches: [] },
  { name: "writes the pages of a listing that broke off", rule: 1, reference: { wholeLists: false }, patches: [] },
  { name: "takes up after the last final day", rule: 2, reference: { cellByCell: false }, patches: [] },
  { name: "believes a probe at D+19", rule: 2, reference: { lookBackDays: 19 }, patches: [] },
  { name: "believes a hole at D+20", rule: 3, reference: { holeDays: 20 }, patches: [] },
  { name: "lets an empty day become final without a sweep", rule: 3, reference: { emptyDayWaits: false }, patches: [] },
  { name: "never looks at a dormant symbol again", rule: 4, reference: { restDays: 10_000 }, patches: [] },
  { name: "sweeps only what is due", rule: 5, reference: { sweepsAll: false }, patches: [] },
  { name: "calls a file late that was missing at D+1", rule: 6, reference: { lateDays: 1 }, patches: [] },
  { name: "sees no replacement in another ETag", rule: 6, reference: { etags: false }, patches: [] },
  { name: "answers for a day of which some is unknown", rule: 7, reference: { partial: false }, patches: [] },
  { name: "judges a day as such, not the question's cells", rule: 7, reference: { byQuestion: false }, patches: [] },
  { name: "takes no proof from a listing", rule: 7, reference: { listingsProve: false }, patches: [] },
  { name: "answers for half published days", rule: 7, reference: { lackingSymbols: 6 }, patches: [] },
  { name: "says a lower bound of an age as a fact", rule: 7, reference: { bounds: false }, patches: [] },
  { name: "sees no end of a life in a settled folder's", rule: 8, reference: { settledEndsLife: false }, patches: [] },
  { name: "counts 29 days of flat files for a life's end", rule: 8, reference: { dullDays: 29 }, patches: [] },
  { name: "ends a life after 29 days", rule: 8, reference: { absentDays: 29 }, patches: [] },
  { name: "believes a probe from the future", rule: 12, reference: { clocksLie: false }, patches: [] },
];
