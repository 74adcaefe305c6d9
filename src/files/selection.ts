import type { Day } from "../calendar/day.js";
import { islands, type Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import { conditionFacts, knownOf, mayAnswer, storedDays, type CONDITION_FACTS } from "../query/basis.js";
import type { FactsOf } from "../query/facts.js";
import { refusal, symbolRefusal } from "../query/refusal.js";
import { factsOf, passes, type SymbolFilter } from "../query/symbol-filter.js";
import type { DayCondition } from "../store/conditions.js";
import type { Store } from "../store/open.js";
import { storedSymbols } from "../store/stored-symbols.js";
import type { CellList } from "./cells.js";

/** Selects files of the index. */
export interface Selection extends SymbolFilter {
  /** First day; undefined for the first of the index. */
  from: Day | undefined;
  /** Last day; undefined for the last of the index. */
  to: Day | undefined;
  /** Symbols by name, of any contract type; undefined for all that pass the filter. */
  symbols: readonly string[] | undefined;
  /** Only these cells. */
  cells: CellList | undefined;
}

/** A selection applied to the index, with what is known about its cells. */
export interface Selected {
  span: Span;
  /** Whether a cell is selected, even on days beyond those of the index. */
  has(symbol: string, day: Day): boolean;
  /** Symbols that may be selected; undefined when any may. */
  symbols: readonly string[] | undefined;
  cells: CellList | undefined;
  facts: FactsOf<typeof CONDITION_FACTS>;
}

/**
 * Finds out what is known about a selection's cells. Days and cells that were named must be known; if the last day was
 * omitted, the facts report what is unknown.
 *
 * @param tolerated maximum number of unknown symbols
 * @param now ms since the Unix epoch
 * @throws NotKnownError when too little is known; UsageError when the selection can't match any file
 */
export async function select(store: Store, selection: Selection, tolerated: number, now: number): Promise<Selected> {
  const { quote } = selection;
  const symbols = namesOf(selection)?.filter((symbol) => quote === undefined || factsOf(symbol).quote === quote);
  if (symbols?.length === 0 && namesOf(selection)?.length !== 0) {
    throw new UsageError(`none of the symbols has the quote asset ${quote ?? ""}`, { option: "quote" });
  }
  if (symbols !== undefined) refuseUnknown(symbols, await storedSymbols(store));
  const names = symbols === undefined ? undefined : new Set(symbols);
  const cells = selection.cells === undefined ? undefined : within(selection.cells, selection, names);
  const { span, isOpen } = await spanOf(store, selection, cells, now);
  const admits = (symbol: string) => (names === undefined ? passes(symbol, selection) : names.has(symbol));
  const known =
    cells === undefined
      ? await knownSpan(store, selection, { span, isOpen, symbols, tolerated, now })
      : await knownCells(store, cells, tolerated, now);
  return {
    span,
    symbols,
    cells,
    has: (symbol, day) =>
      cells === undefined ? isWithin(day, selection) && admits(symbol) : cells.get(day)?.has(symbol) === true,
    facts: conditionFacts(known),
  };
}

/** If all names are unknown, they are what is wrong, not the days. In an empty database no name is known. */
function refuseUnknown(symbols: readonly string[], stored: readonly string[]): void {
  const [first] = symbols;
  if (first === undefined || stored.length === 0 || symbols.some((symbol) => stored.includes(symbol))) return;
  throw symbolRefusal(first, stored);
}

function isWithin(day: Day, { from, to }: Selection): boolean {
  return day >= (from ?? day) && day <= (to ?? day);
}

/** The symbols that a selection names; undefined when it names none. */
function namesOf({ symbols, cells }: Selection): readonly string[] | undefined {
  if (cells === undefined) return symbols;
  const named = new Set<string>();
  for (const ofDay of cells.values()) for (const symbol of ofDay.keys()) named.add(symbol);
  return symbols === undefined ? [...named].sort() : symbols.filter((symbol) => named.has(symbol));
}

/** The cells that are within a selection's days and symbols. */
function within(cells: CellList, selection: Selection, names: ReadonlySet<string> | undefined): CellList {
  const left = [...cells]
    .filter(([day]) => isWithin(day, selection))
    .map(([day, ofDay]) => [day, new Map([...ofDay].filter(([symbol]) => names?.has(symbol) !== false))] as const)
    .filter(([, ofDay]) => ofDay.size > 0);
  return new Map(left);
}

interface Reach {
  span: Span;
  /** Whether the span ends with the last day of the index. */
  isOpen: boolean;
}

async function spanOf(store: Store, { from, to }: Selection, cells: CellList | undefined, now: number): Promise<Reach> {
  if (cells !== undefined) {
    const days = [...cells.keys()];
    return { span: { from: days[0] ?? 0, to: days.at(-1) ?? -1 }, isOpen: false };
  }
  if (from !== undefined && to !== undefined) return { span: { from, to }, isOpen: false };
  const stored = await storedDays(store, now);
  if (to !== undefined) return { span: { from: Math.min(stored.from, to), to }, isOpen: false };
  if (from !== undefined && from > stored.to) return { span: { from, to: from }, isOpen: false };
  return { span: { from: from ?? stored.from, to: stored.to }, isOpen: true };
}

interface SpanRequest extends Reach {
  symbols: readonly string[] | undefined;
  tolerated: number;
  now: number;
}

async function knownSpan(store: Store, selection: Selection, request: SpanRequest): Promise<readonly DayCondition[]> {
  const { span, isOpen, symbols, tolerated, now } = request;
  const { quote, contract } = selection;
  const { days } = await knownOf(
    store,
    {
      days: [span],
      admits: symbols === undefined ? { quote, contract } : { symbols },
      unknownDays: isOpen ? "report" : "refuse",
    },
    tolerated,
    now,
  );
  return days;
}

/** Asks about all symbols together; then again, for each day that can't be answered, about the symbols of that day only. */
async function knownCells(
  store: Store,
  cells: CellList,
  tolerated: number,
  now: number,
): Promise<readonly DayCondition[]> {
  const symbols = [...new Set([...cells.values()].flatMap((ofDay) => [...ofDay.keys()]))].sort();
  const ask = async (days: readonly Span[], names: readonly string[]) =>
    (await knownOf(store, { days, admits: { symbols: names }, unknownDays: "report" }, tolerated, now)).days;
  const days: DayCondition[] = [];
  for (const day of await ask(islands(cells.keys()), symbols)) {
    const own = [...(cells.get(day.day)?.keys() ?? [])];
    if (mayAnswer(day, tolerated) || own.length === symbols.length) days.push(day);
    else days.push(...(await ask([{ from: day.day, to: day.day }], own)));
  }
  const bad = days.filter((day) => !mayAnswer(day, tolerated));
  if (bad.length > 0) throw refusal(store.dataset, bad, now);
  return days;
}
