import type { CheckName } from "./check/registry.js";
import { CHECK_NAMES } from "./check/registry.js";
import type { ValidateOptions as CheckOptions } from "./check/validate.js";
import type { DayInput } from "./calendar/day-input.js";
import { UsageError } from "./errors.js";
import {
  checkChoice,
  checkDay,
  checkPem,
  checkShare,
  checkSymbols,
  checkText,
  checkUrl,
  checkWhole,
} from "./options/checks.js";
import { optional, readOptions, type ChecksOf } from "./options/read-options.js";
import {
  EXPORT_FORMATS,
  EXPORTS,
  type ExportFormat,
  type ExportKind,
  type ExportOptions as WrittenOptions,
} from "./query/export.js";

/** Options of `validate`, a method of {@link Availability}. An undefined option counts as omitted. */
export interface ValidateOptions {
  /**
   * The checks to run, in this order.
   *
   * @default all except `cross-check`, which queries the exchange
   */
  checks?: readonly CheckName[] | undefined;
  /**
   * First UTC day that is expected to have rows.
   *
   * @default "2019-12-31", the first day with a file
   */
  from?: DayInput | undefined;
  /**
   * How many fewer files a day may have than the days around it, as a share from 0 to 1.
   *
   * @default 0.1
   */
  share?: number | undefined;
  /**
   * UTC day of the cross-check.
   *
   * @default the last day with files
   */
  date?: DayInput | undefined;
  /**
   * URL of the exchange's `exchangeInfo`.
   *
   * @default "https://fapi.binance.com/fapi/v1/exchangeInfo"
   */
  exchangeUrl?: string | undefined;
  /**
   * PEM certificates to trust in addition to Node's, for the cross-check.
   *
   * @default none
   */
  ca?: string | undefined;
}

/** Options of `staleness`, a method of {@link Availability}. */
export interface StalenessOptions {
  /**
   * Maximum age of the last complete update, ms; at least 3600000, one hour.
   *
   * @default 129600000, 36 hours
   */
  maxAgeMs?: number | undefined;
}

/** Options of `export`, a method of {@link Availability}. An undefined option counts as omitted. */
export interface ExportOptions {
  /**
   * What to export: `rows` for those of `daily_availability`, `rankings` for each symbol's daily rank by quote volume.
   *
   * @default "rows"
   */
  what?: ExportKind | undefined;
  format: ExportFormat;
  /** Path of the file to write; an existing file is replaced. */
  out: string;
  /**
   * First UTC day.
   *
   * @default the first in the file
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day. Days that haven't ended are left out of the rows.
   *
   * @default the last in the file
   */
  to?: DayInput | undefined;
  /**
   * Only these symbols.
   *
   * @default all
   */
  symbols?: readonly string[] | undefined;
  /**
   * Only symbols with this quote asset; rankings rank only these.
   *
   * @default all; "USDT" for rankings
   */
  quote?: string | undefined;
}

/** Minimum and maximum of `maxAgeMs`: an hour, and more than the age of any file. */
const MAX_AGE_BOUNDS = [3_600_000, 3_600_000 * 100_000] as const;

/** @throws UsageError */
export function readValidateOptions(options: ValidateOptions): CheckOptions {
  const { date, ...given } = readOptions(options, {
    checks: optional(checkNames),
    from: optional(checkDay),
    share: optional(checkShare),
    date: optional(checkDay),
    exchangeUrl: optional(checkUrl("with path")),
    ca: optional(checkPem),
  } satisfies ChecksOf<ValidateOptions>);
  return { ...given, day: date };
}

/** @throws UsageError */
export function readStalenessOptions(options: StalenessOptions): StalenessOptions {
  return readOptions(options, {
    maxAgeMs: optional(checkWhole(MAX_AGE_BOUNDS)),
  } satisfies ChecksOf<StalenessOptions>);
}

/** @throws UsageError */
export function readExportOptions(options: ExportOptions): WrittenOptions {
  return readOptions(options, {
    what: optional(checkChoice(EXPORTS)),
    format: checkChoice(EXPORT_FORMATS),
    out: checkText,
    from: optional(checkDay),
    to: optional(checkDay),
    symbols: optional(checkSymbols),
    quote: optional(checkText),
  } satisfies ChecksOf<ExportOptions>);
}

function checkNames(option: string, value: unknown): CheckName[] {
  if (!Array.isArray(value)) throw new UsageError("expected a list of names", { option });
  if (value.length === 0) throw new UsageError("no checks", { option });
  return value.map((name: unknown) => checkChoice(CHECK_NAMES)(option, name));
}
