import { dayAt, formatDay, type Day } from "../calendar/day.js";
import { NotKnownError, UsageError } from "../errors.js";
import { DAY } from "../query/select.js";
import { answerFrom } from "../store/defects.js";
import type { Store } from "../store/open.js";
import { select } from "../store/prepared.js";
import { column, type Answer } from "../text/columns.js";
import { EXCHANGE_INFO_URL } from "../vision/exchange-info.js";
import { DEFAULT_SHARE } from "./completeness.js";
import { FINDING_COLUMNS, type CheckOutcome, type Finding } from "./define.js";
import { CHECK_NAMES, CHECKS, type CheckName } from "./registry.js";

/** Options of {@link validate}. */
export interface ValidateOptions {
  /**
   * The checks to run, in this order.
   *
   * @default all that don't need the network
   */
  checks?: readonly CheckName[] | undefined;
  /**
   * First day that should have rows.
   *
   * @default the first day of the dataset, 2019-12-31
   */
  from?: Day | undefined;
  /**
   * How many fewer files a day may have than the days around it, as a share from 0 to 1.
   *
   * @default 0.1
   */
  share?: number | undefined;
  /**
   * Day that the cross-check compares with the exchange.
   *
   * @default the last day with files
   */
  day?: Day | undefined;
  /**
   * URL of the exchange's `exchangeInfo`.
   *
   * @default https://fapi.binance.com/fapi/v1/exchangeInfo
   */
  exchangeUrl?: string | undefined;
  /**
   * PEM certificates to trust in addition to Node's.
   *
   * @default none
   */
  ca?: string | undefined;
  /**
   * Current time, which decides through which day there should be rows, ms since the Unix epoch.
   *
   * @default Date.now()
   */
  now?: number | undefined;
}

/** The outcome of one check, without its findings. */
export interface CheckSummary {
  check: CheckName;
  outcome: CheckOutcome["outcome"];
  summary: string;
}

/** The outcome of all checks together. */
export interface ValidationFacts {
  /** `findings` when any check has some; otherwise `unavailable` when one couldn't be run; otherwise `passed`. */
  outcome: CheckOutcome["outcome"];
  checks: CheckSummary[];
}

/** Columns of {@link ValidationFacts}. */
export const VALIDATION_FACTS = {
  outcome: column(
    "text",
    "`findings` when a check has some; otherwise `unavailable` when one couldn't be run; otherwise `passed`",
  ),
  checks: column("value", "the checks that were run, each with its outcome and a summary"),
};

/** Columns of the findings. */
export const VALIDATION_COLUMNS = { check: column("text", "the check that found it"), ...FINDING_COLUMNS };

/** A finding with its check. */
export type CheckFinding = Finding & { check: string };

/** Result of {@link validate}. */
export interface Validation extends Answer<ValidationFacts, typeof VALIDATION_COLUMNS> {
  rows: CheckFinding[][];
}

/**
 * Runs the named checks on a database, in order.
 *
 * @throws NotKnownError when the database is empty or lacks the day of the cross-check; UsageError when no day from
 *   `from` on should have rows yet
 */
export function validate(store: Store, options: ValidateOptions = {}): Promise<Validation> {
  return answerFrom(store, () => runChecks(store, options));
}

async function runChecks(store: Store, options: ValidateOptions): Promise<Validation> {
  const lastWritten = await lastDayWritten(store);
  const now = options.now ?? Date.now();
  const settings = {
    now,
    from: options.from ?? store.dataset.firstPeriod,
    to: Math.max(lastWritten, dayAt(now) - store.dataset.finality.publishedAfterDays),
    share: options.share ?? DEFAULT_SHARE,
    day: options.day ?? lastWritten,
    exchangeUrl: options.exchangeUrl ?? EXCHANGE_INFO_URL,
    ca: options.ca,
  };
  if (settings.from > settings.to) {
    throw new UsageError(`no day from ${formatDay(settings.from)} on should have rows yet`, { option: "from" });
  }
  const checks: CheckSummary[] = [];
  const findings: CheckFinding[] = [];
  for (const name of options.checks ?? CHECK_NAMES) {
    const check = await CHECKS[name]();
    if (options.checks === undefined && check.needsNetwork === true) continue;
    const result = await check.run(store, settings);
    checks.push({ check: name, outcome: result.outcome, summary: result.summary });
    if (result.outcome === "findings") findings.push(...result.findings.map((found) => ({ check: name, ...found })));
  }
  return {
    facts: { outcome: overall(checks), checks },
    factColumns: VALIDATION_FACTS,
    rowsName: "findings",
    columns: VALIDATION_COLUMNS,
    rows: [findings],
  };
}

function overall(checks: readonly CheckSummary[]): CheckOutcome["outcome"] {
  const found = (["findings", "unavailable"] as const).find((outcome) => checks.some((one) => one.outcome === outcome));
  return found ?? "passed";
}

async function lastDayWritten(store: Store): Promise<Day> {
  const [last] = await select(store, `SELECT max(${DAY}) FROM daily_symbol_counts WHERE available_count > 0`);
  if (typeof last?.[0] !== "number")
    throw new NotKnownError("the database is empty; `bfa update` fills it", {
      ...{ condition: "unwritten", spans: [], unknown_symbols: [] },
    });
  return last[0];
}
