import { admittedSymbols } from "../query/admission.js";
import { DAY, date, dateText } from "../query/select.js";
import type { AdmittedSymbol } from "../store/admitted-cells.js";
import type { Store } from "../store/open.js";
import { select } from "../store/prepared.js";
import { storedSymbols } from "../store/stored-symbols.js";
import type { Day } from "../calendar/day.js";
import { countDays, describeSpan, type Span } from "../calendar/span.js";
import { dayConditions } from "../store/conditions.js";
import { number, plural } from "../text/numbers.js";
import { defineCheck, outcomeOf, type CheckOutcome, type CheckSettings, type Finding } from "./define.js";

/** `completeness` */
export const completeness = defineCheck({
  name: "completeness",
  summary: "days on which symbols were never probed, or with fewer files than the days around them",
  notes:
    "Ignores known delivery contracts without any row: a plain update doesn't probe them. The last three days are never reported as low: their files may still be published.",
  run: (store, settings) => checkCompleteness(store, settings),
});

/** How far a day's count may fall below that of its neighbours before it is a finding, as a share. */
export const DEFAULT_SHARE = 0.1;

/** Days on each side whose median a day is compared with: enough that an outage of two or three days still shows. */
const NEIGHBOURS = 7;

/** The last days are exempt: their files may still be published. */
const EXEMPT_DAYS = 3;

interface DayCount {
  day: Day;
  available: number;
}

/**
 * Days on which symbols were never probed, and days with fewer files than their neighbours, by more than a share and at
 * least two. No fixed number fits every era: the market grew from 3 symbols to hundreds.
 */
async function checkCompleteness(store: Store, settings: CheckSettings): Promise<CheckOutcome> {
  const { share } = settings;
  const partial = await partialSpans(store, settings);
  const rows = await select(store, `SELECT ${DAY}, available_count FROM daily_symbol_counts ORDER BY date`);
  const days = rows.map(([day, available]) => ({ day: Number(day), available: Number(available) }));
  const findings: Finding[] = partial.map((span) => ({
    date: dateText(span.from),
    symbols: [...span.symbols],
    message: `never probed: ${describeSpan(span)} (${plural(countDays([span]), "day")})`,
  }));
  const isPartial = (day: Day) => partial.some(({ from, to }) => from <= day && day <= to);
  for (const { day, available, expected } of lowDays(days, share)) {
    // A partial day may have the files that it seems to lack.
    if (isPartial(day)) continue;
    const symbols = await absentOnlyOn(store, day);
    findings.push({
      date: dateText(day),
      symbols,
      message: `${plural(available, "file")} where the days around it have ${number(expected)}`,
    });
  }
  // 0.07 * 100 is 7.000000000000001.
  const percent = Number((share * 100).toPrecision(12));
  return outcomeOf(
    findings,
    `all symbols were probed on every day, and no day has over ${percent} % fewer files than the days around it`,
    `${countDays(partial)} of ${days.length} days have symbols that were never probed, ` +
      `${findings.length - partial.length} have over ${percent} % fewer files than the days around them`,
  );
}

/** Consecutive days on which the same symbols were never probed. */
interface PartialSpan extends Span {
  symbols: readonly string[];
}

/** The days without a row for symbols that should have one. Days without any rows belong to `continuity`. */
async function partialSpans(store: Store, { from, to, now }: CheckSettings): Promise<PartialSpan[]> {
  const symbols = await expectedSymbols(store);
  const spans: PartialSpan[] = [];
  for (const { day, probed, unknownSymbols } of await dayConditions(store, { symbols, listedAt: now, from, to, now })) {
    if (probed === 0 || unknownSymbols.length === 0) continue;
    const last = spans.at(-1);
    if (last?.to === day - 1 && last.symbols.join() === unknownSymbols.join()) last.to = day;
    else spans.push({ from: day, to: day, symbols: unknownSymbols });
  }
  return spans;
}

/** The known symbols that a plain run would probe, and others once they have a row. */
async function expectedSymbols(store: Store): Promise<readonly AdmittedSymbol[]> {
  const known = await admittedSymbols(store, { contract: "perpetual", quote: undefined });
  return await admittedSymbols(store, {
    symbols: [...new Set([...known.map(({ symbol }) => symbol), ...(await storedSymbols(store))])].sort(),
  });
}

/**
 * The days whose count is below the usual one both before and after them, so that neither growth nor a day with many
 * delistings counts as a drop. The last days are exempt, and the first has nothing to drop from.
 */
export function lowDays(days: readonly DayCount[], share: number): (DayCount & { expected: number })[] {
  return days.slice(0, Math.max(0, days.length - EXEMPT_DAYS)).flatMap((count, index) => {
    const before = median(days.slice(Math.max(0, index - NEIGHBOURS), index));
    const after = median(days.slice(index + 1, index + 1 + NEIGHBOURS));
    const expected = Math.min(before, after);
    const drop = expected - count.available;
    return drop >= 2 && drop > expected * share ? [{ ...count, expected }] : [];
  });
}

function median(days: readonly DayCount[]): number {
  const counts = days.map(({ available }) => available).sort((a, b) => a - b);
  return counts[counts.length >> 1] ?? 0;
}

/** Symbols without a file on a day that have one within a week before and after it. */
async function absentOnlyOn(store: Store, day: Day): Promise<string[]> {
  const rows = await select(
    store,
    `SELECT symbol FROM availability WHERE available AND date BETWEEN $from AND $to GROUP BY symbol
      HAVING bool_or(date < $day) AND bool_or(date > $day) AND NOT bool_or(date = $day) ORDER BY symbol`,
    { day: date(day), from: date(day - NEIGHBOURS), to: date(day + NEIGHBOURS) },
  );
  return rows.map(([symbol]) => String(symbol));
}
