import { Calendar, type CalendarOrder } from "../calendar.js";
import { LETTERS, STATE_WORDS } from "../cells.js";
import { choice, el } from "../dom.js";
import { symbolFilters } from "../filters.js";
import type { Page, ViewMaker } from "../page.js";
import { routeHash } from "../routes.js";
import { formatDay, parseDay, plural } from "../words.js";

const ORDERS: readonly (readonly [CalendarOrder, string])[] = [
  ["first", "first file"],
  ["last", "last file"],
  ["name", "name"],
];

/** What is known about every symbol and day. */
export const calendarView: ViewMaker = (page, { options }) => {
  const { quote, contract, underlying, sort = "first", from = "", to = "" } = options;
  const { market } = page;
  const rows = ordered(page, page.rows({ quote, contract, underlying }), sort);
  const go = (change: Record<string, string>) => {
    location.hash = routeHash("calendar", undefined, { ...options, ...change });
  };
  const description = el(
    "p",
    { class: "cell-description", role: "status", "aria-live": "polite" },
    "Point at a cell, or move with the arrow keys.",
  );
  const calendar = new Calendar(page, rows, {
    from: parseDay(from) ?? market.first_day,
    to: parseDay(to) ?? market.last_day,
    onCell: (text) => {
      description.textContent = text;
    },
    onOpen: (symbol) => {
      location.hash = routeHash("symbol", symbol);
    },
    onSpan: (first, last) => {
      // The URL follows the zoom without a new history entry for each step.
      const span = { from: formatDay(first), to: formatDay(last) };
      history.replaceState(null, "", routeHash("calendar", undefined, { ...options, ...span }));
    },
  });
  const button = (text: string, label: string, act: () => void) =>
    el("button", { type: "button", "aria-label": label, onclick: act }, text);
  return el(
    "div",
    { class: "calendar" },
    el(
      "h2",
      {},
      "Calendar ",
      el(
        "small",
        {},
        `${plural(rows.length, "symbol")}, ${formatDay(market.first_day)} to ${formatDay(market.last_day)}`,
      ),
    ),
    el(
      "div",
      { class: "bar" },
      ...symbolFilters(page, { quote, contract, underlying }, go),
      choice("Order", ORDERS, sort, (value) => {
        go({ sort: value });
      }),
      el(
        "div",
        { class: "buttons", role: "group", "aria-label": "Zoom" },
        button("+", "zoom in", () => {
          calendar.zoom(0.5);
        }),
        button("−", "zoom out", () => {
          calendar.zoom(2);
        }),
        button("↕+", "taller rows", () => {
          calendar.grow(1);
        }),
        button("↕−", "shorter rows", () => {
          calendar.grow(-1);
        }),
        button("all", "show all days", () => {
          calendar.showAll();
        }),
      ),
    ),
    legend(),
    calendar.element,
    description,
    el(
      "p",
      { class: "hint" },
      "Drag to move, Ctrl and the wheel to zoom. Keys: arrows move, + and − zoom, Home and End go to the first and last day, Enter opens the symbol.",
    ),
  );
};

function legend(): HTMLElement {
  const items = LETTERS.filter((letter) => letter !== "m").map((letter) =>
    el("li", {}, el("i", { class: `key key-${letter}` }), STATE_WORDS[letter]),
  );
  return el("ul", { class: "legend", "aria-label": "Colours" }, ...items);
}

function ordered({ market }: Page, rows: readonly number[], order: string): number[] {
  const { symbols } = market;
  const key = (row: number): number | string => {
    const symbol = symbols[row];
    if (order === "name") return symbol?.symbol ?? "";
    return (order === "last" ? symbol?.lives.at(-1)?.to : symbol?.lives[0]?.from) ?? Infinity;
  };
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a - b));
}
