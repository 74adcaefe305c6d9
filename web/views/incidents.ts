import { el, table } from "../dom.js";
import type { ViewMaker } from "../page.js";
import { routeHash } from "../routes.js";
import { count, formatDay, kilobytes, minute } from "../words.js";

/** Maximum number of symbols listed for an incident, and of changes. */
const SYMBOLS_SHOWN = 12;
const CHANGES_SHOWN = 500;

/** Days on which many symbols lack a file, and changed files. */
export const incidentsView: ViewMaker = ({ market }) => {
  const { incidents, changes } = market;
  return el(
    "div",
    {},
    el("h2", {}, "Incidents"),
    el(
      "p",
      { class: "hint" },
      "Days on which at least 5 symbols, and at least 5 % of those that should have a file, have none. Some of these files appear months later.",
    ),
    incidents.length === 0
      ? el("p", {}, "There are none.")
      : table(
          "Incidents, latest first",
          [
            { name: "day" },
            { name: "without a file", numeric: true },
            { name: "of", numeric: true },
            { name: "symbols" },
          ],
          incidents
            .toReversed()
            .map(({ day, expected, symbols }) => [
              dayLink(day),
              count(symbols.length),
              count(expected),
              el(
                "span",
                {},
                ...symbols.slice(0, SYMBOLS_SHOWN).flatMap((symbol) => [symbolLink(symbol), " "]),
                more(symbols.length),
              ),
            ]),
        ),
    el("h2", {}, "Changes"),
    el(
      "p",
      { class: "hint" },
      "Files that appeared late, were replaced, or were removed. A copy from before the change is stale.",
    ),
    changes.length === 0
      ? el("p", {}, "No changes have been found.")
      : table(
          changes.length > CHANGES_SHOWN
            ? `The latest ${CHANGES_SHOWN} of ${count(changes.length)} changes`
            : "Changes, latest first",
          [
            { name: "seen" },
            { name: "day" },
            { name: "symbol" },
            { name: "change" },
            { name: "before", numeric: true },
            { name: "now", numeric: true },
          ],
          changes
            .slice(-CHANGES_SHOWN)
            .reverse()
            .map(({ day, symbol, kind, old_size_bytes, new_size_bytes, seen_at }) => [
              ...[minute(seen_at), dayLink(day), symbolLink(symbol), kind],
              ...[old_size_bytes, new_size_bytes].map((size) => (size === null ? "no file" : kilobytes(size))),
            ]),
        ),
  );
};

function dayLink(day: number): HTMLElement {
  return el("a", { href: routeHash("day", formatDay(day), { shown: "all" }) }, formatDay(day));
}

function symbolLink(symbol: string): HTMLElement {
  return el("a", { href: routeHash("symbol", symbol) }, symbol);
}

function more(symbols: number): string {
  return symbols > SYMBOLS_SHOWN ? `and ${count(symbols - SYMBOLS_SHOWN)} more` : "";
}
