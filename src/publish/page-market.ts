import { parseDay, type Day } from "../calendar/day.js";
import { readContracts } from "../query/contract-on.js";
import { livesBySymbol } from "../query/lives.js";
import { status } from "../query/status.js";
import { factsOf } from "../query/symbol-filter.js";
import { contractLives } from "../query/ticker-lives.js";
import type { Store } from "../store/open.js";
import { isIncident } from "../vision/incident.js";
import type { SymbolCells } from "./page-cells.js";
import { toRuns, type MarketData, type PageChange, type PageEvent, type PageIncident } from "./page-data.js";
import type { PublishedState } from "./manifest.js";

/** Everything that the page shows except sizes and volumes. */
export async function marketData(
  store: Store,
  state: PublishedState,
  cells: readonly SymbolCells[],
  changes: PageChange[],
): Promise<MarketData> {
  const now = Date.parse(state.as_of);
  const { contracts } = await readContracts(store);
  const lives = await livesBySymbol(store, now);
  const { facts, rows } = await status(store, now);
  return {
    ...{ dataset: state.dataset, generator: state.generator, as_of: state.as_of },
    ...{ first_day: dayIn(state.first_date), last_day: dayIn(state.last_date) },
    symbols: cells.map(({ symbol, from, letters, trades }) => {
      const { class: kind, quote } = factsOf(symbol);
      const ofSymbol = (lives.get(symbol) ?? []).map(({ first, last, ends }) => ({ from: first, to: last, ends }));
      return {
        ...{ symbol, class: kind, quote, underlying: contracts.get(symbol)?.at(-1)?.underlyingType ?? "" },
        ...{ lives: ofSymbol, from, cells: toRuns(letters), trades: toRuns(trades) },
      };
    }),
    events: await marketEvents(store, now),
    changes,
    incidents: incidentsOf(cells),
    conditions: state.conditions.map(({ condition, from, to }) => ({ condition, from: dayIn(from), to: dayIn(to) })),
    status: {
      ...{ updated_at: facts.updated_at, swept_at: facts.swept_at, sweep_due_at: facts.sweep_due_at },
      ...{ discovered_at: facts.discovered_at, last_final_date: facts.last_final_date },
      ...{ provisional_day_count: facts.provisional_day_count, row_count: facts.row_count },
      ...{ due_never_probed: facts.due_never_probed, due_provisional: facts.due_provisional },
      ...{ due_hole: facts.due_hole, due_clock: facts.due_clock, due_dormant: facts.due_dormant },
    },
    runs: rows.flat().map(({ run_id, command, started_at, outcome, probes, failed }) => ({
      ...{ run_id, command, started_at, outcome, probes, failed },
    })),
  };
}

/** Known listings and delistings, by day. */
async function marketEvents(store: Store, now: number): Promise<PageEvent[]> {
  const events = (await contractLives(store, now)).flatMap(
    ({ symbol, first, last, begins, ends, previous }): PageEvent[] => [
      ...(begins
        ? [{ day: first, symbol, event: previous === undefined ? ("listing" as const) : ("relisting" as const) }]
        : []),
      ...(ends ? [{ day: last, symbol, event: "delisting" as const }] : []),
    ],
  );
  return events.sort((a, b) => a.day - b.day || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
}

/** The days on which many symbols have a hole. */
function incidentsOf(cells: readonly SymbolCells[]): PageIncident[] {
  const holes = new Map<Day, string[]>();
  const files = new Map<Day, number>();
  for (const { symbol, from, letters, sizes } of cells) {
    letters.forEach((letter, at) => {
      const day = from + at;
      if (letter === "h") holes.set(day, [...(holes.get(day) ?? []), symbol]);
      if ((sizes[at] ?? 0) > 0) files.set(day, (files.get(day) ?? 0) + 1);
    });
  }
  return [...holes]
    .map(([day, symbols]) => ({ day, expected: symbols.length + (files.get(day) ?? 0), symbols }))
    .filter(({ symbols, expected }) => isIncident(symbols.length, expected))
    .sort((a, b) => a.day - b.day);
}

function dayIn(date: string): Day {
  return parseDay(date) ?? 0;
}
