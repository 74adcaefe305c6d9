import { dayAt, formatDay } from "../calendar/day.js";
import { countDays, describeSpan, type Span } from "../calendar/span.js";
import { NotKnownError } from "../errors.js";
import { conditionSpans, type ConditionSpan, type DayCondition } from "../store/conditions.js";
import { worstCondition } from "../vision/condition.js";
import type { Dataset } from "../vision/dataset.js";
import { nearest } from "../text/nearest.js";
import { number, plural } from "../text/numbers.js";

/** Maximum numbers of spans and names in the message; the error has all. */
const SPANS_SHOWN = 5;
const NAMES_SHOWN = 10;

/**
 * Explains why days can't be answered, and what to do about it. The advised command will not be refused in turn.
 *
 * @param days not empty
 * @param now ms since the Unix epoch
 */
export function refusal(dataset: Dataset, days: readonly DayCondition[], now: number): NotKnownError {
  const spans = conditionSpans(days);
  const condition = worstCondition(spans.map((span) => span.condition));
  const worst = spans.filter((span) => span.condition === condition);
  const unknown = [...new Set(days.flatMap(({ unknownSymbols }) => unknownSymbols))].sort();
  const message =
    condition === "partial"
      ? `only part of ${describe(worst)} is known: ${names(unknown)} ${unknown.length === 1 ? "was" : "were"} never probed; ` +
        "`bfa update` probes what is due"
      : condition === "unpublished"
        ? `Binance has not published all of ${describe(worst)} yet: \`bfa update\` probes it again`
        : unwrittenMessage(dataset, worst, now);
  const details = {
    condition: condition === "partial" || condition === "unpublished" ? condition : ("unwritten" as const),
    spans: spans.map(({ condition: of, from, to }) => ({ condition: of, from: formatDay(from), to: formatDay(to) })),
    unknown_symbols: unknown,
  };
  return new NotKnownError(message, details, condition === "partial" ? "answers anyway" : undefined);
}

/**
 * Explains why nothing is known about a symbol: it is not in the database.
 *
 * @param stored symbols in the database
 */
export function symbolRefusal(symbol: string, stored: readonly string[]): NotKnownError {
  const meant = nearest(symbol.toUpperCase(), stored);
  const way =
    meant === undefined
      ? "is it a symbol? `bfa discover` lists them"
      : `did you mean ${meant}? \`bfa discover\` lists all symbols`;
  return new NotKnownError(`no day of ${symbol} is in the database: ${way}`, {
    ...{ condition: "unwritten", spans: [], unknown_symbols: [symbol] },
  });
}

/**
 * Explains why symbols can't be filtered by their age: the database doesn't reach far enough back.
 *
 * @param symbols not empty, by name
 * @param date YYYY-MM-DD
 */
export function ageRefusal(symbols: readonly string[], date: string): NotKnownError {
  return new NotKnownError(
    `only a lower bound is known for the age of ${names(symbols)} on ${date}; \`bfa update\` fills in their past`,
    { condition: "partial", spans: [{ condition: "partial", from: date, to: date }], unknown_symbols: [...symbols] },
    "leaves them out",
  );
}

/**
 * Explains why it is unknown what was traded: the volumes of these symbols are unknown.
 *
 * @param of their names, not empty, in order
 * @param all whether these are all symbols of the query
 * @param canLeaveOut whether the query has an option that leaves symbols out
 */
export function volumeRefusal(
  of: readonly string[],
  { from, to }: Span,
  all: boolean,
  canLeaveOut = true,
): NotKnownError {
  const symbols = [...new Set(of)];
  const condition = all ? "unwritten" : "partial";
  return new NotKnownError(
    `volumes of ${names(symbols)} are not known for ${describeSpan({ from, to })}: \`bfa volumes\` fetches them`,
    { condition, spans: [{ condition, from: formatDay(from), to: formatDay(to) }], unknown_symbols: symbols },
    all || !canLeaveOut ? undefined : "leaves these symbols out",
  );
}

function unwrittenMessage({ firstPeriod }: Dataset, spans: readonly ConditionSpan[], now: number): string {
  const yesterday = dayAt(now) - 1;
  if (spans.every(({ to }) => to < firstPeriod)) {
    return `there can be no data for ${describe(spans)}: the first files are from ${formatDay(firstPeriod)}`;
  }
  if (spans.every(({ from }) => from > yesterday)) {
    return `${describe(spans)} has not ended yet; the last complete UTC day is ${formatDay(yesterday)}`;
  }
  return `not in the database: ${describe(spans)}; \`bfa update\` fills it`;
}

function describe(spans: readonly ConditionSpan[]): string {
  const shown = spans.slice(0, SPANS_SHOWN).map(describeSpan).join(", ");
  const rest = countDays(spans.slice(SPANS_SHOWN));
  return rest === 0 ? shown : `${shown} and ${plural(rest, "more day")}`;
}

function names(symbols: readonly string[]): string {
  const shown = symbols.slice(0, NAMES_SHOWN).join(", ");
  return symbols.length > NAMES_SHOWN ? `${shown} and ${number(symbols.length - NAMES_SHOWN)} more symbols` : shown;
}
