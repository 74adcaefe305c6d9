import { dayAt, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { AdmittedCells } from "../store/admitted-cells.js";
import { cellsOfDay, cellsOfSymbol, type StoredCell } from "../store/cells.js";
import { conditionSpans, dayConditions, type DayCondition } from "../store/conditions.js";
import { dayCounts, type DayCounts } from "../store/day-counts.js";
import { oncePerReader } from "../store/once-per-reader.js";
import type { Store } from "../store/open.js";
import { isAnswerable, worstCondition } from "../vision/condition.js";
import { column } from "../text/columns.js";
import { listedAt } from "../store/symbols.js";
import { admittedSymbols, type Admission } from "./admission.js";
import { listOf, type FactsOf } from "./facts.js";
import { refusal } from "./refusal.js";
import { dateText } from "./select.js";
import { readRows } from "../store/read-rows.js";

/** The cells that an answer rests on. */
export interface Basis {
  /** Days; `all` means all days in the database. */
  days: readonly Span[] | "all";
  /** Symbols. */
  admits: Admission;
  /**
   * What to do about days that can't be answered: refuse the answer; leave them out, which the query does by asking
   * `has` about each day; or only report them, because the answer is about what is in the database.
   */
  unknownDays: "refuse" | "leave out" | "report";
}

/** Facts that every answer has. */
export const CONDITION_FACTS = {
  condition: column(
    "text",
    "worst condition of the cells that the answer rests on: final, provisional, partial, unpublished or unwritten",
  ),
  conditions: listOf("days that are not final, as spans", {
    condition: column("text", "condition of the days"),
    from: column("date", "first day"),
    to: column("date", "last day"),
  }),
  unknown_symbols: column("value", "symbols that were never probed on some of these days, by name"),
};

/** What is known about the basis of a query. */
export interface Known {
  facts: FactsOf<typeof CONDITION_FACTS>;
  /** Each day of the basis, ascending. */
  days: readonly DayCondition[];
  /**
   * The rows that the answer rests on: of every symbol, for a query about one or two days; of one symbol, ascending by
   * day, for a query about that symbol. They had to be read anyway to find out what is known. Rows of days that haven't
   * ended, or probed in the future, come from a wrong clock and are left out.
   */
  cells: readonly StoredCell[];
  /** The stored counts of each day, ascending, for a query about all days that isn't about a symbol. */
  counts: readonly DayCounts[];
  /** Whether a day belongs to the basis and can be answered. */
  has(day: Day): boolean;
  /** Maximum number of unknown symbols. */
  tolerated: number;
  /** The current time, ms since the Unix epoch. */
  now: number;
}

/**
 * Finds out what is known about the cells that an answer rests on.
 *
 * @param tolerated maximum number of unknown symbols
 * @throws NotKnownError when too little is known for an answer; UsageError when no symbol is admitted
 */
export async function knownOf(store: Store, basis: Basis, tolerated: number, now: number): Promise<Known> {
  const symbols = await admittedSymbols(store, basis.admits);
  const listed = await listedAt(store, now);
  const spans = basis.days === "all" ? [await storedDays(store, now)] : basis.days;
  const cells = await cellsAtHand(store, basis.admits, spans);
  const cellsOf = "symbol" in basis.admits ? basis.admits.symbol : undefined;
  const counts = basis.days === "all" && cellsOf === undefined ? await dayCounts(store) : undefined;
  const days: DayCondition[] = [];
  for (const span of spans) {
    const ofSpan = await conditionsOf(store, { ...span, symbols, listedAt: listed, now, cells, cellsOf, counts });
    for (const day of ofSpan) days.push(day);
  }
  const bad = days.filter((day) => !mayAnswer(day, tolerated));
  if (basis.unknownDays === "refuse" && bad.length > 0) throw refusal(store.dataset, bad, now);
  const kept = basis.unknownDays === "leave out" ? days.filter((day) => mayAnswer(day, tolerated)) : days;
  const answered = new Set(kept.map(({ day }) => day));
  const today = dayAt(now);
  return {
    facts: conditionFacts(days),
    days,
    cells: (cells ?? []).filter(({ day, probedAt }) => day < today && probedAt <= now),
    counts: counts ?? [],
    has: (day) => answered.has(day),
    tolerated,
    now,
  };
}

/** Whether an answer may rest on a day, if up to `tolerated` symbols may be unknown. */
export function mayAnswer({ condition, unknown }: DayCondition, tolerated: number): boolean {
  return isAnswerable(condition) || (condition === "partial" && unknown <= tolerated);
}

/** The facts about the days that an answer rests on. */
export function conditionFacts(days: readonly DayCondition[]): FactsOf<typeof CONDITION_FACTS> {
  const spans = conditionSpans(days);
  const unknown = new Set<string>();
  for (const { unknownSymbols } of days) for (const symbol of unknownSymbols) unknown.add(symbol);
  return {
    condition: worstCondition(spans.map(({ condition }) => condition)),
    conditions: spans
      .filter(({ condition }) => condition !== "final")
      .map(({ condition, from, to }) => ({ condition, from: dateText(from), to: dateText(to) })),
    unknown_symbols: [...unknown].sort(),
  };
}

/** The rows of one or two days, or of one symbol; undefined for longer spans, which have too many to read. */
async function cellsAtHand(
  store: Store,
  admits: Admission,
  spans: readonly Span[],
): Promise<readonly StoredCell[] | undefined> {
  if ("symbol" in admits) return await cellsOfSymbol(store, admits.symbol);
  if (spans.some(({ from, to }) => from < to)) return undefined;
  const days = [...new Set(spans.map(({ from }) => from))];
  return (await Promise.all(days.map((day) => cellsOfDay(store, day)))).flat();
}

/** Conditions of a span; days that haven't ended, and those before the market, are always unwritten. */
async function conditionsOf(store: Store, admitted: AdmittedCells): Promise<DayCondition[]> {
  const { from, to, now } = admitted;
  const lastEnded = Math.min(to, dayAt(now) - 1);
  const days = lastEnded < from ? [] : await dayConditions(store, { ...admitted, to: lastEnded });
  for (let day = Math.max(from, lastEnded + 1); day <= to; day++) days.push(unwritten(day));
  return days;
}

function unwritten(day: Day): DayCondition {
  const none = {
    probed: 0,
    available: 0,
    due: 0,
    pending: 0,
    unknown: 0,
    empty: false,
    expected: 0,
    lacking: 0,
    listed: false,
  };
  return { ...none, day, condition: "unwritten", unknownSymbols: [] };
}

/**
 * From the first to the last day in the database that has ended.
 *
 * @throws NotKnownError when there is none
 */
export async function storedDays(store: Store, now: number): Promise<Span> {
  const days = await readStoredDays(store);
  const yesterday = dayAt(now) - 1;
  if (days === undefined || days.from > yesterday) throw refusal(store.dataset, [unwritten(yesterday)], now);
  return { from: days.from, to: Math.min(days.to, yesterday) };
}

const readStoredDays = oncePerReader(async (store: Store): Promise<Span | undefined> => {
  const shape = { from: "day?", to: "day?" } as const;
  const [days] = await readRows(store, "SELECT min(date), max(date) FROM daily_symbol_counts", shape);
  const { from = null, to = null } = days ?? {};
  return from === null || to === null ? undefined : { from, to };
});
