import type { Rules } from "./reference-rules.js";

/** A text in the sources and its faulty replacement. It must occur exactly once. */
export interface Patch {
  /** Path below `src/`. */
  file: string;
  find: string;
  replace: string;
}

/** A faulty rule, for the product in memory and for the built one. */
export interface SeededFault {
  /** What the product does wrong, as the predicate of a sentence. */
  name: string;
  /** Number of the rule in README.md. */
  rule: number;
  /** One of the first {@link SEEDS} seeds, which shows it in both. */
  seed: number;
  reference: Partial<Rules>;
  /** Patches for the same fault in the built product; empty if that would take more than a few words of source. */
  patches: readonly Patch[];
}

const DATASET = "vision/datasets/um-daily-klines-1m.ts";

/** Number of seeds within which the model must detect a fault. */
export const SEEDS = 200;

/** The seeds to try for a fault, in order: the one known to show it, then the others. */
export function seedsFor({ seed }: SeededFault): number[] {
  return [seed, ...Array.from({ length: SEEDS }, (_, i) => i + 1).filter((other) => other !== seed)];
}

/** Faults that the model must detect. */
export const SEEDED_FAULTS: readonly SeededFault[] = [
  {
    name: "stores a failed probe as missing",
    rule: 1,
    seed: 4,
    reference: { failuresAreGaps: false },
    patches: [
      {
        file: "probe/head-prober.ts",
        find: "sink.add(failedRow(symbolIndex, day));",
        replace: "sink.add(missingRow(symbolIndex, day, Date.now()));",
      },
    ],
  },
  {
    name: "writes the pages of a listing that broke off",
    rule: 1,
    seed: 1,
    reference: { wholeLists: false },
    patches: [],
  },
  { name: "takes up after the last final day", rule: 2, seed: 1, reference: { cellByCell: false }, patches: [] },
  {
    name: "believes a probe at D+19",
    rule: 2,
    seed: 1,
    reference: { lookBackDays: 19 },
    patches: [{ file: DATASET, find: " afterDays: 20,", replace: " afterDays: 19," }],
  },
  {
    name: "believes a hole at D+20",
    rule: 3,
    seed: 5,
    reference: { holeDays: 20 },
    patches: [{ file: DATASET, find: "holeAfterDays: 90,", replace: "holeAfterDays: 20," }],
  },
  {
    name: "lets an empty day become final without a sweep",
    rule: 3,
    seed: 4,
    reference: { emptyDayWaits: false },
    patches: [
      {
        file: "store/empty-days.ts",
        find: "swept < holeFinalFrom(store.dataset.finality, day)",
        replace: "swept > Infinity",
      },
    ],
  },
  {
    name: "never lists a dormant symbol again",
    rule: 4,
    seed: 4,
    reference: { restDays: 10_000 },
    patches: [{ file: DATASET, find: "dormantEveryDays: 7,", replace: "dormantEveryDays: 10_000," }],
  },
  {
    name: "sweeps only what is due",
    rule: 5,
    seed: 8,
    reference: { sweepsAll: false },
    patches: [{ file: "run/sweep.ts", find: 'cells: () => "all",', replace: 'cells: () => "due",' }],
  },
  {
    name: "calls a file late that was missing at D+1",
    rule: 6,
    seed: 2,
    reference: { lateDays: 1 },
    patches: [{ file: DATASET, find: "lateAfterDays: 3,", replace: "lateAfterDays: 1," }],
  },
  {
    name: "sees no replacement in another ETag",
    rule: 6,
    seed: 56,
    reference: { etags: false },
    patches: [{ file: "store/write/changes.ts", find: " AND coalesce(etag = old_etag, true)", replace: "" }],
  },
  {
    name: "answers for a day with unknown cells",
    rule: 7,
    seed: 1,
    reference: { partial: false },
    patches: [{ file: "vision/condition.ts", find: 'if (unknown > 0) return "partial";', replace: "" }],
  },
  {
    name: "judges a day as such, not the query's cells",
    rule: 7,
    seed: 1,
    reference: { byQuestion: false },
    patches: [],
  },
  {
    name: "accepts no proof from a listing",
    rule: 7,
    seed: 2,
    reference: { listingsProve: false },
    patches: [
      {
        file: "store/absent-cells.ts",
        find: "return absentAt !== undefined && (day",
        replace: "return absentAt === null && (day",
      },
    ],
  },
  {
    name: "answers for half-published days",
    rule: 7,
    seed: 38,
    reference: { lackingSymbols: 6 },
    patches: [{ file: "vision/publication.ts", find: "const MIN_LACKING = 5;", replace: "const MIN_LACKING = 6;" }],
  },
  {
    name: "reports the lower bound of an age as exact",
    rule: 7,
    seed: 45,
    reference: { bounds: false },
    patches: [
      {
        file: "query/lives.ts",
        find: "const begins = countDays([quiet]) === 0 || (isWhole && firstRow <= quiet.from);",
        replace: "const begins = true;",
      },
    ],
  },
  {
    name: "reports a delisting before it is believed",
    rule: 8,
    seed: 2,
    reference: { delistingsWait: false },
    patches: [
      {
        file: "query/lives.ts",
        find: "mayEnd && isWhole && firstProbe >= finalFrom(finality, next)",
        replace: "mayEnd && isWhole",
      },
      {
        file: "query/lives.ts",
        find: "WHERE NOT available AND ${finalSql(dataset.finality)} AND",
        replace: "WHERE NOT available AND",
      },
    ],
  },
  {
    name: "does not end a life where a settled folder ends",
    rule: 8,
    seed: 22,
    reference: { settledEndsLife: false },
    patches: [
      {
        file: "vision/lives.ts",
        find: "absent > 0 && settled.some((folder) => endsBetween(folder, previous, day))",
        replace: "absent > 0 && settled.length < 0",
      },
    ],
  },
  {
    name: "needs 29 days of flat files to end a life",
    rule: 8,
    seed: 8,
    reference: { dullDays: 29 },
    patches: [{ file: "vision/lives.ts", find: "QUIET_AFTER_DAYS = 28", replace: "QUIET_AFTER_DAYS = 29" }],
  },
  {
    name: "ends a life after 29 days",
    rule: 8,
    seed: 26,
    reference: { absentDays: 29 },
    patches: [{ file: "vision/lives.ts", find: "RELISTED_AFTER_DAYS = 30", replace: "RELISTED_AFTER_DAYS = 29" }],
  },
  {
    name: "believes a probe from the future",
    rule: 12,
    seed: 4,
    reference: { clocksLie: false },
    patches: [
      {
        file: "vision/finality.ts",
        find: "return `probe_timestamp <= epoch_ms(${time})::TIMESTAMP_MS`;",
        replace: "return `(probe_timestamp <= epoch_ms(${time})::TIMESTAMP_MS OR true)`;",
      },
    ],
  },
];
