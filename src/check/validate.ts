import { NotWrittenError } from "../errors.js";
import { DAY, select } from "../query/select.js";
import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { lastFinalDay } from "../vision/finality.js";
import { CHECKS, type CheckName, type CheckResult } from "./define.js";
import { checkCompleteness, DEFAULT_SHARE } from "./completeness.js";
import { checkContinuity } from "./continuity.js";
import { checkCounts } from "./counts.js";
import { crossCheck, EXCHANGE_INFO_URL } from "./cross-check.js";
import { checkDuplicates } from "./duplicates.js";

/** Checks that are made when none is named: all that need no network. */
export const DEFAULT_CHECKS: readonly CheckName[] = CHECKS.filter((check) => check !== "cross-check");

/** Options of {@link validate}. */
export interface ValidateOptions {
  checks?: readonly CheckName[];
  /** First day that should have rows; 2019-12-31, the first day with any data, by default. */
  from?: Day;
  /** Share by which a day may have fewer files than the days around it; 0.1 by default. */
  share?: number;
  /** Day of the cross-check; the last one written by default. */
  day?: Day;
  /** URL of the exchange's `exchangeInfo`. */
  exchangeUrl?: string;
  /** ms since the Unix epoch: decides up to which day there should be rows. */
  now: number;
}

/**
 * Looks for what can be wrong with a file, in the order of the checks named.
 *
 * @throws NotWrittenError when nothing is in the file, or not the day of the cross-check.
 */
export async function validate(store: Store, options: ValidateOptions): Promise<CheckResult[]> {
  const { checks = DEFAULT_CHECKS, from = store.dataset.firstPeriod, share = DEFAULT_SHARE, now } = options;
  const last = await lastDayWritten(store);
  const results: CheckResult[] = [];
  for (const check of checks) {
    switch (check) {
      case "continuity":
        results.push(
          await checkContinuity(store, {
            from,
            to: Math.max(last, lastFinalDay(store.dataset.finality, now)),
          }),
        );
        break;
      case "completeness":
        results.push(await checkCompleteness(store, share));
        break;
      case "counts":
        results.push(await checkCounts(store));
        break;
      case "duplicates":
        results.push(await checkDuplicates(store));
        break;
      case "cross-check":
        results.push(await crossCheck(store, options.day ?? last, options.exchangeUrl ?? EXCHANGE_INFO_URL));
        break;
    }
  }
  return results;
}

async function lastDayWritten(store: Store): Promise<Day> {
  const [last] = await select(store, `SELECT max(${DAY}) FROM daily_symbol_counts WHERE available_count > 0`);
  if (typeof last?.[0] !== "number")
    throw new NotWrittenError("no day is in the database yet: `bfa backfill` fills it");
  return last[0];
}
