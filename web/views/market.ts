import type { MarketData, PageEvent } from "../../src/publish/page-data.js";
import { filesByDay, tradedByDay } from "../cells.js";
import { timeChart, type ChartSeries } from "../chart.js";
import { choice, el, table, tile } from "../dom.js";
import { symbolFilters } from "../filters.js";
import { passesFilter, type Page, type ViewMaker } from "../page.js";
import { routeHash } from "../routes.js";
import { colour } from "../theme.js";
import { ago, count, formatDay, minute, plural } from "../words.js";

/** Number of colours for quote assets, assigned by rank. */
const QUOTE_COLOURS = 6;

/** Maximum number of events listed. */
const EVENTS_SHOWN = 40;

/** What the chart counts. */
const COUNTED_CHOICES = [
  ["", "with a file"],
  ["traded", "traded"],
] as const;

/** The market over time: number of symbols with a file or traded, by quote asset, with listings and delistings. */
export const marketView: ViewMaker = (page, { options }) => {
  const { quote = "", contract = "", underlying = "", counted = "" } = options;
  const { market } = page;
  const quotes = quote === "" ? page.quotes : [quote];
  const { trades } = page;
  const what = counted === "traded" && trades !== undefined ? "Symbols traded" : "Symbols with a file";
  const counts = quotes.map((one) => {
    const rows = page.rows({ quote: one, contract, underlying });
    return counted === "traded" && trades !== undefined ? tradedByDay(trades, rows) : filesByDay(page.matrix, rows);
  });
  const events = market.events.filter(({ symbol }) => {
    const facts = market.symbols[page.rowOf.get(symbol) ?? -1];
    return facts !== undefined && passesFilter(facts, { quote, contract, underlying });
  });
  const go = (change: Record<string, string>) => {
    location.hash = routeHash("market", undefined, { quote, contract, underlying, counted, ...change });
  };
  return el(
    "div",
    {},
    tiles(page, counts, what),
    el("h2", {}, `${what}, day by day`),
    el(
      "div",
      { class: "bar" },
      ...symbolFilters(page, { quote, contract, underlying }, go),
      ...(page.hasVolumes
        ? [
            choice("Count", COUNTED_CHOICES, counted, (value) => {
              go({ counted: value });
            }),
          ]
        : []),
    ),
    timeChart({
      label: `${what} by quote asset, ${formatDay(market.first_day)} to ${formatDay(market.last_day)}; the table below has them by year`,
      from: market.first_day,
      series: stacked(page, quotes, counts),
      marks: [
        { days: daysOf(events, (event) => event !== "delisting"), colour: colour("good") },
        { days: daysOf(events, (event) => event === "delisting"), colour: colour("bad") },
      ],
      isFilled: true,
      onDay: (day) => {
        location.hash = routeHash("day", formatDay(day), { quote });
      },
    }),
    el(
      "p",
      { class: "hint" },
      "Green ticks are listings, red ones delistings. Drag to zoom, double-click to reset, click a day for its universe.",
    ),
    el("div", { class: "columns" }, byYear(market, quotes, counts), latest(events)),
  );
};

function tiles({ market }: Page, counts: readonly number[][], what: string): HTMLElement {
  const { status, first_day: first, last_day: last } = market;
  const lastCount = counts.reduce((sum, ofQuote) => sum + (ofQuote.at(-1) ?? 0), 0);
  const final = status["last_final_date"];
  return el(
    "dl",
    { class: "tiles" },
    tile(what.toLowerCase(), count(lastCount), `on ${formatDay(last)}`),
    tile("symbols in the index", count(market.symbols.length), "listed and delisted"),
    tile("days", count(last - first + 1), `${formatDay(first)} to ${formatDay(last)}`),
    tile(
      "final up to",
      typeof final === "string" ? final : "none yet",
      plural(Number(status["provisional_day_count"]), "provisional day"),
    ),
    tile("last run", ago(market.as_of), minute(market.as_of)),
    tile("last sweep", ago(status["swept_at"]), minute(status["swept_at"])),
  );
}

/** Stacked counts, the largest sum first, so that the smaller ones are drawn over it. */
function stacked({ quotes: all }: Page, quotes: readonly string[], counts: readonly number[][]): ChartSeries[] {
  const sums = counts.map((_, at) =>
    (counts[0] ?? []).map((__, day) => counts.slice(0, at + 1).reduce((sum, ofQuote) => sum + (ofQuote[day] ?? 0), 0)),
  );
  return quotes
    .map((quote, at) => ({
      label: quote === "" ? "other" : quote,
      values: sums[at] ?? [],
      colour: colour(`quote-${Math.min(all.indexOf(quote), QUOTE_COLOURS - 1)}`),
      shown: (day: number) => count(counts[at]?.[day] ?? 0),
    }))
    .reverse();
}

function daysOf(events: readonly PageEvent[], wanted: (event: string) => boolean): number[] {
  return [...new Set(events.filter(({ event }) => wanted(event)).map(({ day }) => day))];
}

/** Counts on the last day of each year. */
function byYear(
  { first_day: first, last_day: last }: MarketData,
  quotes: readonly string[],
  counts: readonly number[][],
) {
  const days: number[] = [];
  for (let day = first; day <= last; day++) if (day === last || formatDay(day + 1).endsWith("-01-01")) days.push(day);
  return table(
    "At the end of each year",
    [{ name: "date" }, ...quotes.map((quote) => ({ name: quote === "" ? "other" : quote, numeric: true }))],
    days.reverse().map((day) => [formatDay(day), ...counts.map((ofQuote) => count(ofQuote[day - first] ?? 0))]),
  );
}

function latest(events: readonly PageEvent[]): HTMLElement {
  const shown = events.slice(-EVENTS_SHOWN).reverse();
  return table(
    "Latest listings and delistings",
    [{ name: "date" }, { name: "event" }, { name: "symbol" }],
    shown.map(({ day, event, symbol }) => [
      el("a", { href: routeHash("day", formatDay(day)) }, formatDay(day)),
      el("span", { class: event === "delisting" ? "bad" : "good" }, event),
      el("a", { href: routeHash("symbol", symbol) }, symbol),
    ]),
  );
}
